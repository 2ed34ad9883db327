import { useQueries, useQueryClient } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { FieldScope } from '@vitrine/compute/field/field-builtin.ts';
import { ownOptions } from '@vitrine/compute/variable/options.ts';
import { dependencies, textsOf, variableOrder } from '@vitrine/compute/variable/order.ts';
import { allVariables } from '@vitrine/compute/variable/resolve.ts';
import { readUrlVariables, writeUrlVariables } from '@vitrine/compute/variable/url.ts';
import { isUnset, settledValue, variableValues } from '@vitrine/compute/variable/values.ts';
import type { PanelDataRequest, VariableOptionsAnswer } from '@vitrine/model/api.ts';
import type { Dashboard, Panel } from '@vitrine/model/dashboard.ts';
import {
  ALL_VALUE,
  type AdhocFilter,
  type Variable,
  type VariableOption,
  type VariableValue,
  type VariableValues,
} from '@vitrine/model/variable.ts';
import { useCallback, useMemo, useState } from 'react';
import { writeSearch } from '../../time/dashboard-search.ts';
import type { DashboardSearch } from '../../time/dashboard-search.ts';
import type { PageRange } from '../../time/page-range.ts';
import { chosenOptions } from '../arrange.ts';
import type { RepeatValues } from '../arrange.ts';
import { isAsked, variableOptionsQuery } from './known-options.ts';
import type { OptionsAsk } from './known-options.ts';
import {
  changedValues,
  type Chosen,
  dependentsOf,
  fillName,
  fillText,
  isEqual,
  namesIn,
  narrowScope,
  pageScope,
  queryTexts,
} from './page-variables.ts';

export interface KnownOptions {
  readonly options: readonly VariableOption[] | undefined;
  /** What stands for it as long as nobody chooses, where its options say so. */
  readonly settled: VariableValue | undefined;
  readonly total: number;
  readonly error: Error | null;
  readonly isPending: boolean;
}

/** The variables of an open dashboard: what is chosen, what it stands for, and how to choose something else. */
export interface PageVariables {
  readonly list: readonly Variable[];
  /** Of every variable: what is chosen, else what is saved. */
  readonly values: VariableValues;
  readonly filters: Readonly<Record<string, readonly AdhocFilter[]>>;
  readonly known: Readonly<Record<string, KnownOptions>>;
  /** Whose options the server is asked for: the saved dashboard's, or those that are being edited. */
  readonly asked: Pick<OptionsAsk, 'dashboard' | 'drafts' | 'filters'>;
  /** Why they can't all be resolved, where they can't. */
  readonly problem: string | undefined;
  /** Whether something is not as it was saved. */
  readonly isChanged: boolean;
  readonly choose: (name: string, value: VariableValue) => void;
  chooseFilters(name: string, filters: readonly AdhocFilter[]): void;
  readonly reset: () => void;
  /** What is chosen of the variables that this one's options name, for the server. */
  neededBy(variable: Variable): VariableValues;
  /** What goes along with a panel's question. */
  askOf(panel: Panel, local: VariableValues): Pick<PanelDataRequest, 'variables' | 'filters'>;
  /** What is chosen of all that these texts name. */
  chosenIn(texts: unknown): VariableValues;
  /** For what values something is repeated. */
  readonly repeatsOf: (name: string) => RepeatValues;
  /** A name with its variables, as people read it. */
  readonly text: (text: string, local?: VariableValues) => string;
  /** A text or an address with its variables, and what it is about. */
  readonly replace: (text: string, local?: VariableValues, about?: FieldScope) => string;
  /** `var-a=1&var-b=2`: what differs from what is saved. */
  readonly urlSearch: DashboardSearch;
}

export interface PageVariablesNeeds {
  readonly dashboard: Dashboard;
  readonly search: DashboardSearch;
  readonly range: PageRange;
  readonly user: { readonly login: string } | undefined;
  /** The variables are not, or not all, as they are saved: the server is told them. */
  readonly isEdited: boolean;
  /** The server does not know the dashboard at all. */
  readonly isUnsaved: boolean;
  readonly change: (next: DashboardSearch, how: 'push' | 'replace') => void;
}

const NOTHING: VariableValues = {};

