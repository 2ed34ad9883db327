import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface TimeseriesOptions {
  readonly legend: 'bottom' | 'right' | 'hidden';
  readonly shape: 'linear' | 'step';
  /** CSS pixels. */
  readonly lineWidth: number;
  /** Of the area under the line, 0 to 1. */
  readonly fillOpacity: number;
  readonly points: 'auto' | 'always' | 'never';
  readonly stacked: boolean;
  /** Draws across missing values. */
  readonly spanGaps: boolean;
  readonly scale: 'linear' | 'log';
  readonly softMin: number | undefined;
  readonly softMax: number | undefined;
  readonly thresholds: 'off' | 'line' | 'area';
}

export const timeseries: PanelSpec<TimeseriesOptions> = {
  kind: 'timeseries',
  title: 'Time series',
  parseOptions(input) {
    const options = new Options(input);
    return {
      legend: options.oneOf('legend', ['bottom', 'right', 'hidden'], 'bottom'),
      shape: options.oneOf('shape', ['linear', 'step'], 'linear'),
      lineWidth: options.number('lineWidth', { min: 0, max: 10 }, 1.5),
      fillOpacity: options.number('fillOpacity', { min: 0, max: 1 }, 0),
      points: options.oneOf('points', ['auto', 'always', 'never'], 'auto'),
      stacked: options.boolean('stacked', false),
      spanGaps: options.boolean('spanGaps', false),
      scale: options.oneOf('scale', ['linear', 'log'], 'linear'),
      softMin: options.optionalNumber('softMin'),
      softMax: options.optionalNumber('softMax'),
      thresholds: options.oneOf('thresholds', ['off', 'line', 'area'], 'off'),
    };
  },
};
