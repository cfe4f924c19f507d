// The kinds of panels, drawn by Grafana's components where its packages have
// them.

import {
  VizOrientation,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  renderTextPanelMarkdown,
} from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import React from 'react';

import { fieldConfig } from './fields.js';
import { Bands, Dial, Heat } from './plain.jsx';

function Lines({ panel, frames, width, height, range, theme }) {
  const { legend } = panel.options;
  const size = { width, height, timeRange: range, timeZone: 'utc' };
  return <TimeSeries {...size} frames={frames} legend={legend} options={panel.options} theme={theme} />;
}

function Cells({ panel, frames, width, height }) {
  const [frame] = frames;
  const { cellHeight, showHeader, sortBy } = panel.options;
  const { noValue } = panel.fieldConfig.defaults;
  return (
    <TableNG
      {...{ width, height, cellHeight, sortBy, noValue }}
      data={frame}
      noHeader={!showHeader}
      enableVirtualization={false}
    />
  );
}

// As many of a kind side by side as there are values.
function Each({ panel, frames, width, height, theme, draw, ...layout }) {
  const values = () =>
    getFieldDisplayValues({
      data: frames,
      fieldConfig: fieldConfig(panel.fieldConfig),
      reduceOptions: panel.options.reduceOptions,
      replaceVariables: (text) => text,
      theme,
      timeZone: 'utc',
    });
  const { orientation, minVizWidth, minVizHeight, maxVizHeight } = panel.options;
  return (
    <VizRepeater
      {...{ width, height, orientation, minVizWidth, minVizHeight, maxVizHeight, ...layout }}
      source={frames}
      getValues={values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderCounter={0}
      renderValue={draw}
    />
  );
}

function Numbers(props) {
  const { colorMode, graphMode, justifyMode, textMode } = props.panel.options;
  const draw = ({ value, width, height, count, alignmentFactors }) => (
    <BigValue
      {...{ width, height, colorMode, graphMode, justifyMode, textMode, count, alignmentFactors }}
      value={value.display}
      theme={props.theme}
    />
  );
  return <Each {...props} draw={draw} autoGrid />;
}

function Bars(props) {
  const { displayMode, valueMode, namePlacement, showUnfilled } = props.panel.options;
  const draw = ({ value, width, height, orientation, alignmentFactors }) => (
    <BarGauge
      {...{ width, height, orientation, alignmentFactors, displayMode, namePlacement, showUnfilled }}
      value={value.display}
      field={value.field}
      display={value.view?.getFieldDisplayProcessor(value.colIndex)}
      valueDisplayMode={valueMode}
      theme={props.theme}
    />
  );
  return <Each {...props} draw={draw} itemSpacing={4} />;
}

function Dials(props) {
  const draw = ({ value, width, height }) => <Dial {...{ value, width, height }} theme={props.theme} />;
  return <Each {...props} draw={draw} orientation={VizOrientation.Vertical} />;
}

export function Text({ panel }) {
  const html = renderTextPanelMarkdown(panel.options.content);
  return <div className="markdown-html" dangerouslySetInnerHTML={{ __html: html }} />;
}

export const KINDS = {
  timeseries: Lines,
  table: Cells,
  stat: Numbers,
  bargauge: Bars,
  gauge: Dials,
  heatmap: Heat,
  'state-timeline': Bands,
};

// What says itself that there is nothing, in the place of a value.
export const SAYS_NOTHING_ITSELF = ['stat', 'bargauge', 'gauge'];
