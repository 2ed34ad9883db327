import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface TableOptions {
  /** Whether the metric's name is a column. */
  readonly metricName: boolean;
}

export const table: PanelSpec<TableOptions> = {
  kind: 'table',
  title: 'Table',
  parseOptions: (input) => ({ metricName: new Options(input).boolean('metricName', false) }),
};
