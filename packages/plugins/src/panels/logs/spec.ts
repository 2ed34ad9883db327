import type { PanelSpec } from '../../contract.ts';
import { choice, control, SWITCH } from '../controls.ts';
import { Options } from '../options.ts';

export interface LogsOptions {
  readonly showTime: boolean;
  readonly showLabels: boolean;
  readonly showCommonLabels: boolean;
  readonly wrapLogMessage: boolean;
  readonly prettifyLogMessage: boolean;
  readonly dedupStrategy: 'none' | 'exact' | 'numbers' | 'signature';
  readonly sortOrder: 'Descending' | 'Ascending';
  readonly enableLogDetails: boolean;
  /** Details are below the line, or of one line at the side. */
  readonly detailsMode: 'inline' | 'sidebar';
  readonly timestampResolution: 'ms' | 'ns';
  readonly syntaxHighlighting: boolean;
  /** Whether readers may look at the lines otherwise than they were saved. */
  readonly showControls: boolean;
  /** Labels that stand instead of the line. */
  readonly displayedFields: readonly string[];
  readonly fontSize: 'default' | 'small';
}

export const logs: PanelSpec<LogsOptions> = {
  kind: 'logs',
  title: 'Logs',
  description: 'Lines of logs with their labels.',
  parseOptions(input) {
    const options = new Options(input);
    return {
      // A line without its time tells half.
      showTime: options.boolean('showTime', true),
      showLabels: options.boolean('showLabels', false),
      showCommonLabels: options.boolean('showCommonLabels', false),
      wrapLogMessage: options.boolean('wrapLogMessage', false),
      prettifyLogMessage: options.boolean('prettifyLogMessage', false),
      dedupStrategy: options.oneOf('dedupStrategy', ['none', 'exact', 'numbers', 'signature'], 'none'),
      sortOrder: options.oneOf('sortOrder', ['Descending', 'Ascending'], 'Descending'),
      enableLogDetails: options.boolean('enableLogDetails', true),
      detailsMode: options.oneOf('detailsMode', ['inline', 'sidebar'], 'inline'),
      timestampResolution: options.oneOf('timestampResolution', ['ms', 'ns'], 'ms'),
      syntaxHighlighting: options.boolean('syntaxHighlighting', true),
      showControls: options.boolean('showControls', true),
      displayedFields: options.texts('displayedFields', 100),
      fontSize: options.oneOf('fontSize', ['default', 'small'], 'default'),
    };
  },
  fieldSettings: ['links'],
  controls: [
    control('Logs', 'showTime', 'Show timestamps', SWITCH, true),
    control('Logs', 'showLabels', 'Unique labels', SWITCH, false),
    control('Logs', 'showCommonLabels', 'Common labels', SWITCH, false),
    control('Logs', 'wrapLogMessage', 'Wrap lines', SWITCH, false),
    control('Logs', 'prettifyLogMessage', 'Prettify JSON', SWITCH, false),
    control('Logs', 'enableLogDetails', 'Enable log details', SWITCH, true),
    control('Logs', 'detailsMode', 'Details', choice(['inline', 'Below the line'], ['sidebar', 'At the side']), 'inline', {
      when: (read) => read('enableLogDetails') !== false,
    }),
    control('Logs', 'syntaxHighlighting', 'Syntax highlighting', SWITCH, true),
    control('Logs', 'showControls', 'Show controls', SWITCH, true),
    control('Logs', 'timestampResolution', 'Timestamp resolution', choice(['ms', 'Milliseconds'], ['ns', 'Nanoseconds']), 'ms'),
    control('Logs', 'dedupStrategy', 'Deduplication', choice('none', 'exact', 'numbers', 'signature'), 'none'),
    control('Logs', 'sortOrder', 'Order', choice(['Descending', 'Newest first'], ['Ascending', 'Oldest first']), 'Descending'),
    control('Logs', 'fontSize', 'Font size', choice('default', 'small'), 'default'),
  ],
};
