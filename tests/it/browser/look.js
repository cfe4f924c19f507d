// What can be wrong with a page as it is now, each fault as a sentence. Runs in
// the page, beside it: nothing here changes what it looks at, but for openAll.

/** Everything that opens is open, as after many clicks. */
function openAll() {
  for (const it of document.querySelectorAll("details")) {
    // Of those with one name, only one can be open.
    it.removeAttribute("name");
    it.open = true;
  }
  return [];
}

/** The element, so that a person finds it. */
function place(element) {
  const one = (it) => {
    const classes = (it.getAttribute("class") ?? "").trim().split(/\s+/).filter(Boolean);
    return [it.localName, ...classes].join(".");
  };
  const panel = element.closest("[id]");
  return `${panel ? `#${panel.id.slice(0, 60)} ` : ""}${one(element.parentElement ?? element)} ${one(element)}`;
}

const short = (text) => text.trim().replace(/\s+/g, " ").slice(0, 40);

/** The texts that can be seen, with the element that they stand in. */
function* texts() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("option, script, style, title")) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    // For those who listen, and cut off for those who see.
    if (element.closest(".unseen, .skip:not(:focus)") || isCutOff(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const boxes = [...range.getClientRects()].filter((it) => it.width > 0 && it.height > 0);
    if (boxes.length > 0) yield { element, text: walker.currentNode.data, boxes };
  }
}

function countTexts() {
  return [...texts()].length;
}

function isCutOff(element) {
  for (let it = element; it; it = it.parentElement) {
    if (getComputedStyle(it).clipPath === "inset(50%)") return true;
  }
  return false;
}

/** Whether it lies in something that a person can move, or that cuts it off. */
function isMovable(element) {
  for (let it = element; it && it !== document.body; it = it.parentElement) {
    if (["auto", "scroll"].includes(getComputedStyle(it).overflowX)) return true;
  }
  return false;
}

/** What sticks out of the window, or of its panel, sideways. */
function overflow() {
  const faults = [];
  const width = document.documentElement.clientWidth;
  const whole = document.scrollingElement.scrollWidth;
  if (whole > width) faults.push(`overflow: the page is ${whole} wide in a window of ${width}`);
  for (const { element, text, boxes } of texts()) {
    if (isMovable(element)) continue;
    const box = element.closest(".panel, .card")?.getBoundingClientRect();
    const [left, right] = [Math.max(box?.left ?? 0, 0), Math.min(box?.right ?? width, width)];
    const isOut = (it) => it.left < left - 1 || it.right > right + 1;
    const out = boxes.find(isOut);
    if (out) {
      const at = `${Math.round(out.left)} to ${Math.round(out.right)}`;
      const of = `${Math.round(left)} to ${Math.round(right)}`;
      faults.push(`overflow: “${short(text)}” lies from ${at} of ${of} in ${place(element)}`);
    }
  }
  return faults;
}

function parsed(color) {
  const numbers = color.match(/^rgba?\(([^)]*)\)$/)?.[1].split(/[ ,/]+/).map(Number);
  if (!numbers || numbers.some(Number.isNaN)) throw new Error(`${color} is no color`);
  return [...numbers.slice(0, 3), numbers[3] ?? 1];
}

/** A color with its share on another one. */
function over([r, g, b, share], ground) {
  return [r, g, b].map((it, at) => it * share + ground[at] * (1 - share)).concat(1);
}

function faded(color, share) {
  return [...color.slice(0, 3), color[3] * Number(share)];
}

/** The color behind an element: its own ground on that of those around. */
function groundOf(element) {
  const layers = [];
  for (let it = element; it; it = it.parentElement) {
    const style = getComputedStyle(it);
    if (style.backgroundImage !== "none") throw new Error(`an image lies behind ${place(it)}`);
    const color = parsed(style.backgroundColor);
    if (color[3] > 0) layers.push(color);
    if (color[3] === 1) break;
  }
  const schemes = getComputedStyle(document.documentElement).colorScheme;
  const isDark = schemes.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches;
  const canvas = isDark ? [18, 18, 18, 1] : [255, 255, 255, 1];
  return layers.reverse().reduce((ground, it) => over(it, ground), canvas);
}

