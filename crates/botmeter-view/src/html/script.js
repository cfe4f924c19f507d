// What a served page does beyond being read: it brings what is new, reads
// values out, hides lines, and remembers what was hidden and closed.

const FOCUSABLE = "a[href], summary, select, input, button, [tabindex]";
const SVG = "http://www.w3.org/2000/svg";

// What is remembered on this machine, by page.

function remembered(key) {
  try {
    return JSON.parse(localStorage.getItem(`botmeter-${key}`)) ?? {};
  } catch {
    return {};
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(`botmeter-${key}`, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing shows everything anew next time.
  }
}

const hidden = remembered("hidden");
const rows = remembered("rows");

// Hiding lines.

function nameOf(item) {
  return item.querySelector(".name")?.textContent ?? "";
}

function applyHidden(panel) {
  const names = hidden[panel.id] ?? [];
  for (const item of panel.querySelectorAll(".legend [data-line]")) {
    const isHidden = names.includes(nameOf(item));
    item.setAttribute("aria-pressed", String(!isHidden));
    const same = `[data-line="${item.dataset.line}"]`;
    for (const part of panel.querySelectorAll(same)) part.classList.toggle("gone", isHidden);
  }
}

function toggle(panel, line) {
  const item = panel.querySelector(`.legend [data-line="${line}"]`);
  if (!item) return;
  const names = new Set(hidden[panel.id] ?? []);
  if (!names.delete(nameOf(item))) names.add(nameOf(item));
  if (names.size > 0) hidden[panel.id] = [...names];
  else delete hidden[panel.id];
  remember("hidden", hidden);
  applyHidden(panel);
  show(panel);
}

// Reading values out.

/** What was fetched for a panel, as long as its picture is the same. */
const readouts = new Map();
let looked = { panel: null, at: 0 };

function beside(path, panel) {
  const query = new URLSearchParams(location.search);
  query.set("panel", panel.id);
  // The picture is as of then, whatever came since.
  query.set("end", document.body.dataset.at);
  return `${path}?${query}`;
}

async function readout(panel) {
  if (!readouts.has(panel.id)) {
    const loaded = fetch(beside("panel.json", panel)).then((it) => (it.ok ? it.json() : null));
    readouts.set(panel.id, loaded.catch(() => null));
  }
  return readouts.get(panel.id);
}

function clear() {
  document.querySelectorAll(".hair, .tip").forEach((it) => it.remove());
  looked = { panel: null, at: 0 };
}

/** Shows the values of the moment that is looked at in a panel. */
async function show(panel) {
  if (looked.panel !== panel.id) return;
  const values = await readout(panel);
  // Somebody may have looked elsewhere meanwhile.
  if (looked.panel !== panel.id || !values?.places.length) return;
  const at = Math.min(Math.max(looked.at, 0), values.places.length - 1);
  looked.at = at;
  document.querySelectorAll(".hair, .tip").forEach((it) => it.remove());
  const plot = panel.querySelector(".plot");
  const hair = document.createElementNS(SVG, "line");
  const place = `${values.places[at] * 100}%`;
  for (const [key, value] of [["class", "hair"], ["x1", place], ["x2", place], ["y2", "100%"]]) {
    hair.setAttribute(key, value);
  }
  plot.querySelector(".over").append(hair);
  plot.append(tip(panel, values, at));
}

function tip(panel, values, at) {
  const box = document.createElement("div");
  box.className = values.places[at] > 0.5 ? "tip left" : "tip";
  box.setAttribute("role", "status");
  const time = document.createElement("strong");
  time.textContent = values.times[at];
  const list = document.createElement("ul");
  for (const item of panel.querySelectorAll(".legend [data-line]:not(.gone)")) {
    const text = values.lines[item.dataset.line]?.[at];
    if (text == null) continue;
    const line = document.createElement("li");
    const [name, value] = [document.createElement("bdi"), document.createElement("b")];
    [name.textContent, value.textContent] = [nameOf(item), text];
    line.append(item.querySelector("svg").cloneNode(true), name, value);
    list.append(line);
  }
  box.append(time, list);
  return box;
}

async function point(event) {
  const plot = event.target.closest?.(".plot");
  const panel = plot?.closest(".panel");
  if (!panel?.querySelector(".plot [data-line]")) return looked.panel && clear();
  const { left, width } = plot.getBoundingClientRect();
  const place = (event.clientX - left) / width;
  looked.panel = panel.id;
  const values = await readout(panel);
  if (!values || looked.panel !== panel.id) return;
  const distance = (it) => Math.abs(it - place);
  looked.at = values.places.reduce(
    (best, it, at) => (distance(it) < distance(values.places[best]) ? at : best), 0);
  await show(panel);
}

// The keyboard.

function press(event) {
  const panel = event.target.closest?.(".panel");
  const item = event.target.closest?.(".legend [data-line]");
  if (item && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    toggle(panel, item.dataset.line);
  } else if (event.key === "Escape") {
    clear();
  } else if (event.target.matches?.(".plot") && event.key.startsWith("Arrow")) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    // One comes in from the right, where the newest is.
    const from = looked.panel === panel.id ? looked.at : Number.MAX_SAFE_INTEGER;
    looked = { panel: panel.id, at: from + step };
    show(panel);
  }
}

