import type { PanelSpec } from '../../contract.ts';
import { choice, control, HIDE_CONTROLS, LEGEND_CONTROLS, SWITCH, THRESHOLD_STYLE, TOOLTIP_CONTROLS } from '../controls.ts';
import { ORIENTATIONS, readLegend, readTextSizes, readTooltip } from '../options-shared.ts';
import type { LegendOptions, Orientation, TextSizes, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

export interface BarChartOptions {
  /** The column whose values name the bars; "" is the first of words, else of time. */
  readonly xField: string;
  readonly orientation: Orientation;
  readonly stacking: 'none' | 'normal' | 'percent';
  /** Shares of the room, 0 to 1. */
  readonly groupWidth: number;
  readonly barWidth: number;
  readonly showValue: 'auto' | 'always' | 'never';
  /** Degrees. */
  readonly xTickLabelRotation: number;
  /** Letters; 0 is as many as there are. */
  readonly xTickLabelMaxLength: number;
  /** CSS pixels between names; negative leaves out from the end. */
  readonly xTickLabelSpacing: number;
  /** The column by whose values bars are coloured. */
  readonly colorByField: string;
  /** Of the corners of bars: a share of their thickness, 0 to 0.5. */
  readonly barRadius: number;
  /** Pointing at a bar sets its whole group apart. */
  readonly fullHighlight: boolean;
  readonly text: TextSizes;
  readonly legend: LegendOptions;
  readonly tooltip: TooltipOptions;
}

export const barchart: PanelSpec<BarChartOptions> = {
  kind: 'barchart',
  title: 'Bar chart',
  description: 'Categories beside each other as bars.',
  parseOptions(input) {
    const options = new Options(input);
    const stacking = options.raw('stacking');
    // Some documents say it as lines do.
    const group = typeof stacking === 'object' ? options.group('stacking') : undefined;
    return {
      xField: options.text('xField', 1000, ''),
      orientation: options.oneOf('orientation', ORIENTATIONS, 'auto'),
      stacking:
        group === undefined
          ? options.oneOf('stacking', ['none', 'normal', 'percent'], 'none')
          : group.oneOf('mode', ['none', 'normal', 'percent'], 'none'),
      groupWidth: options.number('groupWidth', { min: 0, max: 1 }, 0.7),
      barWidth: options.number('barWidth', { min: 0, max: 1 }, 0.97),
      showValue: options.oneOf('showValue', ['auto', 'always', 'never'], 'auto'),
      xTickLabelRotation: options.number('xTickLabelRotation', { min: -90, max: 90 }, 0),
      xTickLabelMaxLength: options.number('xTickLabelMaxLength', { min: 0, max: 10_000 }, 0),
      xTickLabelSpacing: options.number('xTickLabelSpacing', { min: -1000, max: 1000 }, 0),
      colorByField: options.text('colorByField', 1000, ''),
      barRadius: options.number('barRadius', { min: 0, max: 0.5 }, 0),
      fullHighlight: options.boolean('fullHighlight', false),
      text: readTextSizes(options),
      legend: readLegend(options),
      tooltip: readTooltip(options),
    };
  },
  controls: [
    control('Bars', 'xField', 'X', { kind: 'field' }, ''),
    control('Bars', 'orientation', 'Orientation', choice('auto', 'horizontal', 'vertical'), 'auto'),
    control('Bars', 'stacking', 'Stack', choice(['none', 'Off'], 'normal', ['percent', '100 %']), 'none'),
    control('Bars', 'showValue', 'Show values', choice('auto', 'always', 'never'), 'auto'),
    control('Bars', 'groupWidth', 'Group width', { kind: 'number', min: 0, max: 1, step: 0.05 }, 0.7, {
      when: (read) => (read('stacking') ?? 'none') === 'none',
    }),
    control('Bars', 'barWidth', 'Bar width', { kind: 'number', min: 0, max: 1, step: 0.05 }, 0.97),
    control('Bars', 'barRadius', 'Bar radius', { kind: 'number', min: 0, max: 0.5, step: 0.05 }, 0),
    control('Bars', 'fullHighlight', 'Highlight the whole group', SWITCH, false),
    control('Bars', 'colorByField', 'Colour by field', { kind: 'field' }, ''),
    control('Bars', 'custom.lineWidth', 'Line width', { kind: 'number', min: 0, max: 10 }, 1),
    control('Bars', 'custom.fillOpacity', 'Fill opacity', { kind: 'number', min: 0, max: 100 }, 80),
    control('Bars', 'custom.gradientMode', 'Gradient', choice('none', 'opacity', 'hue'), 'none'),
    control('Axis', 'xTickLabelRotation', 'Rotate bar labels', { kind: 'number', min: -90, max: 90, step: 15 }, 0),
    control('Axis', 'xTickLabelMaxLength', 'Bar label max length', { kind: 'number', min: 0, max: 10_000, step: 1 }, 0, {
      hint: 'Letters; 0 is as many as there are.',
    }),
    control('Axis', 'xTickLabelSpacing', 'Bar label spacing', { kind: 'number', min: -1000, max: 1000 }, 0, {
      hint: 'Pixels between names; below 0 leaves out from the end.',
    }),
    control('Axis', 'custom.axisLabel', 'Label', { kind: 'text' }, ''),
    control('Axis', 'custom.axisSoftMin', 'Soft min', { kind: 'number', placeholder: 'auto' }, undefined),
    control('Axis', 'custom.axisSoftMax', 'Soft max', { kind: 'number', placeholder: 'auto' }, undefined),
    control('Axis', 'custom.axisPlacement', 'Placement', choice('auto', 'hidden'), 'auto'),
    THRESHOLD_STYLE,
    control('Text', 'text.valueSize', 'Value size', { kind: 'number', min: 6, max: 60, placeholder: '11' }, undefined),
    ...TOOLTIP_CONTROLS,
    ...LEGEND_CONTROLS,
    ...HIDE_CONTROLS,
  ],
};
