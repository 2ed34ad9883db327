import type { PanelSpec } from '../../contract.ts';
import { choice, control, SWITCH } from '../controls.ts';
import { Options } from '../options.ts';

export interface TableOptions {
  /** Whether the metric's name is a column. */
  readonly metricName: boolean;
  readonly showHeader: boolean;
  readonly cellHeight: 'sm' | 'md' | 'lg' | 'auto';
  /** CSS pixels at which a row that wraps is cut. */
  readonly maxRowHeight: number | undefined;
  readonly enablePagination: boolean;
  /** Rows a page; 0 takes what fits. */
  readonly pageSize: number;
  /** So many columns stay at the left. */
  readonly frozenColumns: { readonly left: number };
  /** The frame that is shown at first. */
  readonly frameIndex: number;
  readonly sortBy: readonly { readonly displayName: string; readonly desc: boolean }[];
  /** Reducers under columns of numbers that have none of their own, as older documents say them. */
  readonly footer: {
    readonly show: boolean;
    readonly reducer: readonly string[];
    /** Fields that it stands under; none is all of numbers. */
    readonly fields: readonly string[];
    /** With the reducer "count": the rows are counted, not each column's values. */
    readonly countRows: boolean;
  };
}

const MOST_SORTS = 20;
const MOST_FIELDS = 1_000;

/** Older documents say one text, or "" for none. */
function textsOf(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((entry): entry is string => typeof entry === 'string' && entry !== '').slice(0, MOST_FIELDS);
}

export const table: PanelSpec<TableOptions> = {
  kind: 'table',
  title: 'Table',
  description: 'Rows and columns, sorted, filtered and coloured.',
  parseOptions(input) {
    const options = new Options(input);
    const footer = options.group('footer');
    return {
      metricName: options.boolean('metricName', false),
      showHeader: options.boolean('showHeader', true),
      cellHeight: options.oneOf('cellHeight', ['sm', 'md', 'lg', 'auto'], 'sm'),
      maxRowHeight: options.optionalNumber('maxRowHeight'),
      enablePagination: options.boolean('enablePagination', footer.boolean('enablePagination', false)),
      pageSize: options.number('pageSize', { min: 0, max: 10_000 }, 0),
      frozenColumns: { left: options.group('frozenColumns').number('left', { min: 0, max: 100 }, 0) },
      frameIndex: options.number('frameIndex', { min: 0, max: 100_000 }, 0),
      sortBy: options.list('sortBy', MOST_SORTS).flatMap((entry) => {
        const sort = new Options(entry, 'options.sortBy');
        const name = sort.text('displayName', 1000, '');
        return name === '' ? [] : [{ displayName: name, desc: sort.boolean('desc', false) }];
      }),
      footer: {
        show: footer.boolean('show', false),
        reducer: textsOf(footer.raw('reducer')),
        fields: textsOf(footer.raw('fields')),
        countRows: footer.boolean('countRows', false),
      },
    };
  },
  controls: [
    control('Table', 'showHeader', 'Show table header', SWITCH, true),
    control('Table', 'cellHeight', 'Cell height', choice(['sm', 'Small'], ['md', 'Medium'], ['lg', 'Large'], 'auto'), 'sm'),
    control('Table', 'maxRowHeight', 'Max row height', { kind: 'number', min: 20, placeholder: 'none' }, undefined),
    control('Table', 'frozenColumns.left', 'Frozen columns', { kind: 'number', min: 0, max: 100, step: 1 }, 0),
    control('Table', 'enablePagination', 'Enable pagination', SWITCH, false),
    control('Table', 'pageSize', 'Page size', { kind: 'number', min: 0, max: 10_000, step: 1 }, 0, {
      hint: 'Rows a page; 0 takes what fits.',
      when: (read) => read('enablePagination') === true,
    }),
    control('Table', 'metricName', 'Column of the metric’s name', SWITCH, false),
    control('Columns', 'custom.width', 'Column width', { kind: 'number', min: 24, max: 4000, placeholder: 'auto' }, undefined),
    control(
      'Columns',
      'custom.minWidth',
      'Minimum column width',
      { kind: 'number', min: 24, max: 4000, placeholder: 'auto' },
      undefined,
    ),
    control('Columns', 'custom.align', 'Column alignment', choice('auto', 'left', 'center', 'right'), 'auto'),
    control('Columns', 'custom.wrapText', 'Wrap text', SWITCH, false),
    control('Columns', 'custom.wrapHeaderText', 'Wrap header text', SWITCH, false),
    control('Columns', 'custom.filterable', 'Column filter', SWITCH, false),
    control('Columns', 'custom.hidden', 'Hide in table', SWITCH, false),
    control('Columns', 'custom.footer.reducers', 'Footer calculations', { kind: 'reducers', many: true }, []),
    control(
      'Cells',
      'custom.cellOptions.type',
      'Cell type',
      choice(
        'auto',
        ['color-text', 'Colored text'],
        ['color-background', 'Colored background'],
        'gauge',
        'sparkline',
        ['pill', 'Pill'],
        ['markdown', 'Markdown'],
        ['json-view', 'JSON view'],
        'image',
        ['data-links', 'Data links'],
        ['actions', 'Buttons'],
      ),
      'auto',
    ),
    control('Cells', 'custom.cellOptions.mode', 'Fill', choice('basic', 'gradient'), 'basic', {
      when: (read) => read('custom.cellOptions.type') === 'color-background',
    }),
    control('Cells', 'custom.cellOptions.applyToRow', 'Apply to entire row', SWITCH, false, {
      when: (read) => read('custom.cellOptions.type') === 'color-background',
    }),
    control(
      'Cells',
      'custom.cellOptions.valueDisplayMode',
      'Value display',
      choice(['color', 'Value color'], ['text', 'Text color'], 'hidden'),
      'text',
      { when: (read) => read('custom.cellOptions.type') === 'gauge' },
    ),
    control('Cells', 'custom.cellOptions.hideValue', 'Hide value', SWITCH, false, {
      when: (read) => read('custom.cellOptions.type') === 'sparkline',
    }),
    control('Cells', 'custom.inspect', 'Cell value inspect', SWITCH, false),
    control('Cells', 'custom.tooltip.field', 'Tooltip from field', { kind: 'field' }, ''),
    control('Cells', 'custom.styleField', 'Styles from field', { kind: 'field' }, '', {
      hint: 'Its cells are JSON: {"color": "#f00", "fontWeight": 600}.',
    }),
  ],
};