/** The colors behind a text of a chart: those of the shapes that it lies on. */
function groundsOf(element, boxes) {
  const style = getComputedStyle(element);
  const ground = groundOf(element);
  const plot = element.closest(".plot");
  if (!element.closest("text") || !plot) return [ground];
  // It has an edge of its own around each letter.
  const hasEdge = style.stroke !== "none" && style.paintOrder.startsWith("stroke");
  if (hasEdge && parseFloat(style.strokeWidth) >= 2) return [parsed(style.stroke)];
  const shapes = [...plot.querySelectorAll(".draw path, .draw rect")].filter((it) => {
    return getComputedStyle(it).fill !== "none" && it.checkVisibility();
  });
  const points = boxes.flatMap(({ left, right, top, bottom }) => {
    const across = [left + 1, (left + right) / 2, right - 1];
    return across.map((x) => new DOMPoint(x, (top + bottom) / 2));
  });
  return points.map((point) => {
    return shapes.reduce((under, shape) => {
      const inside = point.matrixTransform(shape.getScreenCTM().inverse());
      if (!shape.isPointInFill(inside)) return under;
      const { fill, fillOpacity } = getComputedStyle(shape);
      return over(faded(parsed(fill), fillOpacity), under);
    }, ground);
  });
}

/** How far apart two colors are in brightness, as WCAG counts it. */
function ratio(a, b) {
  const brightness = (color) => {
    const [r, g, b] = color.slice(0, 3).map((it) => {
      const part = it / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const [x, y] = [brightness(a), brightness(b)];
  return Math.max(x, y) / Math.min(x, y);
}

/** Texts that are hard to tell from what lies behind them. */
function contrast() {
  const faults = new Map();
  for (const { element, text, boxes } of texts()) {
    const style = getComputedStyle(element);
    const isDrawn = element.closest("text");
    let ink = parsed(isDrawn ? style.fill : style.color);
    if (isDrawn) ink = faded(ink, style.fillOpacity);
    for (let it = element; it; it = it.parentElement) ink = faded(ink, getComputedStyle(it).opacity);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const least = isLarge ? 3 : 4.5;
    for (const ground of groundsOf(element, boxes)) {
      const found = ratio(over(ink, ground), ground);
      const where = place(element);
      if (found < least && !faults.has(where)) {
        const colors = [over(ink, ground), ground].map((it) => it.slice(0, 3).map(Math.round));
        faults.set(where, `contrast: ${found.toFixed(2)} of “${short(text)}”, ${colors.join(" on ")} in ${where}`);
      }
    }
  }
  return [...faults.values()];
}

/** What came in as an element although it is a text of somebody else. */
function strange() {
  const faults = [];
  const ours = "html head meta title link script body a svg symbol path use rect line text tspan "
    + "header strong span form label select option details summary div button input bdi nav main "
    + "section h1 h2 h3 h4 p ul ol li article figure figcaption code table thead tbody tr th td";
  const known = new Set([...ours.split(" "), "style"]);
  for (const element of document.querySelectorAll("*")) {
    if (!known.has(element.localName)) faults.push(`strange: ${element.localName} in ${place(element)}`);
    for (const { name, value } of element.attributes) {
      const isCode = name.startsWith("on") || name === "style" || /^\s*javascript:/i.test(value) && name !== "value";
      if (isCode) faults.push(`strange: ${name}=${value.slice(0, 40)} of ${place(element)}`);
    }
  }
  const scripts = [...document.scripts].filter((it) => it.text || it.getAttribute("src") !== "script.js");
  for (const script of scripts) faults.push(`strange: a script says ${script.text.slice(0, 40)}`);
  if (window.harmed !== undefined) faults.push(`strange: a script ran: ${window.harmed}`);
  return faults;
}

/** What has the focus, and whether that can be seen. */
function focused() {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  // Of a text of several lines, its first.
  const [box] = element.getClientRects();
  const middle = [box.left + Math.min(box.width / 2, 20), box.top + Math.min(box.height / 2, 10)];
  const there = document.elementFromPoint(...middle);
  return {
    what: `${element.localName}.${element.getAttribute("class") ?? ""}`,
    text: element.getAttribute("aria-label") ?? short(element.textContent),
    place: place(element),
    isBody: element === document.body,
    isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    isInSight: there !== null && element.contains(there),
    ring: ratio(parsed(style.outlineColor), groundOf(element.parentElement)),
  };
}
