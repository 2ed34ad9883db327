import type { PanelSpec } from '../../contract.ts';
import { ANNOTATION_CONTROLS, choice, control, SCHEME, SWITCH, TOOLTIP_CONTROLS } from '../controls.ts';
import { readAnnotations, readTooltip } from '../options-shared.ts';
import type { AnnotationOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

/** How points are put into cells along one side. */
export interface BucketOptions {
  readonly mode: 'auto' | 'size' | 'count';
  /** A number, or a duration such as "5m" along time; "" leaves it to the room. */
  readonly value: string;
  readonly scale: RowScale<'linear' | 'log' | 'symlog'>;
}

export interface RowScale<Type extends string> {
  readonly type: Type;
  readonly log: number;
  readonly linearThreshold: number;
}

export interface HeatmapOptions {
  /** Counts the points of series; otherwise each series or bucket is a row. */
  readonly calculate: boolean;
  readonly calculation: { readonly xBuckets: BucketOptions; readonly yBuckets: BucketOptions };
  readonly color: {
    readonly mode: 'auto' | 'scheme' | 'opacity';
    /** "" is ours. */
    readonly scheme: string;
    readonly fill: string;
    /** "auto" shows the small counts of buckets beside the large, and is linear for series. */
    readonly scale: 'auto' | 'exponential' | 'linear' | 'log';
    readonly exponent: number;
    readonly steps: number;
    readonly min: number | undefined;
    readonly max: number | undefined;
    readonly reverse: boolean;
  };
  readonly rowsFrame: {
    readonly layout: 'auto' | 'le' | 'ge' | 'unknown';
    readonly value: string;
    /** ordinal: buckets are rows of one height; else they are as high as they are wide on that scale. */
    readonly yBucketScale: RowScale<'ordinal' | 'linear' | 'log' | 'symlog'>;
  };
  /** Cells at or below `le`, or at or above `ge`, are blank. */
  readonly filterValues: { readonly le: number | undefined; readonly ge: number | undefined };
  /** CSS pixels. */
  readonly cellGap: number;
  /** Of the corners of cells, in CSS pixels. */
  readonly cellRadius: number;
  readonly cellValues: { readonly unit: string; readonly decimals: number | undefined };
  readonly showValue: 'auto' | 'always' | 'never';
  readonly yAxis: {
    /** What bounds measure. */
    readonly unit: string;
    readonly decimals: number | undefined;
    readonly min: number | undefined;
    readonly max: number | undefined;
    readonly reverse: boolean;
    readonly axisLabel: string;
    /** Names of rows stand at the left, or not at all. */
    readonly axisPlacement: 'auto' | 'left' | 'right' | 'hidden';
    readonly axisWidth: number | undefined;
  };
  readonly tooltip: TooltipOptions & { readonly yHistogram: boolean; readonly showColorScale: boolean };
  readonly legend: { readonly show: boolean };
  readonly exemplars: { readonly color: string };
  /** What a drag zooms into: the page's x, this panel's height, or both. */
  readonly selectionMode: 'x' | 'y' | 'xy';
  readonly annotations: AnnotationOptions;
}

export const heatmap: PanelSpec<HeatmapOptions> = {
  kind: 'heatmap',
  title: 'Heatmap',
  description: 'How values are spread, and how that changes over time.',
  parseOptions(input) {
    const options = new Options(input);
    const calculation = options.group('calculation');
    const color = options.group('color');
    const rows = options.group('rowsFrame');
    const filter = options.group('filterValues');
    const cells = options.group('cellValues');
    const y = options.group('yAxis');
    const tooltip = options.group('tooltip');
    return {
      calculate: options.boolean('calculate', false),
      calculation: { xBuckets: buckets(calculation.group('xBuckets')), yBuckets: buckets(calculation.group('yBuckets')) },
      color: {
        mode: color.oneOf('mode', ['auto', 'scheme', 'opacity'], 'auto'),
        scheme: color.text('scheme', 64, ''),
        fill: color.text('fill', 100, 'blue'),
        scale: color.oneOf('scale', ['auto', 'exponential', 'linear', 'log'], 'auto'),
        exponent: color.number('exponent', { min: 0.01, max: 10 }, 0.5),
        steps: color.number('steps', { min: 2, max: 256 }, 64),
        min: color.optionalNumber('min'),
        max: color.optionalNumber('max'),
        reverse: color.boolean('reverse', false),
      },
      rowsFrame: {
        layout: rows.oneOf('layout', ['auto', 'le', 'ge', 'unknown'], 'auto'),
        value: rows.text('value', 200, ''),
        yBucketScale: rowScale(rows.group('yBucketScale'), ['ordinal', 'linear', 'log', 'symlog'], 'ordinal'),
      },
      filterValues: { le: filter.optionalNumber('le'), ge: filter.optionalNumber('ge') },
      cellGap: options.number('cellGap', { min: 0, max: 50 }, 1),
      cellRadius: options.number('cellRadius', { min: 0, max: 100 }, 0),
      cellValues: { unit: cells.text('unit', 200, ''), decimals: cells.optionalNumber('decimals') },
      showValue: options.oneOf('showValue', ['auto', 'always', 'never'], 'never'),
      yAxis: {
        unit: y.text('unit', 200, options.text('bucketUnit', 200, '')),
        decimals: y.optionalNumber('decimals'),
        min: number(y.raw('min')),
        max: number(y.raw('max')),
        reverse: y.boolean('reverse', false),
        axisLabel: y.text('axisLabel', 1000, ''),
        axisPlacement: y.oneOf('axisPlacement', ['auto', 'left', 'right', 'hidden'], 'auto'),
        axisWidth: y.optionalNumber('axisWidth'),
      },
      tooltip: {
        ...readTooltip(options),
        yHistogram: tooltip.boolean('yHistogram', false),
        showColorScale: tooltip.boolean('showColorScale', false),
      },
      legend: { show: options.group('legend').boolean('show', true) },
      exemplars: { color: options.group('exemplars').text('color', 100, 'semi-dark-orange') },
      selectionMode: options.oneOf('selectionMode', ['x', 'y', 'xy'], 'x'),
      annotations: readAnnotations(options),
    };
  },
  controls: [
    control('Heatmap', 'calculate', 'Calculate from data', SWITCH, false, {
      hint: 'Counts the points of series; otherwise each series or bucket is a row.',
    }),
    ...(['xBuckets', 'yBuckets'] as const).flatMap((side) => {
      const name = side === 'xBuckets' ? 'X bucket' : 'Y bucket';
      const path = `calculation.${side}`;
      const calculates = (read: (path: string) => unknown) => read('calculate') === true;
      return [
        control('Heatmap', `${path}.mode`, name, choice('auto', 'size', 'count'), 'auto', { when: calculates }),
        control('Heatmap', `${path}.value`, `${name} value`, { kind: 'text', placeholder: 'auto' }, '', {
          hint: side === 'xBuckets' ? 'A count, or a duration such as 5m.' : 'A count, or how high a bucket is.',
          when: (read) => calculates(read) && (read(`${path}.mode`) ?? 'auto') !== 'auto',
        }),
      ];
    }),
    control(
      'Heatmap',
      'calculation.yBuckets.scale.type',
      'Y bucket scale',
      choice('linear', ['log', 'Logarithmic'], ['symlog', 'Symmetric logarithmic']),
      'linear',
      { when: (read) => read('calculate') === true },
    ),
    control(
      'Heatmap',
      'rowsFrame.layout',
      'Rows are',
      choice('auto', ['le', 'Upper bounds (le)'], ['ge', 'Lower bounds (ge)'], ['unknown', 'In the middle']),
      'auto',
      { when: (read) => read('calculate') !== true },
    ),
    control(
      'Heatmap',
      'rowsFrame.yBucketScale.type',
      'Height of buckets',
      choice(['ordinal', 'All the same'], 'linear', ['log', 'Logarithmic'], ['symlog', 'Symmetric logarithmic']),
      'ordinal',
      { when: (read) => read('calculate') !== true },
    ),
    control('Heatmap', 'rowsFrame.value', 'Value column', { kind: 'field' }, '', {
      hint: 'Of a table; the last column of numbers where empty.',
      when: (read) => read('calculate') !== true,
    }),
    control('Heatmap', 'selectionMode', 'A drag zooms', choice(['x', 'X'], ['y', 'Y'], ['xy', 'Both']), 'x'),
    control('Y axis', 'yAxis.unit', 'Unit', { kind: 'unit' }, ''),
    control('Y axis', 'yAxis.decimals', 'Decimals', { kind: 'number', min: 0, max: 20 }, undefined),
    control('Y axis', 'yAxis.min', 'Min value', { kind: 'number' }, undefined),
    control('Y axis', 'yAxis.max', 'Max value', { kind: 'number' }, undefined),
    control('Y axis', 'yAxis.axisLabel', 'Label', { kind: 'text' }, ''),
    control('Y axis', 'yAxis.axisPlacement', 'Placement', choice('auto', 'left', 'right', 'hidden'), 'auto', {
      hint: 'Names of rows stand at the left, or not at all.',
    }),
    control('Y axis', 'yAxis.axisWidth', 'Width', { kind: 'number', min: 0, placeholder: 'auto' }, undefined),
    control('Y axis', 'yAxis.reverse', 'Reverse', SWITCH, false),
    control('Colors', 'color.mode', 'Mode', choice('auto', 'scheme', 'opacity'), 'auto'),
    control('Colors', 'color.scheme', 'Scheme', SCHEME, '', { when: (read) => read('color.mode') !== 'opacity' }),
    control('Colors', 'color.fill', 'Color', { kind: 'color' }, 'blue', { when: (read) => read('color.mode') === 'opacity' }),
    control('Colors', 'color.scale', 'Scale', choice('auto', 'exponential', 'linear', 'log'), 'auto'),
    control('Colors', 'color.exponent', 'Exponent', { kind: 'number', min: 0.01, max: 10, step: 0.1 }, 0.5, {
      when: (read) => read('color.scale') === 'exponential',
    }),
    control('Colors', 'color.steps', 'Steps', { kind: 'number', min: 2, max: 256, step: 1 }, 64),
    control('Colors', 'color.reverse', 'Reverse', SWITCH, false),
    control('Colors', 'color.min', 'Start color scale from value', { kind: 'number' }, undefined),
    control('Colors', 'color.max', 'End color scale at value', { kind: 'number' }, undefined),
    control('Cell display', 'showValue', 'Show values', choice('auto', 'always', 'never'), 'never'),
    control('Cell display', 'cellValues.unit', 'Unit', { kind: 'unit' }, ''),
    control('Cell display', 'cellValues.decimals', 'Decimals', { kind: 'number', min: 0, max: 20 }, undefined),
    control('Cell display', 'cellGap', 'Cell gap', { kind: 'number', min: 0, max: 50 }, 1),
    control('Cell display', 'cellRadius', 'Cell radius', { kind: 'number', min: 0, max: 100 }, 0),
    control('Cell display', 'filterValues.le', 'Hide cells with values <=', { kind: 'number' }, undefined),
    control('Cell display', 'filterValues.ge', 'Hide cells with values >=', { kind: 'number' }, undefined),
    ...TOOLTIP_CONTROLS.filter(({ path }) => path === 'tooltip.mode'),
    control('Tooltip', 'tooltip.yHistogram', 'Show histogram (Y axis)', SWITCH, false),
    control('Tooltip', 'tooltip.showColorScale', 'Show color scale', SWITCH, false),
    control('Legend', 'legend.show', 'Show legend', SWITCH, true),
    control('Exemplars', 'exemplars.color', 'Color', { kind: 'color' }, 'semi-dark-orange'),
    ...ANNOTATION_CONTROLS,
  ],
};

/** Some documents keep the ends of the axis as text. */
function number(value: unknown): number | undefined {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

function buckets(options: Options): BucketOptions {
  const value = options.raw('value');
  return {
    mode: options.oneOf('mode', ['auto', 'size', 'count'], 'auto'),
    value: typeof value === 'number' ? String(value) : options.text('value', 64, ''),
    scale: rowScale(options.group('scale'), ['linear', 'log', 'symlog'], 'linear'),
  };
}

function rowScale<const Type extends string>(scale: Options, types: readonly Type[], otherwise: Type): RowScale<Type> {
  return {
    type: scale.oneOf('type', types, otherwise),
    log: scale.number('log', { min: 1.0001, max: 1e6 }, 2),
    linearThreshold: scale.number('linearThreshold', { min: 1e-12, max: 1e12 }, 1),
  };
}
