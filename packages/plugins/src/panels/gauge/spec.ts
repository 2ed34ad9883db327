import { REDUCTIONS } from '@vitrine/compute/reduce.ts';
import type { Reduction } from '@vitrine/compute/reduce.ts';

import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface GaugeOptions {
  /** What of the series is shown. */
  readonly reduce: Reduction;
}

export const gauge: PanelSpec<GaugeOptions> = {
  kind: 'gauge',
  title: 'Gauge',
  parseOptions: (input) => ({ reduce: new Options(input).oneOf('reduce', REDUCTIONS, 'last') }),
};
