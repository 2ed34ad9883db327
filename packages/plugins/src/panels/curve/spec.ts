import type { PanelSpec } from '../../contract.ts';
import { control, LEGEND_CONTROLS, SWITCH, TOOLTIP_CONTROLS } from '../controls.ts';
import { readLegend, readTooltip } from '../options-shared.ts';
import type { LegendOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

/** Curves of training runs. Which, over what and how smooth stands in the query. */
export interface CurveOptions {
  readonly legend: LegendOptions;
  readonly tooltip: TooltipOptions;
  readonly logX: boolean;
  readonly logY: boolean;
  /** The value axis shows the middle 90 % of what is drawn. */
  readonly clipOutliers: boolean;
}

export const curve: PanelSpec<CurveOptions> = {
  kind: 'curve',
  title: 'Training curves',
  description: 'Curves of training runs over steps, epochs or time: raw behind smoothed, with bands of seeds.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      legend: readLegend(options),
      tooltip: readTooltip(options),
      logX: options.boolean('logX', false),
      logY: options.boolean('logY', false),
      clipOutliers: options.boolean('clipOutliers', false),
    };
  },
  controls: [
    control('General', 'logX', 'Logarithmic x', SWITCH, false),
    control('General', 'logY', 'Logarithmic values', SWITCH, false),
    control('General', 'clipOutliers', 'Outliers may lie beyond the axis', SWITCH, false),
    ...TOOLTIP_CONTROLS,
    ...LEGEND_CONTROLS,
  ],
};
