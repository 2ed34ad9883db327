import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface HeatmapOptions {
  /** How colours follow values; "auto" takes sqrt for the counts of buckets and linear for series. */
  readonly curve: 'auto' | 'linear' | 'sqrt';
  /** What the bounds of buckets measure: a unit id. The field's unit is the one of the cells. */
  readonly bucketUnit: string;
}

export const heatmap: PanelSpec<HeatmapOptions> = {
  kind: 'heatmap',
  title: 'Heatmap',
  parseOptions(input) {
    const options = new Options(input);
    return {
      curve: options.oneOf('curve', ['auto', 'linear', 'sqrt'], 'auto'),
      bucketUnit: options.text('bucketUnit', 64, ''),
    };
  },
};
