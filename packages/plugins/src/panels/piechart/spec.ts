import type { PanelSpec } from '../../contract.ts';
import { choice, choices, control, HIDE_CONTROLS, LEGEND_CONTROLS, REDUCE_CONTROLS, TOOLTIP_CONTROLS } from '../controls.ts';
import { readLegend, readReduce, readTooltip } from '../options-shared.ts';
import type { LegendOptions, ReduceOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

export type PieLabel = 'name' | 'value' | 'percent';

export interface PieOptions {
  readonly pieType: 'pie' | 'donut';
  readonly sort: 'asc' | 'desc' | 'none';
  readonly displayLabels: readonly PieLabel[];
  readonly reduceOptions: ReduceOptions;
  readonly legend: LegendOptions & { readonly values: readonly ('percent' | 'value')[] };
  readonly tooltip: TooltipOptions;
}

export const piechart: PanelSpec<PieOptions> = {
  kind: 'piechart',
  title: 'Pie chart',
  description: 'Parts of a whole.',
  parseOptions(input) {
    const options = new Options(input);
    const values = options.group('legend').texts('values', 10);
    return {
      pieType: options.oneOf('pieType', ['pie', 'donut'], 'pie'),
      sort: options.oneOf('sort', ['desc', 'asc', 'none'], 'desc'),
      displayLabels: options
        .texts('displayLabels', 10)
        .filter((kind): kind is PieLabel => kind === 'name' || kind === 'value' || kind === 'percent'),
      reduceOptions: readReduce(options),
      legend: {
        ...readLegend(options),
        // Older documents name a reduction ("current", "avg") where a value is meant.
        values: [...new Set(values.map((kind) => (kind === 'percent' ? 'percent' : 'value')))],
      },
      tooltip: readTooltip(options),
    };
  },
  controls: [
    ...REDUCE_CONTROLS,
    control('Pie chart', 'pieType', 'Pie chart type', choice('pie', 'donut'), 'pie'),
    control('Pie chart', 'sort', 'Slice sorting', choice(['desc', 'Descending'], ['asc', 'Ascending'], 'none'), 'desc'),
    control('Pie chart', 'displayLabels', 'Labels', choices('percent', 'name', 'value'), []),
    ...TOOLTIP_CONTROLS.filter(({ path }) => path === 'tooltip.mode'),
    ...LEGEND_CONTROLS.filter(({ path }) =>
      ['legend.showLegend', 'legend.placement', 'legend.displayMode', 'legend.width'].includes(path),
    ),
    control('Legend', 'legend.values', 'Legend values', choices('percent', 'value'), []),
    ...HIDE_CONTROLS,
  ],
};
