import type { PanelSpec } from '../../contract.ts';
import { GRAPH_CONTROLS, LEGEND_CONTROLS, TOOLTIP_CONTROLS } from '../controls.ts';
import { readLegend, readTooltip } from '../options-shared.ts';
import type { LegendOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

/** How lines look stands in each field's `config.custom`. */
export interface TimeseriesOptions {
  readonly legend: LegendOptions;
  readonly tooltip: TooltipOptions;
  /** The first is the axis' zone; empty takes the page's. */
  readonly timezone: readonly string[];
}

export const timeseries: PanelSpec<TimeseriesOptions> = {
  kind: 'timeseries',
  title: 'Time series',
  description: 'Lines, bars or points over time, step or epoch.',
  parseOptions(input) {
    const options = new Options(input);
    return { legend: readLegend(options), tooltip: readTooltip(options), timezone: options.texts('timezone', 10) };
  },
  controls: [...TOOLTIP_CONTROLS, ...LEGEND_CONTROLS, ...GRAPH_CONTROLS],
};
