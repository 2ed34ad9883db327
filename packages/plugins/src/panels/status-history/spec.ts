import type { PanelSpec } from '../../contract.ts';
import { readLegend, readTooltip } from '../options-shared.ts';
import type { LegendOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

export interface StatusHistoryOptions {
  readonly showValue: 'auto' | 'always' | 'never';
  /** Shares of a cell's room, 0 to 1. */
  readonly rowHeight: number;
  readonly colWidth: number;
  /** Rows a page; 0 shows all. */
  readonly perPage: number;
  readonly legend: LegendOptions;
  readonly tooltip: TooltipOptions;
}

export const statusHistory: PanelSpec<StatusHistoryOptions> = {
  kind: 'status-history',
  title: 'Status history',
  parseOptions(input) {
    const options = new Options(input);
    return {
      showValue: options.oneOf('showValue', ['auto', 'always', 'never'], 'auto'),
      rowHeight: options.number('rowHeight', { min: 0, max: 1 }, 0.9),
      colWidth: options.number('colWidth', { min: 0, max: 1 }, 0.9),
      perPage: options.number('perPage', { min: 0, max: 10_000 }, 20),
      legend: readLegend(options),
      tooltip: readTooltip(options),
    };
  },
};
