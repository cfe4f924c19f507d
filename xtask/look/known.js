// What a panel may say: what is drawn here, and what is left out on purpose.
// Anything else would be passed over, and so drawn wrongly.

// In the picture, or in what is asked.
const DRAWN = {
  panel: [
    'type', 'title', 'description', 'gridPos', 'options', 'targets', 'fieldConfig', 'collapsed',
    'panels', 'transformations',
  ],
  target: ['refId', 'expr', 'legendFormat', 'instant', 'format'],
  text: ['content'],
  timeseries: [
    'legend.calcs', 'legend.displayMode', 'legend.placement', 'legend.showLegend', 'legend.sortBy',
    'legend.sortDesc',
  ],
  table: ['cellHeight', 'showHeader', 'sortBy'],
  stat: [
    'colorMode', 'graphMode', 'justifyMode', 'textMode', 'orientation', 'reduceOptions.calcs',
    'reduceOptions.fields', 'reduceOptions.values',
  ],
  bargauge: [
    'displayMode', 'valueMode', 'namePlacement', 'showUnfilled', 'orientation', 'minVizWidth',
    'minVizHeight', 'maxVizHeight', 'reduceOptions.calcs', 'reduceOptions.fields',
    'reduceOptions.values',
  ],
  gauge: [
    'minVizWidth', 'minVizHeight', 'reduceOptions.calcs', 'reduceOptions.fields',
    'reduceOptions.values',
  ],
  heatmap: ['cellGap', 'color.exponent', 'filterValues.le', 'yAxis.unit'],
  'state-timeline': ['rowHeight'],
};

// Not in the picture, whatever it says.
const LEFT_OUT = {
  panel: {
    id: 'by it links find the panel',
    datasource: 'there is one Prometheus',
  },
  target: {
    datasource: 'there is one Prometheus',
    editorMode: 'nobody edits here',
    range: 'the opposite of `instant`',
    exemplar: 'marks of traces lead to another server',
  },
  every: {
    'tooltip.mode': 'nobody points at a picture',
    'tooltip.sort': 'nobody points at a picture',
    'tooltip.hideZeros': 'nobody points at a picture',
  },
  heatmap: {
    'tooltip.showColorScale': 'nobody points at a picture',
    'tooltip.yHistogram': 'nobody points at a picture',
    'exemplars.color': 'marks of traces lead to another server',
    'color.fill': 'for another `color.mode`',
    'legend.show': 'the plain picture has no scale of colors',
    'color.steps': 'the plain picture has seven colors',
  },
  gauge: { showThresholdMarkers: 'the plain dial has no ring of limits around it' },
};

// Left out because this says no more than what is drawn without it; another
// value is not known here.
const ONLY = {
  text: { mode: 'markdown' },
  table: { frameIndex: 0 },
  stat: { percentChangeColorMode: 'standard', showPercentChange: false, wideLayout: true },
  bargauge: {
    'legend.calcs': [],
    'legend.displayMode': 'list',
    'legend.placement': 'bottom',
    'legend.showLegend': false,
    sizing: 'auto',
  },
  gauge: { orientation: 'auto', showThresholdLabels: false, sizing: 'auto' },
  heatmap: {
    calculate: false,
    'color.mode': 'scheme',
    'color.reverse': false,
    'color.scale': 'exponential',
    'color.scheme': 'Oranges',
    'rowsFrame.layout': 'auto',
    showValue: 'auto',
    'yAxis.axisPlacement': 'left',
    'yAxis.reverse': false,
  },
  'state-timeline': {
    alignValue: 'left',
    'legend.calcs': [],
    'legend.displayMode': 'list',
    'legend.placement': 'bottom',
    'legend.showLegend': false,
    mergeValues: true,
    showValue: 'auto',
  },
};

const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function paths(object, before = '') {
  return Object.entries(object).flatMap(([key, value]) =>
    isPlain(value) ? paths(value, `${before}${key}.`) : [[before + key, value]],
  );
}

// The keys of a panel, its options and its targets that nothing here knows.
export function unknown({ options = {}, targets = [], ...panel }) {
  const { type } = panel;
  const among = (kind) => (key) => DRAWN[kind].includes(key) || key in LEFT_OUT[kind];
  const isOption = ([key, value]) =>
    DRAWN[type]?.includes(key) ||
    key in LEFT_OUT.every ||
    key in (LEFT_OUT[type] ?? {}) ||
    (key in (ONLY[type] ?? {}) && JSON.stringify(ONLY[type][key]) === JSON.stringify(value));
  const said = ([key, value]) => `options.${key}: ${JSON.stringify(value)}`;
  const keys = targets.flatMap((target) => Object.keys(target));
  return [
    ...Object.keys(panel).filter((key) => !among('panel')(key)),
    ...paths(options).filter((option) => !isOption(option)).map(said),
    ...new Set(keys.filter((key) => !among('target')(key)).map((key) => `targets.${key}`)),
  ];
}
