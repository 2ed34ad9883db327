import type { PanelSpec } from '../../contract.ts';
import { ANNOTATION_CONTROLS, choice, control, HIDE_CONTROLS, LEGEND_CONTROLS, SWITCH, TOOLTIP_CONTROLS } from '../controls.ts';
import { readAnnotations, readLegend, readTooltip } from '../options-shared.ts';
import type { AnnotationOptions, LegendOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

export interface StateTimelineOptions {
  /** Equal neighbours are one. */
  readonly mergeValues: boolean;
  readonly showValue: 'auto' | 'always' | 'never';
  readonly alignValue: 'left' | 'center' | 'right';
  /** Of the row, 0 to 1. */
  readonly rowHeight: number;
  /** Rows a page; 0 shows all. */
  readonly perPage: number;
  readonly legend: LegendOptions;
  readonly tooltip: TooltipOptions;
  readonly annotations: AnnotationOptions;
  /** Of the x axis; the page's where there is none. */
  readonly timezone: readonly string[];
}

export const stateTimeline: PanelSpec<StateTimelineOptions> = {
  kind: 'state-timeline',
  title: 'State timeline',
  description: 'Which state each thing was in, and for how long.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      mergeValues: options.boolean('mergeValues', true),
      showValue: options.oneOf('showValue', ['auto', 'always', 'never'], 'auto'),
      alignValue: options.oneOf('alignValue', ['left', 'center', 'right'], 'left'),
      rowHeight: options.number('rowHeight', { min: 0, max: 1 }, 0.9),
      perPage: options.number('perPage', { min: 0, max: 10_000 }, 20),
      legend: readLegend(options),
      tooltip: readTooltip(options),
      annotations: readAnnotations(options),
      timezone: options.texts('timezone', 10),
    };
  },
  controls: [
    control('State timeline', 'mergeValues', 'Merge equal consecutive values', SWITCH, true),
    control('State timeline', 'showValue', 'Show values', choice('auto', 'always', 'never'), 'auto'),
    control('State timeline', 'rowHeight', 'Row height', { kind: 'number', min: 0, max: 1, step: 0.05 }, 0.9),
    control('State timeline', 'alignValue', 'Align values', choice('left', 'center', 'right'), 'left'),
    control('State timeline', 'perPage', 'Page size', { kind: 'number', min: 0, max: 10_000, step: 1 }, 20, {
      hint: 'Rows a page; 0 shows all.',
    }),
    control('State timeline', 'custom.lineWidth', 'Line width', { kind: 'number', min: 0, max: 10 }, 0),
    control('State timeline', 'custom.fillOpacity', 'Fill opacity', { kind: 'number', min: 0, max: 100 }, 70),
    ...TOOLTIP_CONTROLS.filter(({ path }) => path === 'tooltip.mode'),
    ...LEGEND_CONTROLS.filter(({ path }) => ['legend.showLegend', 'legend.placement', 'legend.width'].includes(path)),
    control('Axis', 'custom.axisPlacement', 'Names of rows', choice(['auto', 'At the left'], 'hidden'), 'auto'),
    ...ANNOTATION_CONTROLS,
    ...HIDE_CONTROLS,
  ],
};
