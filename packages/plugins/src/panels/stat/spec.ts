import type { PanelSpec } from '../../contract.ts';
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
};