export function usePageVariables(given: PageVariablesNeeds): PageVariables {
  const { dashboard, search, range, user, change, isEdited, isUnsaved } = given;
  const { variables, uid } = dashboard;
  const client = useQueryClient();
  // What stays out of the URL is kept here.
  const [kept, setKept] = useState<VariableValues>(NOTHING);
  const written = writeSearch(variablesIn(search));
  const chosen = useMemo((): Chosen => {
    const { values, filters } = readUrlVariables(new URLSearchParams(written), variables);
    return { values: { ...values, ...kept }, filters };
  }, [written, kept, variables]);
  const asksFor = useMemo(
    () => ({
      dashboard: isUnsaved ? '' : uid,
      drafts: isUnsaved || isEdited ? variables : undefined,
      filters: chosen.filters,
    }),
    [isEdited, isUnsaved, uid, variables, chosen.filters],
  );
  const changed = useMemo(() => changedValues(variables, chosen.values), [variables, chosen.values]);
  const neededBy = useCallback((variable: Variable) => pick(changed, needs(variable, variables)), [changed, variables]);

  const asked = useMemo(() => variables.filter(isAsked), [variables]);
  const combine = useCallback(
    (results: readonly UseQueryResult<VariableOptionsAnswer>[]): Readonly<Record<string, KnownOptions>> =>
      Object.fromEntries(
        results.map(({ data, error, isPending }, at) => [
          asked[at]?.name,
          { options: data?.options, settled: data?.settled, total: data?.total ?? 0, error, isPending },
        ]),
      ),
    [asked],
  );
  const known = useQueries({
    queries: asked.map((variable) =>
      variableOptionsQuery({ ...asksFor, variable, values: neededBy(variable), range, search: '' }),
    ),
    combine,
  });
  const values = useMemo((): VariableValues => {
    const all = variableValues(variables, chosen.values);
    const settled = variables.flatMap((variable): [string, VariableValue][] => {
      const { name } = variable;
      if (Object.hasOwn(chosen.values, name)) return [];
      const value = known[name]?.settled ?? settledOwn(variable, all[name] ?? '');
      return value === undefined ? [] : [[name, value]];
    });
    return { ...all, ...Object.fromEntries(settled) };
  }, [variables, chosen.values, known]);

  const write = useCallback(
    (next: Chosen): void => {
      const differing = changedValues(variables, next.values);
      const quiet = new Set(variables.filter(({ skipUrlSync }) => skipUrlSync).map(({ name }) => name));
      setKept(pick(differing, quiet));
      change(writeVariables(variables, { values: differing, filters: next.filters }), 'replace');
    },
    [change, variables],
  );

  return useMemo((): PageVariables => {
    const scopeNow = () => {
      const { fromMs, toMs } = range.get();
      return pageScope({
        variables,
        values,
        options: Object.fromEntries(Object.entries(known).map(([name, { options }]) => [name, options])),
        builtins: {
          fromMs: Math.round(fromMs),
          toMs: Math.round(toMs),
          timeZone: range.timeZone,
          ...(user === undefined ? {} : { user }),
          dashboard: { uid, title: dashboard.title },
          url: { path: window.location.pathname, params: window.location.search },
          allVariables: () => allVariables(variables, values),
        },
      });
    };
    const optionsOf = Object.fromEntries(Object.entries(known).map(([name, { options }]) => [name, options]));
    const namesOf = new WeakMap<Panel, ReadonlySet<string>>();

    /** What depends on a choice may not be among its options any more: then its first option counts, or All. */
    async function settle(name: string, first: Chosen): Promise<void> {
      let next = first;
      for (const variable of dependentsOf(name, variables)) {
        if (variable.kind !== 'query' && variable.kind !== 'groupby' && variable.kind !== 'datasource') continue;
        const value = variableValues(variables, next.values)[variable.name] ?? '';
        if (value === ALL_VALUE || isUnset(value)) continue;
        const needed = pick(changedValues(variables, next.values), needs(variable, variables));
        const answer = await client
          .fetchQuery(variableOptionsQuery({ ...asksFor, variable, values: needed, range, search: '' }))
          // Its own place in the bar tells of what went wrong.
          .catch(() => undefined);
        if (answer === undefined || answer.total > answer.options.length) continue;
        const left = stillThere(value, answer.options, variable.includeAll);
        if (!isEqual(left, value)) next = { ...next, values: { ...next.values, [variable.name]: left } };
      }
      if (next !== first) write(next);
    }

    return {
      list: variables,
      asked: asksFor,
      values,
      filters: Object.fromEntries(
        variables.flatMap((variable) =>
          variable.kind === 'adhoc' ? [[variable.name, chosen.filters[variable.name] ?? variable.filters]] : [],
        ),
      ),
      known,
      problem: variableOrder(variables).problem,
      isChanged: Object.keys(changed).length > 0 || Object.keys(chosen.filters).length > 0,
      choose(name, value) {
        const next = { ...chosen, values: { ...chosen.values, [name]: value } };
        write(next);
        void settle(name, next);
      },
      chooseFilters(name, filters) {
        write({ ...chosen, filters: { ...chosen.filters, [name]: filters } });
      },
      reset() {
        write({ values: {}, filters: {} });
      },
      neededBy,
      askOf(panel, local) {
        let names = namesOf.get(panel);
        if (names === undefined) {
          names = namesIn(queryTexts(panel, dashboard.panels), variables);
          namesOf.set(panel, names);
        }
        const own = { ...pick(changed, names), ...local };
        return {
          ...(Object.keys(own).length === 0 ? {} : { variables: own }),
          ...(Object.keys(chosen.filters).length === 0 ? {} : { filters: chosen.filters }),
        };
      },
      chosenIn: (texts) => pick(changed, namesIn(textsOf(texts), variables)),
      repeatsOf(name) {
        const variable = variables.find((each) => each.name === name);
        if (variable === undefined) return undefined;
        const own = variable.kind === 'custom' ? ownOptions(variable, scopeNow()) : known[name]?.options;
        return chosenOptions(values[name] ?? '', own) ?? (known[name]?.isPending === true ? 'pending' : undefined);
      },
      text: (text, local = NOTHING) => (isPlain(text) ? text : fillName(text, narrowScope(scopeNow(), local, optionsOf))),
      replace: (text, local = NOTHING, about) =>
        isPlain(text) ? text : fillText(text, narrowScope(scopeNow(), local, optionsOf, about)),
      urlSearch: writeVariables(variables, { values: changed, filters: chosen.filters }),
    };
  }, [asksFor, changed, chosen, client, dashboard, known, neededBy, range, uid, user, values, variables, write]);
}

