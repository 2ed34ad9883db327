import { REDUCTIONS } from '@vitrine/compute/reduce.ts';
import type { Reduction } from '@vitrine/compute/reduce.ts';

import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface StatOptions {
  /** What of the series is shown. */
  readonly reduce: Reduction;
  readonly graph: 'area' | 'none';
  /** "auto" names values where there are several. */
  readonly names: 'auto' | 'always' | 'never';
}

export const stat: PanelSpec<StatOptions> = {
  kind: 'stat',
  title: 'Stat',
  parseOptions(input) {
    const options = new Options(input);
    return {
      reduce: options.oneOf('reduce', REDUCTIONS, 'last'),
      graph: options.oneOf('graph', ['area', 'none'], 'area'),
      names: options.oneOf('names', ['auto', 'always', 'never'], 'auto'),
    };
  },
};
