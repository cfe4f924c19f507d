// Asks a Prometheus what a dashboard asks, as Grafana's data source does.

import { FieldType, createDataFrame, rangeUtil } from '@grafana/data';

// What `compose/` and the guides tell Grafana of the scrapes.
const SCRAPE_SECONDS = 15;

async function get(prometheus, path, asked) {
  const response = await fetch(`${prometheus}/api/v1/${path}`, asked);
  const answer = await response.json();
  if (answer.status !== 'success') {
    throw new Error(`${path} fails: ${answer.error}`);
  }
  return answer.data;
}

const post = (values) => ({ method: 'POST', body: new URLSearchParams(values) });

// What a viewer sees at first: what the variable is set to, with all values
// that there are behind "All".
async function valuesOf(variable, known, { prometheus, from, to }) {
  const query = fill(variable.query, known);
  const listed = query.match(/^label_values\((.*), (\w+)\)$/);
  if (listed) {
    const asked = new URLSearchParams({ 'match[]': listed[1], start: from, end: to });
    return get(prometheus, `label/${listed[2]}/values?${asked}`);
  }
  const [, expr] = query.match(/^query_result\((.*)\)$/) ?? [];
  if (!expr) {
    throw new Error(`the variable ${variable.name} asks in a way that is not known here: ${query}`);
  }
  const { result } = await get(prometheus, 'query', post({ query: expr, time: to }));
  const pattern = new RegExp(variable.regex.slice(1, -1));
  const texts = result.map(({ metric, value }) => {
    const labels = Object.entries(metric).map(([key, text]) => `${key}="${text}"`);
    return `{${labels.join(',')}} ${value[1]} ${value[0] * 1000}`;
  });
  return texts.flatMap((text) => text.match(pattern)?.slice(1) ?? []).sort();
}

// One after the other, because each narrows those behind it.
export async function variables(dashboard, place) {
  const known = {};
  for (const variable of dashboard.templating.list) {
    if (variable.type === 'query') {
      const values = await valuesOf(variable, known, place);
      known[variable.name] = variable.allValue ?? among(values);
    }
  }
  return known;
}

function among(values) {
  const escaped = values.map((text) => text.replace(/[\\^$*{}[\]+?.()|]/g, '\\\\$&'));
  return escaped.length === 1 ? escaped[0] : `(${escaped.join('|')})`;
}

export function fill(text, known) {
  const value = (whole, braced, plain) => known[braced ?? plain] ?? whole;
  return text.replace(/\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g, value);
}

// The answers to a panel of this width, as frames.
export async function frames(panel, width, known, { prometheus, from, to }) {
  const shown = { from: from * 1000, to: to * 1000 };
  const step = rangeUtil.calculateInterval(shown, width, `${SCRAPE_SECONDS}s`).intervalMs / 1000;
  const rates = Math.max(step + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS);
  const own = { __rate_interval: `${rates}s`, __range: `${to - from}s` };
  const whole = Math.floor(from / step) * step;
  const moments = { start: whole, end: Math.floor(to / step) * step, step };
  const asked = panel.targets.map(async (target) => {
    const query = fill(target.expr, { ...known, ...own });
    const { result } = target.instant
      ? await get(prometheus, 'query', post({ query, time: to }))
      : await get(prometheus, 'query_range', post({ query, ...moments }));
    const tables = panel.targets.filter(({ format }) => format === 'table');
    return target.format === 'table'
      ? table(target, result, tables.length > 1)
      : result.map((series) => line(target, series));
  });
  return (await Promise.all(asked)).flat();
}

function line(target, { metric, value, values }) {
  const points = values ?? [value];
  const name = target.legendFormat.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, key) => metric[key] ?? '');
  return createDataFrame({
    refId: target.refId,
    name,
    fields: [
      { name: 'Time', type: FieldType.time, values: points.map(([time]) => time * 1000) },
      {
        name: 'Value',
        type: FieldType.number,
        labels: metric,
        config: { displayNameFromDS: name },
        values: points.map(([, text]) => number(text)),
      },
    ],
  });
}

function table(target, result, isOneOfSeveral) {
  const keys = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const column = (name, type, of) => ({ name, type, values: result.map(of), config: {} });
  return createDataFrame({
    refId: target.refId,
    fields: [
      column('Time', FieldType.time, ({ value }) => value[0] * 1000),
      ...keys.map((key) => column(key, FieldType.string, ({ metric }) => metric[key] ?? '')),
      column(
        isOneOfSeveral ? `Value #${target.refId}` : 'Value',
        FieldType.number,
        ({ value }) => number(value[1]),
      ),
    ],
  });
}

const number = (text) => (text.endsWith('Inf') ? Number(`${text[0]}Infinity`) : Number(text));
