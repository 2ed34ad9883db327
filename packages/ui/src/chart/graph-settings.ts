/** How one line of a chart looks and where it stands: what a field's `config.custom` says, in Grafana's words. */
export interface GraphSettings {
  readonly drawStyle: 'line' | 'bars' | 'points';
  readonly interpolation: 'linear' | 'smooth' | 'stepBefore' | 'stepAfter';
  /** CSS pixels, 0 to 20. */
  readonly lineWidth: number;
  /** Lengths of strokes and gaps in CSS pixels; undefined leaves it to the split's style. */
  readonly dash: readonly number[] | undefined;
  readonly roundCap: boolean;
  /** Of the area, 0 to 1. */
  readonly fillOpacity: number;
  /** opacity: fades to the base. hue: from a darker hue. scheme: line and area coloured by value. */
  readonly gradient: 'none' | 'opacity' | 'hue' | 'scheme';
  /** The name of the line down to which the area reaches; "" is the base. */
  readonly fillBelowTo: string;
  /** Missing values no longer than this along x are drawn across: 0 none, Infinity all. */
  readonly spanNulls: number;
  /** Points farther apart than this along x are not joined. */
  readonly insertNulls: number;
  /** "auto" shows points where they stand far apart; a point without neighbours is always shown. */
  readonly points: 'auto' | 'always' | 'never';
  /** The diameter in CSS pixels. */
  readonly pointSize: number;
  /** Where a bar stands to its x: after, around or before it. */
  readonly barAlignment: -1 | 0 | 1;
  /** Of the room between two points, 0 to 1. */
  readonly barWidthFactor: number;
  /** CSS pixels. */
  readonly barMaxWidth: number;
  readonly stacking: 'none' | 'normal' | 'percent';
  /** Lines of one group pile up. */
  readonly stackGroup: string;
  readonly negativeY: boolean;
  /** constant: the first value all along. */
  readonly constant: boolean;
  readonly hide: { readonly viz: boolean; readonly legend: boolean; readonly tooltip: boolean };
  readonly showValues: boolean;
  readonly axis: AxisSettings;
  readonly thresholdStyle: { readonly line: 'none' | 'solid' | 'dashed'; readonly area: boolean };
}

/** What a field asks of its value axis. */
export interface AxisSettings {
  readonly placement: 'auto' | 'left' | 'right' | 'hidden';
  readonly label: string;
  readonly width: number | undefined;
  readonly softMin: number | undefined;
  readonly softMax: number | undefined;
  readonly centeredZero: boolean;
  /** undefined: the first axis has lines. */
  readonly grid: boolean | undefined;
  readonly border: boolean;
  /** series: the axis takes its first line's colour. */
  readonly color: 'text' | 'series';
  readonly scale: ScaleSettings;
}

export type ScaleSettings =
  | { readonly kind: 'linear' }
  | { readonly kind: 'log'; readonly base: number }
  /** Linear within `linear` of zero, logarithmic beyond. */
  | { readonly kind: 'symlog'; readonly base: number; readonly linear: number };

const THRESHOLD_STYLES: Readonly<Record<string, GraphSettings['thresholdStyle']>> = {
  off: { line: 'none', area: false },
  line: { line: 'solid', area: false },
  dashed: { line: 'dashed', area: false },
  area: { line: 'none', area: true },
  'line+area': { line: 'solid', area: true },
  'dashed+area': { line: 'dashed', area: true },
};

type Custom = Readonly<Record<string, unknown>>;

const read = new WeakMap<object, GraphSettings>();

/** Reads what a field says. What is missing or makes no sense takes its default: one line must not cost the panel. Pure; once per object. */
export function graphSettings(custom: Custom | undefined): GraphSettings {
  if (custom === undefined) return DEFAULTS;
  let settings = read.get(custom);
  if (settings === undefined) read.set(custom, (settings = readSettings(custom)));
  return settings;
}

