import type { PanelSpec } from '../../contract.ts';
import { choice, control, SWITCH } from '../controls.ts';
import { ORIENTATIONS } from '../options-shared.ts';
import type { Orientation } from '../options-shared.ts';
import { Options } from '../options.ts';

export interface BoxPlotOptions {
  /** The column whose values group the rows of a table; "" is the first of words. */
  readonly xField: string;
  /** Of raw values; what comes as buckets or quantiles has its own. */
  readonly whiskers: 'iqr' | 'percentiles' | 'extremes';
  readonly outliers: boolean;
  readonly orientation: Orientation;
  readonly sort: 'none' | 'name' | 'median';
}

export const boxplot: PanelSpec<BoxPlotOptions> = {
  kind: 'boxplot',
  title: 'Box plot',
  description: 'Median, quartiles and outliers of groups.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      xField: options.text('xField', 1000, ''),
      whiskers: options.oneOf('whiskers', ['iqr', 'percentiles', 'extremes'], 'iqr'),
      outliers: options.boolean('outliers', true),
      orientation: options.oneOf('orientation', ORIENTATIONS, 'auto'),
      sort: options.oneOf('sort', ['none', 'name', 'median'], 'none'),
    };
  },
  controls: [
    control('Boxes', 'xField', 'Groups', { kind: 'field' }, '', { hint: 'The column whose values group the rows of a table.' }),
    control(
      'Boxes',
      'whiskers',
      'Whiskers reach',
      choice(['iqr', '1.5 × IQR'], ['percentiles', '5th to 95th percentile'], ['extremes', 'Min to max']),
      'iqr',
    ),
    control('Boxes', 'outliers', 'Show outliers', SWITCH, true),
    control('Boxes', 'orientation', 'Orientation', choice('auto', 'horizontal', 'vertical'), 'auto'),
    control('Boxes', 'sort', 'Sort by', choice(['none', 'As answered'], 'name', 'median'), 'none'),
  ],
};
