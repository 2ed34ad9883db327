import { queryOptions } from '@tanstack/react-query';
import type { VariableOptionsAnswer, VariableOptionsRequest } from '@vitrine/model/api.ts';
import type { Variable } from '@vitrine/model/variable.ts';
import { askJson } from '../../api/client.ts';
import { isRelative } from '@vitrine/compute/time.ts';
import { zoneName } from '../../time/page-range.ts';
import type { PageRange } from '../../time/page-range.ts';

/** So many options are asked for at a time; the search finds the others. */
export const MOST_OPTIONS = 1_000;

export interface OptionsAsk {
  readonly dashboard: string;
  readonly variable: Variable;
  /** What is chosen of the variables that its options name. */
  readonly values: VariableOptionsRequest['variables'];
  /** Of the ad-hoc variables that are not as saved. */
  readonly filters: NonNullable<VariableOptionsRequest['filters']>;
  readonly range: PageRange;
  readonly search: string;
  /** Of an ad-hoc variable: the label whose values are asked; absent asks for the labels. */
  readonly key?: string;
  /** All variables of the dashboard, where it is being edited. */
  readonly drafts?: readonly Variable[] | undefined;
}

/** The server's options of a variable, the first of those that a search finds. */
export function variableOptionsQuery({ dashboard, variable, values, filters, range, search, key, drafts }: OptionsAsk) {
  const moves = variable.kind === 'query' && variable.refresh === 'range';
  const { from, to } = range.text;
  return queryOptions({
    queryKey: [
      'variable-options',
      dashboard,
      variable.name,
      values,
      filters,
      moves ? [from, to, range.timeZone] : [],
      search,
      key,
      drafts,
    ],
    staleTime: isRelative(to) ? 60_000 : Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: ({ signal }): Promise<VariableOptionsAnswer> => {
      const { fromMs, toMs } = range.read();
      const body: VariableOptionsRequest = {
        dashboard,
        variable: variable.name,
        variables: values,
        ...(Object.keys(filters).length === 0 ? {} : { filters }),
        fromMs: Math.round(fromMs),
        toMs: Math.round(toMs),
        search,
        limit: MOST_OPTIONS,
        timeZone: zoneName(range.timeZone),
        ...(key === undefined ? {} : { key }),
        ...(drafts === undefined ? {} : { drafts }),
      };
      return askJson('/api/variable-options', { method: 'POST', body, signal });
    },
  });
}

/** Whether the server knows the options: those of the others are written in the dashboard. */
export function isAsked({ kind }: Variable): boolean {
  return kind === 'query' || kind === 'datasource' || kind === 'groupby';
}
