import type { PanelSpec } from '../../contract.ts';
import { choice, control, REDUCE_CONTROLS, SWITCH, TEXT_SIZE_CONTROLS } from '../controls.ts';
import { ORIENTATIONS, readReduce, readTextSizes } from '../options-shared.ts';
import type { Orientation, ReduceOptions, TextSizes } from '../options-shared.ts';
import { Options } from '../options.ts';

export interface BarGaugeOptions {
  readonly reduceOptions: ReduceOptions;
  readonly orientation: Orientation;
  readonly text: TextSizes;
  readonly displayMode: 'basic' | 'gradient' | 'lcd';
  /** Whether the value's text takes the bar's colour, plain text's, or is left out. */
  readonly valueMode: 'color' | 'text' | 'hidden';
  /** Where names stand: beside lying bars (left), above them (top), below standing ones; auto picks what fits. */
  readonly namePlacement: 'auto' | 'top' | 'left' | 'hidden';
  /** Whether the rest of the scale is drawn. */
  readonly showUnfilled: boolean;
  /** manual: bars keep within the sizes below. */
  readonly sizing: 'auto' | 'manual';
  /** CSS pixels. */
  readonly minVizWidth: number;
  readonly minVizHeight: number;
  readonly maxVizHeight: number;
  /** Ours: bars by their values. */
  readonly sort: 'none' | 'descending' | 'ascending';
}

export const bargauge: PanelSpec<BarGaugeOptions> = {
  kind: 'bargauge',
  title: 'Bar gauge',
  description: 'Numbers as bars on one scale.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      reduceOptions: readReduce(options),
      orientation: options.oneOf('orientation', ORIENTATIONS, 'auto'),
      text: readTextSizes(options),
      displayMode: options.oneOf('displayMode', ['basic', 'gradient', 'lcd'], 'basic'),
      valueMode: options.oneOf('valueMode', ['color', 'text', 'hidden'], 'color'),
      namePlacement: options.oneOf('namePlacement', ['auto', 'top', 'left', 'hidden'], 'auto'),
      showUnfilled: options.boolean('showUnfilled', true),
      sizing: options.oneOf('sizing', ['auto', 'manual'], 'auto'),
      minVizWidth: options.number('minVizWidth', { min: 0, max: 10_000 }, 8),
      minVizHeight: options.number('minVizHeight', { min: 0, max: 10_000 }, 16),
      maxVizHeight: options.number('maxVizHeight', { min: 0, max: 10_000 }, 300),
      sort: options.oneOf('sort', ['none', 'descending', 'ascending'], 'none'),
    };
  },
  controls: [
    ...REDUCE_CONTROLS,
    control('Bars', 'orientation', 'Orientation', choice('auto', 'horizontal', 'vertical'), 'auto'),
    control('Bars', 'displayMode', 'Look', choice('basic', 'gradient', ['lcd', 'LCD']), 'basic'),
    control('Bars', 'valueMode', 'Value', choice(['color', 'In its colour'], ['text', 'As text'], 'hidden'), 'color'),
    control('Bars', 'namePlacement', 'Name', choice('auto', 'top', 'left', 'hidden'), 'auto'),
    control('Bars', 'showUnfilled', 'Rest of the scale', SWITCH, true),
    control('Bars', 'sort', 'Order', choice(['none', 'As answered'], 'descending', 'ascending'), 'none'),
    control('Bars', 'sizing', 'Sizing', choice('auto', 'manual'), 'auto'),
    control('Bars', 'minVizWidth', 'Least width', { kind: 'number', min: 0 }, 8, {
      hint: 'Of a standing bar with its texts.',
      when: (read) => read('sizing') === 'manual' && read('orientation') !== 'horizontal',
    }),
    control('Bars', 'minVizHeight', 'Least thickness', { kind: 'number', min: 0 }, 16, {
      when: (read) => read('sizing') === 'manual',
    }),
    control('Bars', 'maxVizHeight', 'Greatest thickness', { kind: 'number', min: 0 }, 300, {
      when: (read) => read('sizing') === 'manual',
    }),
    ...TEXT_SIZE_CONTROLS,
  ],
};
