import type { PanelSpec } from '../../contract.ts';
import { ANNOTATION_CONTROLS, choice, control, HIDE_CONTROLS, LEGEND_CONTROLS, TOOLTIP_CONTROLS } from '../controls.ts';
import { readAnnotations, readLegend, readTooltip } from '../options-shared.ts';
import type { AnnotationOptions, LegendOptions, TooltipOptions } from '../options-shared.ts';
import { Options } from '../options.ts';

export interface StatusHistoryOptions {
  readonly showValue: 'auto' | 'always' | 'never';
  /** Shares of a cell's room, 0 to 1. */
  readonly rowHeight: number;
  readonly colWidth: number;
  /** Rows a page; 0 shows all. */
  readonly perPage: number;
  readonly legend: LegendOptions;
  readonly tooltip: TooltipOptions;
  readonly annotations: AnnotationOptions;
  /** Of the x axis; the page's where there is none. */
  readonly timezone: readonly string[];
}

export const statusHistory: PanelSpec<StatusHistoryOptions> = {
  kind: 'status-history',
  title: 'Status history',
  description: 'The state of each thing at each time.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      showValue: options.oneOf('showValue', ['auto', 'always', 'never'], 'auto'),
      rowHeight: options.number('rowHeight', { min: 0, max: 1 }, 0.9),
      colWidth: options.number('colWidth', { min: 0, max: 1 }, 0.9),
      perPage: options.number('perPage', { min: 0, max: 10_000 }, 20),
      legend: readLegend(options),
      tooltip: readTooltip(options),
      annotations: readAnnotations(options),
      timezone: options.texts('timezone', 10),
    };
  },
  controls: [
    control('Status history', 'showValue', 'Show values', choice('auto', 'always', 'never'), 'auto'),
    control('Status history', 'rowHeight', 'Row height', { kind: 'number', min: 0, max: 1, step: 0.05 }, 0.9),
    control('Status history', 'colWidth', 'Column width', { kind: 'number', min: 0, max: 1, step: 0.05 }, 0.9),
    control('Status history', 'perPage', 'Page size', { kind: 'number', min: 0, max: 10_000, step: 1 }, 20, {
      hint: 'Rows a page; 0 shows all.',
    }),
    control('Status history', 'custom.lineWidth', 'Line width', { kind: 'number', min: 0, max: 10 }, 0),
    control('Status history', 'custom.fillOpacity', 'Fill opacity', { kind: 'number', min: 0, max: 100 }, 70),
    ...TOOLTIP_CONTROLS.filter(({ path }) => path === 'tooltip.mode'),
    ...LEGEND_CONTROLS.filter(({ path }) => ['legend.showLegend', 'legend.placement', 'legend.width'].includes(path)),
    control('Axis', 'custom.axisPlacement', 'Names of rows', choice(['auto', 'At the left'], 'hidden'), 'auto'),
    ...ANNOTATION_CONTROLS,
    ...HIDE_CONTROLS,
  ],
};