function readSettings(custom: Custom): GraphSettings {
  const stacking = objectOf(custom['stacking']);
  const style = objectOf(custom['lineStyle']);
  const hide = objectOf(custom['hideFrom']);
  const transform = custom['transform'];
  const mode = oneOf(stacking['mode'], ['none', 'normal', 'percent'], 'none');
  const fillBelowTo = text(custom['fillBelowTo']);
  const opacity = number(custom['fillOpacity'], 0, 100, 0) / 100;
  const drawStyle = custom['drawStyle'] === 'bar' ? 'bars' : oneOf(custom['drawStyle'], ['line', 'bars', 'points'], 'line');
  return {
    drawStyle,
    interpolation: oneOf(custom['lineInterpolation'], ['linear', 'smooth', 'stepBefore', 'stepAfter'], 'linear'),
    lineWidth: number(custom['lineWidth'], 0, 20, 1.5),
    dash: dashOf(style),
    roundCap: style['fill'] === 'dot',
    // A band that nobody gave an opacity is meant to be seen.
    fillOpacity: fillBelowTo !== '' && opacity === 0 ? 0.35 : opacity,
    gradient: oneOf(custom['gradientMode'], ['none', 'opacity', 'hue', 'scheme'], 'none'),
    fillBelowTo,
    spanNulls: custom['spanNulls'] === true ? Infinity : number(custom['spanNulls'], 0, Infinity, 0),
    insertNulls: number(custom['insertNulls'], 1, Infinity, Infinity),
    points: oneOf(custom['showPoints'], ['auto', 'always', 'never'], 'auto'),
    pointSize: number(custom['pointSize'], 1, 40, 5),
    barAlignment: custom['barAlignment'] === -1 ? -1 : custom['barAlignment'] === 1 ? 1 : 0,
    barWidthFactor: number(custom['barWidthFactor'], 0.01, 1, 0.6),
    barMaxWidth: number(custom['barMaxWidth'], 1, 10_000, 200),
    stacking: mode,
    stackGroup: text(stacking['group']),
    negativeY: transform === 'negative-Y',
    constant: transform === 'constant',
    hide: { viz: hide['viz'] === true, legend: hide['legend'] === true, tooltip: hide['tooltip'] === true },
    showValues: custom['showValues'] === true,
    axis: axisSettings(custom),
    thresholdStyle: THRESHOLD_STYLES[text(objectOf(custom['thresholdsStyle'])['mode'])] ?? THRESHOLD_STYLES['off']!,
  };
}

function axisSettings(custom: Custom): AxisSettings {
  return {
    placement: oneOf(custom['axisPlacement'], ['auto', 'left', 'right', 'hidden'], 'auto'),
    label: text(custom['axisLabel']).slice(0, 200),
    width: optional(custom['axisWidth']),
    softMin: optional(custom['axisSoftMin']),
    softMax: optional(custom['axisSoftMax']),
    centeredZero: custom['axisCenteredZero'] === true,
    grid: typeof custom['axisGridShow'] === 'boolean' ? custom['axisGridShow'] : undefined,
    border: custom['axisBorderShow'] === true,
    color: oneOf(custom['axisColorMode'], ['text', 'series'], 'text'),
    scale: scaleSettings(objectOf(custom['scaleDistribution'])),
  };
}

function scaleSettings(distribution: Custom): ScaleSettings {
  const base = distribution['log'] === 2 ? 2 : 10;
  switch (distribution['type']) {
    case 'log':
      return { kind: 'log', base };
    case 'symlog':
      return { kind: 'symlog', base, linear: number(distribution['linearThreshold'], 1e-300, 1e300, 1) };
    default:
      return { kind: 'linear' };
  }
}

function dashOf(style: Custom): readonly number[] | undefined {
  if (style['fill'] !== 'dash' && style['fill'] !== 'dot') return style['fill'] === 'solid' ? [] : undefined;
  const given = Array.isArray(style['dash'])
    ? style['dash'].filter((part) => typeof part === 'number' && part >= 0).slice(0, 16)
    : [];
  if (given.some((part) => part > 0)) return given as number[];
  return style['fill'] === 'dot' ? [0.5, 4] : [10, 10];
}

function objectOf(value: unknown): Custom {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Custom) : {};
}

function oneOf<const Choice extends string>(value: unknown, choices: readonly Choice[], otherwise: Choice): Choice {
  return choices.find((choice) => choice === value) ?? otherwise;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function optional(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function number(value: unknown, min: number, max: number, otherwise: number): number {
  return typeof value === 'number' && value >= min ? Math.min(value, max) : otherwise;
}

const DEFAULTS = readSettings({});
