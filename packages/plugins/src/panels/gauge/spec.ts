import type { PanelSpec } from '../../contract.ts';
import { choice, control, REDUCE_CONTROLS, SWITCH, TEXT_SIZE_CONTROLS } from '../controls.ts';
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
  /** How far pieces stand apart, 0 to 1. */
  readonly segmentSpacing: number;
  /** How thick the ring is, 0.1 to 1. */
  readonly barWidthFactor: number;
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
  description: 'A number between its two ends, with its thresholds around it.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      reduceOptions: readReduce(options),
      orientation: options.oneOf('orientation', ORIENTATIONS, 'auto'),
      text: readTextSizes(options),
      shape: options.oneOf('shape', ['gauge', 'circle'], 'gauge'),
      barShape: options.oneOf('barShape', ['flat', 'rounded'], 'flat'),
      segmentCount: options.number('segmentCount', { min: 0, max: 100 }, 1),
      segmentSpacing: options.number('segmentSpacing', { min: 0, max: 1 }, 0.3),
      barWidthFactor: options.number('barWidthFactor', { min: 0.1, max: 1 }, 0.5),
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
  controls: [
    ...REDUCE_CONTROLS,
    control('Gauge', 'shape', 'Shape', choice(['gauge', 'Arc'], 'circle'), 'gauge'),
    control('Gauge', 'orientation', 'Orientation', choice('auto', 'horizontal', 'vertical'), 'auto'),
    control('Gauge', 'textMode', 'Text', choice('auto', 'value', 'value_and_name', 'name', 'none'), 'auto'),
    control('Gauge', 'barShape', 'Ends', choice('flat', 'rounded'), 'flat'),
    control('Gauge', 'segmentCount', 'Pieces', { kind: 'number', min: 1, max: 100 }, 1),
    control('Gauge', 'segmentSpacing', 'Between pieces', { kind: 'number', min: 0, max: 1, step: 0.1 }, 0.3, {
      when: (read) => Number(read('segmentCount') ?? 1) > 1,
    }),
    control('Gauge', 'barWidthFactor', 'Thickness', { kind: 'number', min: 0.1, max: 1, step: 0.1 }, 0.5),
    control('Gauge', 'showThresholdMarkers', 'Threshold marks', SWITCH, true),
    control('Gauge', 'showThresholdLabels', 'Threshold labels', SWITCH, false),
    control('Gauge', 'sparkline', 'Past inside', SWITCH, false),
    control('Gauge', 'neutral', 'Filled from', { kind: 'number', placeholder: 'its beginning' }, undefined),
    control('Gauge', 'sizing', 'Sizing', choice('auto', 'manual'), 'auto'),
    control('Gauge', 'minVizWidth', 'Least width', { kind: 'number', min: 0 }, 75, {
      when: (read) => read('sizing') === 'manual',
    }),
    control('Gauge', 'minVizHeight', 'Least height', { kind: 'number', min: 0 }, 75, {
      when: (read) => read('sizing') === 'manual',
    }),
    ...TEXT_SIZE_CONTROLS,
  ],
};
