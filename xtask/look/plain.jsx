// The kinds of panels that are in none of Grafana's packages, drawn plainly.

import { dateTimeFormat, getValueFormat } from '@grafana/data';
import React from 'react';

// The room for times below a picture, and for names before it.
const FOOT = 22;

const text = (theme) => ({ fill: theme.colors.text.primary, fontSize: 12 });

function Times({ range, left, width, height, theme }) {
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const step = (to - from) / 6;
  const times = [1, 2, 3, 4, 5].map((nth) => from + nth * step);
  return times.map((time) => (
    <text
      key={time}
      {...text(theme)}
      x={left + ((time - from) / (to - from)) * (width - left)}
      y={height - 6}
      textAnchor="middle"
    >
      {dateTimeFormat(time, { format: 'HH:mm', timeZone: 'utc' })}
    </text>
  ));
}

// From above nothing to everything.
const ORANGES = ['#3d2a1e', '#7a3a12', '#b8520f', '#e8711c', '#fd9a4e', '#fdc38d', '#fff0e0'];

// Each bucket counts what is in those below it as well.
function buckets(frames) {
  const bound = (frame) => Number(frame.name === '+Inf' ? 'Infinity' : frame.name);
  const sorted = [...frames].sort((a, b) => bound(a) - bound(b));
  const below = new Map();
  return sorted.map((frame) => {
    const [time, value] = frame.fields;
    const cells = time.values.map((at, nth) => {
      const counted = value.values[nth] - (below.get(at) ?? 0);
      below.set(at, value.values[nth]);
      return { at, count: counted };
    });
    return { bound: bound(frame), cells };
  });
}

export function Heat({ panel, frames, width, height, range, theme }) {
  const { options } = panel;
  const rows = buckets(frames);
  const named = getValueFormat(options.yAxis.unit);
  const label = ({ bound }) => {
    const { text, suffix = '' } = named(bound);
    return text + suffix;
  };
  const left = 64;
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const all = rows.flatMap(({ cells }) => cells.map(({ count }) => count));
  const most = all.reduce((most, count) => Math.max(most, count), options.filterValues.le);
  const color = (count) => {
    const share = (count / most) ** options.color.exponent;
    return ORANGES[Math.min(ORANGES.length - 1, Math.floor(share * ORANGES.length))];
  };
  const times = [...new Set(rows.flatMap(({ cells }) => cells.map(({ at }) => at)))].sort();
  const step = times.length > 1 ? times[1] - times[0] : to - from;
  const across = (at) => left + ((at - from) / (to - from)) * (width - left);
  const tall = (height - FOOT) / rows.length;
  const everyNth = Math.ceil(16 / tall);
  return (
    <svg width={width} height={height}>
      {rows.map((row, nth) => {
        const y = height - FOOT - (nth + 1) * tall;
        const seen = row.cells.filter(({ count }) => count > options.filterValues.le);
        return (
          <g key={row.bound}>
            {nth % everyNth === 0 && Number.isFinite(row.bound) && (
              <text {...text(theme)} x={left - 6} y={y + 4} textAnchor="end">{label(row)}</text>
            )}
            {seen.map(({ at, count }) => {
              const begin = Math.max(left, across(at - step));
              const wide = Math.max(1, across(at) - begin - options.cellGap);
              const high = Math.max(1, tall - options.cellGap);
              return <rect key={at} x={begin} y={y} width={wide} height={high} fill={color(count)} />;
            })}
          </g>
        );
      })}
      <Times {...{ range, left, width, height, theme }} />
    </svg>
  );
}

// Neighbours of one color are one band, which says between which limits it is.
function bands({ fields: [time, value] }, gap) {
  const { steps } = value.config.thresholds;
  const bands = [];
  time.values.forEach((at, nth) => {
    const step = steps.findLastIndex(({ value: limit }) => value.values[nth] >= limit);
    const last = bands.at(-1);
    if (last && last.step === step && at - last.end <= gap) {
      last.end = at;
    } else {
      // Up to here it was as before, if it was anything.
      const isNext = last && at - last.end <= gap;
      bands.push({ step, begin: isNext ? last.end : at, end: at });
    }
  });
  return bands.map((band) => ({ ...band, ...between(value, steps, band.step) }));
}

function between(field, steps, nth) {
  const said = (limit) => {
    const { text, suffix = '' } = getValueFormat(field.config.unit)(limit);
    return text + suffix;
  };
  const above = steps[nth + 1]?.value;
  const words = above === undefined ? `${said(steps[nth].value)}+` : `< ${said(above)}`;
  return { color: steps[nth].color, words };
}

export function Bands({ panel, frames, width, height, range, theme }) {
  const left = Math.min(200, width / 4);
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const across = (at) => left + ((at - from) / (to - from)) * (width - left);
  const { insertNulls, fillOpacity } = panel.fieldConfig.defaults.custom;
  const tall = (height - FOOT) / frames.length;
  const high = tall * panel.options.rowHeight;
  return (
    <svg width={width} height={height}>
      {frames.map((frame, nth) => {
        const y = nth * tall + (tall - high) / 2;
        return (
          <g key={frame.name}>
            <text {...text(theme)} x={left - 8} y={y + high / 2 + 4} textAnchor="end">{frame.name}</text>
            {bands(frame, insertNulls).map(({ begin, end, color, words }) => {
              const x = Math.max(left, across(begin));
              const wide = Math.max(1, across(end) - x);
              const fill = theme.visualization.getColorByName(color);
              return (
                <g key={begin}>
                  <rect x={x} y={y} width={wide} height={high} fill={fill} fillOpacity={fillOpacity / 100} />
                  {wide > 70 && <text {...text(theme)} x={x + 6} y={y + high / 2 + 4}>{words}</text>}
                </g>
              );
            })}
          </g>
        );
      })}
      <Times {...{ range, left, width, height, theme }} />
    </svg>
  );
}

export function Dial({ value: { display, field }, width, height, theme }) {
  const radius = Math.min(width / 2, height * 0.6) * 0.8;
  const [x, y] = [width / 2, height * 0.7];
  const share = Math.min(1, Math.max(0, (display.numeric - field.min) / (field.max - field.min)));
  const arc = (share, color) => {
    const angle = Math.PI * (1 - share);
    const end = [x + radius * Math.cos(angle), y - radius * Math.sin(angle)];
    const path = `M ${x - radius} ${y} A ${radius} ${radius} 0 0 1 ${end.join(' ')}`;
    return <path d={path} fill="none" stroke={color} strokeWidth={radius / 4} />;
  };
  return (
    <svg width={width} height={height}>
      {arc(1, theme.colors.background.secondary)}
      {share > 0 && arc(share, display.color)}
      <text x={x} y={y - 6} textAnchor="middle" fill={display.color} fontSize={radius / 2.6}>
        {`${display.prefix ?? ''}${display.text}${display.suffix ?? ''}`}
      </text>
      <text {...text(theme)} x={x} y={y + 20} textAnchor="middle">{display.title}</text>
    </svg>
  );
}
