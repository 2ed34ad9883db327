import type { PanelSpec } from '../../contract.ts';
import { readLegend, readTooltip } from '../options-shared.ts';
import type { LegendOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

export interface StateTimelineOptions {
  /** Equal neighbours are one. */
  readonly mergeValues: boolean;
  readonly showValue: 'auto' | 'always' | 'never';
  readonly alignValue: 'left' | 'center' | 'right';
  /** Of the row, 0 to 1. */
  readonly rowHeight: number;
  /** Rows a page; 0 shows all. */
  readonly perPage: number;
  readonly legend: LegendOptions;
  readonly tooltip: TooltipOptions;
}

export const stateTimeline: PanelSpec<StateTimelineOptions> = {
  kind: 'state-timeline',
  title: 'State timeline',
  parseOptions(input) {
    const options = new Options(input);
    return {
      mergeValues: options.boolean('mergeValues', true),
      showValue: options.oneOf('showValue', ['auto', 'always', 'never'], 'auto'),
      alignValue: options.oneOf('alignValue', ['left', 'center', 'right'], 'left'),
      rowHeight: options.number('rowHeight', { min: 0, max: 1 }, 0.9),
      perPage: options.number('perPage', { min: 0, max: 10_000 }, 20),
      legend: readLegend(options),
      tooltip: readTooltip(options),
    };
  },
};
