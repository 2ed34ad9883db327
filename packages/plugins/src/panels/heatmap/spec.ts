import type { PanelSpec } from '../../contract.ts';
import { readTooltip } from '../options-shared.ts';
import type { TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

/** How points are put into cells along one side. */
export interface BucketOptions {
  readonly mode: 'auto' | 'size' | 'count';
  /** A number, or a duration such as "5m" along time; "" leaves it to the room. */
  readonly value: string;
  readonly scale: { readonly type: 'linear' | 'log' | 'symlog'; readonly log: number; readonly linearThreshold: number };
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
  readonly rowsFrame: { readonly layout: 'auto' | 'le' | 'ge' | 'unknown'; readonly value: string };
  /** Cells at or below `le`, or at or above `ge`, are blank. */
  readonly filterValues: { readonly le: number | undefined; readonly ge: number | undefined };
  /** CSS pixels. */
  readonly cellGap: number;
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
  };
  readonly tooltip: TooltipOptions & { readonly yHistogram: boolean; readonly showColorScale: boolean };
  readonly legend: { readonly show: boolean };
  readonly exemplars: { readonly color: string };
  readonly selectionMode: 'x' | 'y' | 'xy';
}

export const heatmap: PanelSpec<HeatmapOptions> = {
  kind: 'heatmap',
  title: 'Heatmap',
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
      },
      filterValues: { le: filter.optionalNumber('le'), ge: filter.optionalNumber('ge') },
      cellGap: options.number('cellGap', { min: 0, max: 50 }, 1),
      cellValues: { unit: cells.text('unit', 200, ''), decimals: cells.optionalNumber('decimals') },
      showValue: options.oneOf('showValue', ['auto', 'always', 'never'], 'never'),
      yAxis: {
        unit: y.text('unit', 200, options.text('bucketUnit', 200, '')),
        decimals: y.optionalNumber('decimals'),
        min: number(y.raw('min')),
        max: number(y.raw('max')),
        reverse: y.boolean('reverse', false),
        axisLabel: y.text('axisLabel', 1000, ''),
      },
      tooltip: {
        ...readTooltip(options),
        yHistogram: tooltip.boolean('yHistogram', false),
        showColorScale: tooltip.boolean('showColorScale', false),
      },
      legend: { show: options.group('legend').boolean('show', true) },
      exemplars: { color: options.group('exemplars').text('color', 100, 'semi-dark-orange') },
      selectionMode: options.oneOf('selectionMode', ['x', 'y', 'xy'], 'x'),
    };
  },
};

/** Some documents keep the ends of the axis as text. */
function number(value: unknown): number | undefined {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

function buckets(options: Options): BucketOptions {
  const scale = options.group('scale');
  const value = options.raw('value');
  return {
    mode: options.oneOf('mode', ['auto', 'size', 'count'], 'auto'),
    value: typeof value === 'number' ? String(value) : options.text('value', 64, ''),
    scale: {
      type: scale.oneOf('type', ['linear', 'log', 'symlog'], 'linear'),
      log: scale.number('log', { min: 1.0001, max: 1e6 }, 2),
      linearThreshold: scale.number('linearThreshold', { min: 1e-12, max: 1e12 }, 1),
    },
  };
}
