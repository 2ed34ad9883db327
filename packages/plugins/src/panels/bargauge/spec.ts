import { REDUCTIONS } from '@vitrine/compute/reduce.ts';
import type { Reduction } from '@vitrine/compute/reduce.ts';

import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface BarGaugeOptions {
  /** What of the series is shown. */
  readonly reduce: Reduction;
  readonly sort: 'none' | 'descending' | 'ascending';
}

export const bargauge: PanelSpec<BarGaugeOptions> = {
  kind: 'bargauge',
  title: 'Bar gauge',
  parseOptions(input) {
    const options = new Options(input);
    return {
      reduce: options.oneOf('reduce', REDUCTIONS, 'last'),
      sort: options.oneOf('sort', ['none', 'descending', 'ascending'], 'none'),
    };
  },
};
