import type { PanelSpec } from '../../contract.ts';
import { control, GRAPH_CONTROLS, LEGEND_CONTROLS, TOOLTIP_CONTROLS } from '../controls.ts';
import { readLegend, readTooltip } from '../options-shared.ts';
import type { LegendOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

/** Lines over a column of numbers: a step, an epoch, a size. How they look stands in each field's `config.custom`. */
export interface TrendOptions {
  readonly legend: LegendOptions;
  readonly tooltip: TooltipOptions;
  /** The name of the x column; "" takes the first numbers. */
  readonly xField: string;
}

export const trend: PanelSpec<TrendOptions> = {
  kind: 'trend',
  title: 'Trend',
  description: 'Lines over a column of numbers: a step, an epoch, a size.',
  parseOptions(input) {
    const options = new Options(input);
    return { legend: readLegend(options), tooltip: readTooltip(options), xField: options.text('xField', 1000, '') };
  },
  controls: [
    control('General', 'xField', 'X', { kind: 'field' }, ''),
    ...TOOLTIP_CONTROLS,
    ...LEGEND_CONTROLS,
    ...GRAPH_CONTROLS,
  ],
};
