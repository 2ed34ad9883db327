import type { PanelSpec } from '../../contract.ts';
import { choice, control, REDUCE_CONTROLS, SWITCH, TEXT_SIZE_CONTROLS } from '../controls.ts';
import { ORIENTATIONS, readReduce, readTextSizes } from '../options-shared.ts';
import type { Orientation, ReduceOptions, TextSizes } from '../options-shared.ts';
import { Options } from '../options.ts';

const COLOR_MODES = ['value', 'background', 'background_solid', 'none'] as const;
const TEXT_MODES = ['auto', 'value', 'value_and_name', 'name', 'none'] as const;

export interface StatOptions {
  readonly reduceOptions: ReduceOptions;
  readonly orientation: Orientation;
  readonly text: TextSizes;
  readonly colorMode: (typeof COLOR_MODES)[number];
  readonly graphMode: 'area' | 'none';
  /** "auto" names values where there are several. */
  readonly textMode: (typeof TEXT_MODES)[number];
  readonly justifyMode: 'auto' | 'center';
  readonly showPercentChange: boolean;
  /** inverted: a rise is bad. */
  readonly percentChangeColorMode: 'standard' | 'inverted' | 'same_as_value';
  /** Name and value side by side where the room is wide. */
  readonly wideLayout: boolean;
}

export const stat: PanelSpec<StatOptions> = {
  kind: 'stat',
  title: 'Stat',
  description: 'One large number a series, with its past.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      reduceOptions: readReduce(options),
      orientation: options.oneOf('orientation', ORIENTATIONS, 'auto'),
      text: readTextSizes(options),
      colorMode: options.oneOf('colorMode', COLOR_MODES, 'value'),
      graphMode: options.oneOf('graphMode', ['area', 'none'], 'area'),
      textMode: options.oneOf('textMode', TEXT_MODES, 'auto'),
      justifyMode: options.oneOf('justifyMode', ['auto', 'center'], 'auto'),
      showPercentChange: options.boolean('showPercentChange', false),
      percentChangeColorMode: options.oneOf('percentChangeColorMode', ['standard', 'inverted', 'same_as_value'], 'standard'),
      wideLayout: options.boolean('wideLayout', true),
    };
  },
  controls: [
    ...REDUCE_CONTROLS,
    control('Stat', 'orientation', 'Orientation', choice('auto', 'horizontal', 'vertical'), 'auto'),
    control('Stat', 'textMode', 'Text', choice('auto', 'value', 'value_and_name', 'name', 'none'), 'auto'),
    control('Stat', 'wideLayout', 'Name beside the value', SWITCH, true, { hint: 'Where there is more width than height.' }),
    control(
      'Stat',
      'colorMode',
      'Colour',
      choice('value', 'background', ['background_solid', 'Plain background'], 'none'),
      'value',
    ),
    control('Stat', 'graphMode', 'Graph', choice('area', 'none'), 'area'),
    control('Stat', 'justifyMode', 'Stands', choice(['auto', 'Left'], 'center'), 'auto'),
    control('Stat', 'showPercentChange', 'Change in percent', SWITCH, false),
    control(
      'Stat',
      'percentChangeColorMode',
      'Colour of the change',
      choice(['standard', 'A rise is good'], ['inverted', 'A rise is bad'], ['same_as_value', 'As the value']),
      'standard',
      { when: (read) => read('showPercentChange') === true },
    ),
    ...TEXT_SIZE_CONTROLS,
    control(
      'Text',
      'text.percentSize',
      'Size of the change',
      { kind: 'number', min: 6, max: 200, placeholder: 'auto' },
      undefined,
      {
        when: (read) => read('showPercentChange') === true,
      },
    ),
  ],
};