/** Of options that are written in the dashboard; those that hold variables are the server's to look through. */
function settledOwn(variable: Variable, value: VariableValue): VariableValue | undefined {
  if (variable.kind !== 'custom' || !variable.options.every((option) => isPlain(option.value))) return undefined;
  return settledValue(variable, value, variable.options);
}

function isPlain(text: string): boolean {
  return !text.includes('$') && !text.includes('[[');
}

function needs(variable: Variable, variables: readonly Variable[]): ReadonlySet<string> {
  const names = new Set(
    namesIn(
      dependencies(variable).map((name) => `$${name}`),
      variables,
    ),
  );
  names.delete(variable.name);
  return names;
}

function pick(values: VariableValues, names: ReadonlySet<string>): VariableValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

function stillThere(value: VariableValue, options: readonly VariableOption[], includeAll: boolean): VariableValue {
  const there = new Set(options.map((option) => option.value));
  const left = (typeof value === 'string' ? [value] : value).filter((each) => there.has(each));
  if (left.length > 0) return typeof value === 'string' ? (left[0] as string) : left;
  return includeAll ? ALL_VALUE : (options[0]?.value ?? '');
}

function variablesIn(search: DashboardSearch): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(search).filter(([name]) => name.startsWith('var-')));
}

/** As the URL says it: what is as it was saved is left out. */
function writeVariables(variables: readonly Variable[], { values, filters }: Chosen): DashboardSearch {
  const params = new URLSearchParams();
  writeUrlVariables(params, { values, filters }, variables);
  const next: Record<`var-${string}`, string | readonly string[] | undefined> = {};
  // What is not written any more is taken out.
  for (const { name } of variables) next[`var-${name}`] = undefined;
  for (const name of new Set(params.keys())) {
    const all = params.getAll(name);
    next[name as `var-${string}`] = all.length === 1 ? all[0] : all;
  }
  for (const { name, kind } of variables) {
    // That there is no filter any more must be told from nothing being said.
    if (kind === 'adhoc' && filters[name]?.length === 0) next[`var-${name}`] = '';
  }
  return next;
}