// Making what is there answer.

function equip(panel) {
  for (const item of panel.querySelectorAll(".legend [data-line]")) {
    item.tabIndex = 0;
    item.setAttribute("role", "button");
    item.title = "Hide or show this line";
  }
  if (panel.querySelector(".plot [data-line]")) panel.querySelector(".plot").tabIndex = 0;
  applyHidden(panel);
}

function rowName(row) {
  return `${row.closest(".board").id}/${row.querySelector("h3").textContent}`;
}

function equipAll(root) {
  root.querySelectorAll(".panel").forEach(equip);
  for (const row of root.querySelectorAll("details.row")) {
    row.open = rows[rowName(row)] ?? row.open;
    row.addEventListener("toggle", () => {
      rows[rowName(row)] = row.open;
      remember("rows", rows);
    });
  }
}

async function copy(link) {
  const text = link.textContent;
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.statusText);
    await navigator.clipboard.writeText(await answer.text());
    link.textContent = "Copied";
    hold(new Promise((done) => {
      setTimeout(() => { link.textContent = text; done(); }, 1900);
    }));
  } catch {
    // There it can be copied by hand.
    location.assign(link.href);
  }
}

// Bringing what is new.

/** Replaces an element, and keeps what is open and what has the focus. */
function replace(old, next) {
  const label = (it) => it.querySelector("summary")?.textContent.replace(/\d+/g, "");
  const open = [...old.querySelectorAll("details[open]")].map(label);
  const focus = [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  old.replaceWith(next);
  for (const it of next.querySelectorAll("details")) it.open ||= open.includes(label(it));
  if (next.matches(".panel")) equip(next);
  if (focus >= 0) [...next.querySelectorAll(FOCUSABLE)][focus]?.focus({ preventScroll: true });
}

/** What the server told of each part, before anything here changed it. */
const told = new Map();

function renew(old, next, key) {
  const html = next.outerHTML;
  if (!old || told.get(key) === html) return;
  told.set(key, html);
  readouts.delete(key);
  replace(old, document.adoptNode(next));
}

function swap(next) {
  const ids = (root) => [...root.querySelectorAll(".panel")].map((it) => it.id).join();
  document.body.dataset.at = next.body.dataset.at;
  if (ids(document) !== ids(next)) {
    replace(document.getElementById("main"), document.adoptNode(next.getElementById("main")));
    equipAll(document);
  } else {
    for (const panel of next.querySelectorAll(".panel")) {
      renew(document.getElementById(panel.id), panel, panel.id);
    }
    for (const id of ["alerts", "bots"]) {
      renew(document.getElementById(id), next.getElementById(id), id);
    }
  }
  renew(document.querySelector(".top"), next.querySelector(".top"), ".top");
  const form = document.querySelector(".choices");
  const isUsed = form?.contains(document.activeElement) || form?.querySelector("details[open]");
  if (!isUsed) renew(form, next.querySelector(".choices"), ".choices");
  // It vanished with its panel.
  const panel = looked.panel && document.getElementById(looked.panel);
  if (panel) show(panel);
}

/** Done when nothing may vanish under the hand any more. */
let released = Promise.resolve();

/** Lets go of what is pressed; nothing is at first. */
let release = () => {};
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => setTimeout(release));
}

/** Keeps what is shown as it is until this is done, but for two seconds at most. */
function hold(until) {
  released = Promise.race([until, new Promise((done) => { setTimeout(done, 2000); })]);
}

let etag = null;
let next = 0;

async function refresh() {
  clearTimeout(next);
  // Nobody sees it; it is brought as soon as somebody does.
  if (document.hidden) return;
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(location.href, { headers, cache: "no-store" });
    if (answer.ok) {
      etag = answer.headers.get("ETag");
      const text = await answer.text();
      await released;
      swap(new DOMParser().parseFromString(text, "text/html"));
    } else if (answer.status !== 304) {
      throw new Error(`${answer.status} ${answer.statusText}`);
    }
    document.body.classList.remove("lost");
  } catch {
    // The old pictures stay, and say that they are old.
    document.body.classList.add("lost");
  }
  next = setTimeout(refresh, Math.max(1000, Number(document.body.dataset.every)));
}

document.addEventListener("pointermove", point);
// A click is lost if what was pressed is another element when it is let go.
document.addEventListener("pointerdown", () => {
  hold(new Promise((done) => { release = done; }));
});
document.addEventListener("keydown", press);
document.addEventListener("click", (event) => {
  const copied = event.target.closest?.("a.copy");
  const line = event.target.closest?.(".legend [data-line], .ends [data-line]");
  if (copied) {
    event.preventDefault();
    copy(copied);
  } else if (line) {
    toggle(line.closest(".panel"), line.dataset.line);
  }
});
document.addEventListener("change", (event) => {
  if (event.target.matches(".choices select")) event.target.form.requestSubmit();
});
equipAll(document);
if (document.body.dataset.every) {
  document.addEventListener("visibilitychange", refresh);
  next = setTimeout(refresh, Math.max(1000, Number(document.body.dataset.every)));
}
