import type { PanelSpec } from '../../contract.ts';
import { choice, control, HIDE_CONTROLS, LEGEND_CONTROLS, SWITCH, TOOLTIP_CONTROLS } from '../controls.ts';
import { readLegend, readTooltip } from '../options-shared.ts';
import type { LegendOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

export interface HistogramOptions {
  /** About so many bins. */
  readonly bucketCount: number;
  /** How wide bins are; 0 takes what suits. */
  readonly bucketSize: number;
  readonly bucketOffset: number;
  /** All series are counted as one. */
  readonly combine: boolean;
  /** Ours: what heights mean. */
  readonly normalise: 'count' | 'share' | 'density';
  /** Ours: the query whose values are drawn as an outline to compare with. */
  readonly reference: string;
  readonly legend: LegendOptions;
  readonly tooltip: TooltipOptions;
}

export const histogram: PanelSpec<HistogramOptions> = {
  kind: 'histogram',
  title: 'Histogram',
  description: 'How often values occur.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      bucketCount: options.number('bucketCount', { min: 1, max: 1000 }, 30),
      bucketSize: Math.max(0, options.optionalNumber('bucketSize') ?? 0),
      bucketOffset: options.optionalNumber('bucketOffset') ?? 0,
      combine: options.boolean('combine', false),
      normalise: options.oneOf('normalise', ['count', 'share', 'density'], 'count'),
      reference: options.text('reference', 100, ''),
      legend: readLegend(options),
      tooltip: readTooltip(options),
    };
  },
  controls: [
    control('Histogram', 'bucketCount', 'Bucket count', { kind: 'number', min: 1, max: 1000, step: 1 }, 30),
    control('Histogram', 'bucketSize', 'Bucket size', { kind: 'number', min: 0, placeholder: 'auto' }, 0, {
      hint: '0 takes what suits.',
    }),
    control('Histogram', 'bucketOffset', 'Bucket offset', { kind: 'number' }, 0),
    control('Histogram', 'combine', 'Combine series', SWITCH, false),
    control('Histogram', 'normalise', 'Heights are', choice('count', 'share', 'density'), 'count'),
    control('Histogram', 'reference', 'Compare with query', { kind: 'text', placeholder: 'B' }, '', {
      hint: 'Drawn as an outline over the others.',
    }),
    control('Histogram', 'custom.fillOpacity', 'Fill opacity', { kind: 'number', min: 0, max: 100 }, 80),
    control('Histogram', 'custom.lineWidth', 'Line width', { kind: 'number', min: 0, max: 10 }, 1),
    control('Histogram', 'custom.gradientMode', 'Gradient', choice('none', 'opacity', 'hue'), 'none'),
    control('Histogram', 'custom.stacking.mode', 'Stack', choice(['none', 'Off'], 'normal', ['percent', '100 %']), 'none'),
    ...TOOLTIP_CONTROLS,
    ...LEGEND_CONTROLS.filter(({ path }) => ['legend.showLegend', 'legend.placement', 'legend.width'].includes(path)),
    ...HIDE_CONTROLS,
  ],
};
