import { HEAT_SCHEMES } from '@vitrine/ui/theme/heat-scheme.ts';

import type { OptionControl, OptionInput } from '../contract.ts';

/** What the panel editor offers for the blocks of options that several kinds of panel have. */

/** "stepAfter" as people read it: "Step after". */
function spoken(value: string): string {
  const words = value.replaceAll(/[_+-]/g, ' ').replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

/** One of these; the labels are the values in words unless given. */
export function choice(...values: readonly (string | readonly [value: unknown, label: string])[]): OptionInput {
  return {
    kind: 'choice',
    choices: values.map((value) =>
      typeof value === 'string' ? { value, label: spoken(value) } : { value: value[0], label: value[1] },
    ),
  };
}

/** Any of these. */
export function choices(...values: readonly string[]): OptionInput {
  return { kind: 'choices', choices: values.map((value) => ({ value, label: spoken(value) })) };
}

/** Colours of heat; "" is ours. */
export const SCHEME: OptionInput = choice(['', 'Vitrine’s'], ...HEAT_SCHEMES.map((name) => [name, name] as const));

export const SWITCH: OptionInput = { kind: 'switch' };

export function control(
  group: string,
  path: string,
  label: string,
  input: OptionInput,
  otherwise: unknown,
  more: Pick<OptionControl, 'hint' | 'when'> = {},
): OptionControl {
  return { group, path, label, input, otherwise, ...more };
}

const whenLegend = { when: (read: (path: string) => unknown) => read('legend.showLegend') !== false };

export const LEGEND_CONTROLS: readonly OptionControl[] = [
  control('Legend', 'legend.showLegend', 'Show', SWITCH, true),
  control('Legend', 'legend.displayMode', 'As', choice('table', 'list'), 'table', whenLegend),
  control('Legend', 'legend.placement', 'Placement', choice('bottom', 'right'), 'bottom', whenLegend),
  control('Legend', 'legend.calcs', 'Values', { kind: 'reducers', many: true }, [], whenLegend),
  control('Legend', 'legend.sortBy', 'Sort by', { kind: 'text', placeholder: 'Mean' }, '', whenLegend),
  control('Legend', 'legend.limit', 'At most', { kind: 'number', min: 1, placeholder: 'all' }, undefined, whenLegend),
  control('Legend', 'legend.width', 'Width', { kind: 'number', min: 50, placeholder: 'auto' }, undefined, {
    when: (read) => read('legend.placement') === 'right',
  }),
];

export const TOOLTIP_CONTROLS: readonly OptionControl[] = [
  control('Tooltip', 'tooltip.mode', 'Tells', choice(['multi', 'All'], ['single', 'The nearest'], ['none', 'Nothing']), 'multi'),
  control(
    'Tooltip',
    'tooltip.sort',
    'Order',
    choice(['desc', 'Highest first'], ['asc', 'Lowest first'], ['none', 'As answered']),
    'desc',
    {
      when: (read) => read('tooltip.mode') !== 'single' && read('tooltip.mode') !== 'none',
    },
  ),
  control('Tooltip', 'tooltip.hideZeros', 'Hide zeros', SWITCH, false),
];

export const ANNOTATION_CONTROLS: readonly OptionControl[] = [
  control('Annotations', 'annotations.lines.width', 'Line width', { kind: 'number', min: 0, max: 20 }, 1),
  control(
    'Annotations',
    'annotations.regions.opacity',
    'Region opacity',
    { kind: 'number', min: 0, max: 1, step: 0.05, placeholder: 'auto' },
    undefined,
  ),
];

export const REDUCE_CONTROLS: readonly OptionControl[] = [
  control('Values', 'reduceOptions.values', 'Show', choice([false, 'One value a series'], [true, 'Each row']), false),
  control('Values', 'reduceOptions.calcs', 'Calculation', { kind: 'reducers', many: true }, ['lastNotNull'], {
    when: (read) => read('reduceOptions.values') !== true,
  }),
  control('Values', 'reduceOptions.limit', 'At most', { kind: 'number', min: 1, placeholder: '25' }, undefined, {
    when: (read) => read('reduceOptions.values') === true,
  }),
  control('Values', 'reduceOptions.fields', 'Fields', { kind: 'text', placeholder: 'numbers' }, '', {
    hint: 'A name, or /an expression/ that names match. /.*/ takes words too.',
  }),
];

export const TEXT_SIZE_CONTROLS: readonly OptionControl[] = [
  control('Text', 'text.titleSize', 'Name size', { kind: 'number', min: 6, max: 200, placeholder: 'auto' }, undefined),
  control('Text', 'text.valueSize', 'Value size', { kind: 'number', min: 6, max: 400, placeholder: 'auto' }, undefined),
];

/** How thresholds are drawn behind or across what is drawn: read by ui/chart/graph-settings.ts. */
export const THRESHOLD_STYLE: OptionControl = control(
  'Thresholds',
  'custom.thresholdsStyle.mode',
  'Drawn as',
  choice(
    ['off', 'Nothing'],
    ['line', 'Lines'],
    ['dashed', 'Dashed lines'],
    ['area', 'Areas'],
    ['line+area', 'Lines and areas'],
    ['dashed+area', 'Dashed lines and areas'],
  ),
  'off',
);

const isLine = (read: (path: string) => unknown) => (read('custom.drawStyle') ?? 'line') === 'line';
const isBars = (read: (path: string) => unknown) => read('custom.drawStyle') === 'bars';
const isLog = (read: (path: string) => unknown) => {
  const type = read('custom.scaleDistribution.type');
  return type === 'log' || type === 'symlog';
};
const OPTIONAL: OptionInput = { kind: 'number', placeholder: 'auto' };

export const AXIS_CONTROLS: readonly OptionControl[] = [
  control('Axis', 'custom.axisPlacement', 'Placement', choice('auto', 'left', 'right', 'hidden'), 'auto'),
  control('Axis', 'custom.axisLabel', 'Label', { kind: 'text' }, ''),
  control(
    'Axis',
    'custom.scaleDistribution.type',
    'Scale',
    choice('linear', ['log', 'Logarithmic'], ['symlog', 'Symmetric logarithmic']),
    'linear',
  ),
  control('Axis', 'custom.scaleDistribution.log', 'Base', choice([10, '10'], [2, '2']), 10, { when: isLog }),
  control('Axis', 'custom.scaleDistribution.linearThreshold', 'Linear within', { kind: 'number', min: 0 }, 1, {
    when: (read) => read('custom.scaleDistribution.type') === 'symlog',
  }),
  control('Axis', 'custom.axisSoftMin', 'Soft min', OPTIONAL, undefined, { hint: 'The axis starts here or below.' }),
  control('Axis', 'custom.axisSoftMax', 'Soft max', OPTIONAL, undefined, { hint: 'The axis ends here or above.' }),
  control('Axis', 'custom.axisCenteredZero', 'Zero in the middle', SWITCH, false),
  control('Axis', 'custom.axisGridShow', 'Grid lines', choice([undefined, 'Auto'], [true, 'On'], [false, 'Off']), undefined),
  control('Axis', 'custom.axisColorMode', 'Colour', choice('text', 'series'), 'text'),
  control('Axis', 'custom.axisBorderShow', 'Border', SWITCH, false),
  control('Axis', 'custom.axisWidth', 'Width', OPTIONAL, undefined),
];

export const HIDE_CONTROLS: readonly OptionControl[] = [
  control('Hide from', 'custom.hideFrom.viz', 'Picture', SWITCH, false),
  control('Hide from', 'custom.hideFrom.legend', 'Legend', SWITCH, false),
  control('Hide from', 'custom.hideFrom.tooltip', 'Tooltip', SWITCH, false),
];

/** How lines look: read by ui/chart/graph-settings.ts. */
export const GRAPH_CONTROLS: readonly OptionControl[] = [
  control('Lines', 'custom.drawStyle', 'Style', choice('line', 'bars', 'points'), 'line'),
  control('Lines', 'custom.lineInterpolation', 'Interpolation', choice('linear', 'smooth', 'stepBefore', 'stepAfter'), 'linear', {
    when: isLine,
  }),
  control('Lines', 'custom.lineWidth', 'Line width', { kind: 'number', min: 0, max: 20, step: 0.5 }, 1.5),
  control('Lines', 'custom.lineStyle.fill', 'Strokes', choice('solid', 'dash', 'dot'), undefined, { when: isLine }),
  control('Lines', 'custom.fillOpacity', 'Fill opacity', { kind: 'number', min: 0, max: 100 }, 0),
  control('Lines', 'custom.gradientMode', 'Gradient', choice('none', 'opacity', 'hue', ['scheme', 'By value']), 'none'),
  control('Lines', 'custom.fillBelowTo', 'Fill down to', { kind: 'field' }, '', { when: isLine }),
  control('Lines', 'custom.showPoints', 'Points', choice('auto', 'always', 'never'), 'auto', { when: isLine }),
  control('Lines', 'custom.pointSize', 'Point size', { kind: 'number', min: 1, max: 40 }, 5),
  control('Lines', 'custom.barAlignment', 'Bars stand', choice([-1, 'Before'], [0, 'Around'], [1, 'After']), 0, { when: isBars }),
  control('Lines', 'custom.barWidthFactor', 'Bar width', { kind: 'number', min: 0.1, max: 1, step: 0.1 }, 0.6, { when: isBars }),
  control('Lines', 'custom.showValues', 'Values', SWITCH, false),
  control(
    'Lines',
    'custom.spanNulls',
    'Join across gaps',
    choice([false, 'Never'], [true, 'Always'], [3_600_000, 'Up to 1 h']),
    false,
    { when: isLine },
  ),
  control('Lines', 'custom.stacking.mode', 'Stack', choice(['none', 'Off'], 'normal', ['percent', '100 %']), 'none'),
  control('Lines', 'custom.stacking.group', 'Stack group', { kind: 'text', placeholder: 'A' }, '', {
    when: (read) => (read('custom.stacking.mode') ?? 'none') !== 'none',
  }),
  control(
    'Lines',
    'custom.transform',
    'Transform',
    choice([undefined, 'None'], ['negative-Y', 'Negative Y'], ['constant', 'Constant']),
    undefined,
  ),
  THRESHOLD_STYLE,
  ...AXIS_CONTROLS,
  ...HIDE_CONTROLS,
];
