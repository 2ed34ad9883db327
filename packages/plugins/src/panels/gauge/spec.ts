import type { PanelSpec } from '../../contract.ts';
import { ORIENTATIONS, readReduce, readTextSizes } from '../options-shared.ts';
import type { Orientation, ReduceOptions, TextSizes } from '../options-shared.ts';
import { Options } from '../options.ts';

export interface GaugeOptions {
  readonly reduceOptions: ReduceOptions;
  readonly orientation: Orientation;
  readonly text: TextSizes;
  /** gauge: an arc open below. circle: a whole ring. */
  readonly shape: 'gauge' | 'circle';
  readonly barShape: 'flat' | 'rounded';
  /** More than 1 cuts the ring into so many pieces. */
  readonly segmentCount: number;
  readonly showThresholdMarkers: boolean;
  readonly showThresholdLabels: boolean;
  /** The value's past inside the ring. */
  readonly sparkline: boolean;
  /** The ring is filled from here instead of from its beginning. */
  readonly neutral: number | undefined;
  readonly textMode: 'auto' | 'value_and_name' | 'value' | 'name' | 'none';
  /** manual: a gauge is never smaller than the least sizes, and the panel scrolls. */
  readonly sizing: 'auto' | 'manual';
  /** CSS pixels. */
  readonly minVizWidth: number;
  readonly minVizHeight: number;
}

export const gauge: PanelSpec<GaugeOptions> = {
  kind: 'gauge',
  title: 'Gauge',
  parseOptions(input) {
    const options = new Options(input);
    return {
      reduceOptions: readReduce(options),
      orientation: options.oneOf('orientation', ORIENTATIONS, 'auto'),
      text: readTextSizes(options),
      shape: options.oneOf('shape', ['gauge', 'circle'], 'gauge'),
      barShape: options.oneOf('barShape', ['flat', 'rounded'], 'flat'),
      segmentCount: options.number('segmentCount', { min: 0, max: 100 }, 1),
      showThresholdMarkers: options.boolean('showThresholdMarkers', true),
      showThresholdLabels: options.boolean('showThresholdLabels', false),
      sparkline: options.boolean('sparkline', false),
      neutral: options.optionalNumber('neutral'),
      textMode: options.oneOf('textMode', ['auto', 'value_and_name', 'value', 'name', 'none'], 'auto'),
      sizing: options.oneOf('sizing', ['auto', 'manual'], 'auto'),
      minVizWidth: options.number('minVizWidth', { min: 0, max: 10_000 }, 75),
      minVizHeight: options.number('minVizHeight', { min: 0, max: 10_000 }, 75),
    };
  },
};
