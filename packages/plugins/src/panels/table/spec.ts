import type { PanelSpec } from '../../contract.ts';
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
  readonly footer: { readonly show: boolean; readonly reducer: readonly string[] };
}

const MOST_SORTS = 20;

export const table: PanelSpec<TableOptions> = {
  kind: 'table',
  title: 'Table',
  parseOptions(input) {
    const options = new Options(input);
    const footer = options.group('footer');
    const reducer = footer.raw('reducer');
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
        reducer: Array.isArray(reducer) ? reducer.filter((id): id is string => typeof id === 'string') : [],
      },
    };
  },
};
