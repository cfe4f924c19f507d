// Gives the fields of frames what a panel's JSON says of them.

import {
  FieldConfigOptionsRegistry,
  applyFieldOverrides,
  cacheFieldDisplayNames,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { lastValueFrom } from 'rxjs';

import { unknown as unknownKeys } from './known.js';

// Grafana has its own list of these in a part that is in no package.
const OWN = ['unit', 'min', 'max', 'noValue', 'color', 'thresholds', 'mappings'];
const CUSTOM = [
  'align', 'axisSoftMax', 'cellOptions', 'drawStyle', 'fillOpacity', 'filterable', 'hideFrom',
  'insertNulls', 'inspect', 'lineWidth', 'scaleDistribution', 'showPoints', 'spanNulls', 'stacking',
  'thresholdsStyle',
];
// Nothing can be clicked in a picture.
const LEFT_OUT = ['links'];

const property = (path, isCustom) => ({
  id: isCustom ? `custom.${path}` : path,
  path,
  name: path,
  isCustom,
  process: (value) => value,
  shouldApply: () => true,
});
const properties = new FieldConfigOptionsRegistry(() => [
  ...OWN.map((path) => property(path, false)),
  ...CUSTOM.map((path) => property(path, true)),
]);

const { mergeTransformer, organizeFieldsTransformer } = standardTransformers;
standardTransformersRegistry.setInit(() =>
  [mergeTransformer, organizeFieldsTransformer].map((transformation) => ({
    id: transformation.id,
    name: transformation.name,
    transformation: () => Promise.resolve(transformation),
  })),
);

// What a panel says that would be passed over here, and so drawn wrongly.
export function unknown(panel) {
  const { fieldConfig = { defaults: {}, overrides: [] }, transformations = [] } = panel;
  const { defaults, overrides } = fieldConfig;
  const said = [
    ...Object.keys(defaults).filter((key) => key !== 'custom'),
    ...Object.keys(defaults.custom ?? {}).map((key) => `custom.${key}`),
    ...overrides.flatMap((override) => override.properties.map(({ id }) => id)),
  ];
  const isUnknown = (id) => !LEFT_OUT.includes(id) && !properties.getIfExists(id);
  const changes = transformations.map(({ id }) => id);
  return [
    ...unknownKeys(panel),
    ...said.filter(isUnknown),
    ...changes.filter((id) => !standardTransformersRegistry.getIfExists(id)),
  ];
}

// JSON has no minus infinity, which is where the first step begins.
function fromInfinity(thresholds) {
  const begin = (step) => ({ ...step, value: step.value ?? -Infinity });
  return { ...thresholds, steps: thresholds.steps.map(begin) };
}

export function fieldConfig({ defaults, overrides }) {
  const value = ({ id, value }) => ({ id, value: id === 'thresholds' ? fromInfinity(value) : value });
  return {
    defaults: { ...defaults, thresholds: fromInfinity(defaults.thresholds) },
    overrides: overrides.map(({ matcher, properties }) => ({
      matcher,
      properties: properties.map(value),
    })),
  };
}

export async function told(panel, raw, theme) {
  const data = await lastValueFrom(transformDataFrame(panel.transformations ?? [], raw));
  const frames = applyFieldOverrides({
    data,
    fieldConfig: fieldConfig(panel.fieldConfig),
    fieldConfigRegistry: properties,
    replaceVariables: (text) => text,
    theme,
  });
  // The heads of tables are read from there.
  cacheFieldDisplayNames(frames);
  return frames;
}
