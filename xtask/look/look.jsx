// Draws a dashboard as its JSON says, and says what is wrong with it.
//
// `window.look` has the dashboard, the address of a Prometheus, when the shown
// time ends, in seconds, and whether closed rows are opened.

import '@fontsource/inter/latin-400.css';
import '@fontsource/inter/latin-500.css';
import { createTheme, dateTime, dateTimeFormat, rangeUtil } from '@grafana/data';
import { GlobalStyles, PanelChrome, ThemeContext } from '@grafana/ui';
import React from 'react';
import { createRoot } from 'react-dom/client';

import * as ask from './ask.js';
import { told, unknown } from './fields.js';
import './icons.js';
import { KINDS, SAYS_NOTHING_ITSELF, Text } from './panels.jsx';

// The grid of Grafana: 24 columns, and rows of 30 pixels with 8 between them.
const COLUMNS = 24;
const CELL = 30;
const GAP = 8;
const MARGIN = 16;
const HEAD = 88;

const theme = createTheme({ colors: { mode: 'dark' } });
const { dashboard, prometheus, to, isOpen } = window.look;
// A dashboard shows the time from `now-1h`, or so.
const from = to - rangeUtil.intervalToSeconds(dashboard.time.from.replace('now-', ''));
const range = { from: dateTime(from * 1000), to: dateTime(to * 1000) };
range.raw = { from: range.from, to: range.to };
const faults = [];
const fault = (title, error) => faults.push(`${title}: ${error.message ?? error}`);

function place({ x, y, w, h }) {
  const column = (window.innerWidth - 2 * MARGIN + GAP) / COLUMNS;
  return {
    left: Math.round(MARGIN + x * column),
    top: HEAD + y * (CELL + GAP),
    width: Math.round(w * column - GAP),
    height: h * (CELL + GAP) - GAP,
  };
}

// The panels in their places; those of closed rows are put below their row
// when they are to be seen.
function laidOut(items) {
  let added = 0;
  const moved = (item) => ({ ...item, gridPos: { ...item.gridPos, y: item.gridPos.y + added } });
  return items.flatMap((item) => {
    const row = moved(item);
    if (!isOpen || !item.collapsed) {
      return [row];
    }
    const top = item.gridPos.y;
    const hidden = item.panels.map(moved);
    const bottom = Math.max(...item.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    added += bottom - top - 1;
    return [{ ...row, collapsed: false }, ...hidden];
  });
}

// What a picture of a panel cannot be drawn with.
class Guard extends React.Component {
  state = {};

  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidCatch(error) {
    fault(this.props.title, error);
  }

  render() {
    return this.state.error ? String(this.state.error) : this.props.children;
  }
}

function Content({ panel, frames, width, height }) {
  if (panel.type === 'text') {
    return <Text panel={panel} />;
  }
  const Kind = KINDS[panel.type];
  const isEmpty = frames.every((frame) => frame.length === 0);
  if (isEmpty && !SAYS_NOTHING_ITSELF.includes(panel.type)) {
    const { noValue } = panel.fieldConfig.defaults;
    return <div className="nothing" style={{ height }}>{noValue}</div>;
  }
  return <Kind {...{ panel, frames, width, height, range, theme }} />;
}

function Item({ item }) {
  const { left, top, width, height } = place(item.gridPos);
  const style = { position: 'absolute', left, top, width, height };
  if (item.type === 'row') {
    const closed = item.collapsed && <span> ({item.panels.length} panels)</span>;
    return <div className="bar" style={style}>{item.collapsed ? '›' : '⌄'} {item.title}{closed}</div>;
  }
  return (
    <div style={style}>
      <PanelChrome {...{ width, height }} title={item.title} description={item.description}>
        {(innerWidth, innerHeight) => (
          <Guard title={item.title}>
            <Content panel={item} frames={item.frames} width={innerWidth} height={innerHeight} />
          </Guard>
        )}
      </PanelChrome>
    </div>
  );
}

function Head() {
  const chosen = dashboard.templating.list.filter(({ type }) => type === 'query');
  const time = (moment) => dateTimeFormat(moment, { format: 'HH:mm', timeZone: 'utc' });
  return (
    <div className="head">
      <h1>{dashboard.title}</h1>
      <span className="time">{time(range.from)} to {time(range.to)} UTC</span>
      <div>
        {chosen.map(({ name, label, current }) => (
          <span key={name} className="variable"><b>{label}</b> {current.text}</span>
        ))}
      </div>
    </div>
  );
}

async function answered(item, known) {
  unknown(item).forEach((id) => fault(item.title, `nothing draws ${id}`));
  if (item.type === 'row' || item.type === 'text') {
    return item;
  }
  if (!KINDS[item.type]) {
    fault(item.title, `nothing draws the kind ${item.type}`);
    return { ...item, type: 'text', options: { content: `a panel of the kind ${item.type}` } };
  }
  try {
    const raw = await ask.frames(item, place(item.gridPos).width, known, { prometheus, from, to });
    const frames = await told(item, raw, theme);
    if (frames.every((frame) => frame.length === 0) && !item.fieldConfig.defaults.noValue) {
      fault(item.title, 'it is empty, and has no text for that');
    }
    return { ...item, frames };
  } catch (error) {
    fault(item.title, error);
    return { ...item, type: 'text', options: { content: String(error) } };
  }
}

const { colors, typography } = theme;
const STYLE = `
  body { background: ${colors.background.canvas}; margin: 0; }
  #root { position: relative; }
  .head { padding: 14px ${MARGIN}px; }
  .head h1 { display: inline; font-size: ${typography.h3.fontSize}; }
  .time { color: ${colors.text.secondary}; float: right; }
  .variable { border: 1px solid ${colors.border.medium}; border-radius: 2px; display: inline-block;
    margin: 8px 8px 0 0; padding: 3px 8px; }
  .bar { align-items: center; display: flex; font-weight: 500; gap: 6px; }
  .bar span { color: ${colors.text.secondary}; font-weight: 400; }
  .nothing { align-items: center; color: ${colors.text.secondary}; display: flex;
    justify-content: center; }
`;

function Page({ items }) {
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <style>{STYLE}</style>
      <Head />
      {items.map((item) => <Item key={item.id} item={item} />)}
    </ThemeContext.Provider>
  );
}

// Whoever started the browser reads it out of the page.
function verdict() {
  const said = document.createElement('script');
  said.type = 'application/json';
  said.id = 'verdict';
  said.textContent = JSON.stringify(faults).replaceAll('<', '\\u003c');
  document.body.append(said);
}

async function look() {
  window.addEventListener('error', ({ message }) => fault('the page', message));
  window.addEventListener('unhandledrejection', ({ reason }) => fault('the page', reason));
  let items = [];
  try {
    const known = await ask.variables(dashboard, { prometheus, from, to });
    items = await Promise.all(laidOut(dashboard.panels).map((item) => answered(item, known)));
  } catch (error) {
    fault('the variables', error);
  }
  createRoot(document.getElementById('root')).render(<Page items={items} />);
  await document.fonts.ready;
  // What is measured first and then drawn needs some turns.
  setTimeout(verdict, 3000);
}

look();
