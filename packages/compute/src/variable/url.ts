import {
  ADHOC_OPERATORS,
  type AdhocFilter,
  type Variable,
  type VariableValue,
  type VariableValues,
} from '@vitrine/model/variable.ts';
import { MAX_CHOSEN } from './values.ts';

/** What the query part of a dashboard's address says of its variables. */
export interface UrlVariables {
  readonly values: VariableValues;
  readonly filters: Readonly<Record<string, readonly AdhocFilter[]>>;
}

/**
 * Reads `var-name=a&var-name=b`. Several values come as a list; names that are no variable are kept, for links from elsewhere.
 * A filter is `var-name=key|operator|value`, its own | and , written `__gfp__` and `__gfc__`, as Grafana writes them.
 */
export function readUrlVariables(params: URLSearchParams, variables: readonly Variable[]): UrlVariables {
  const kinds = new Map(variables.map((variable) => [variable.name, variable]));
  const values: Record<string, VariableValue> = Object.create(null) as Record<string, VariableValue>;
  const filters: Record<string, readonly AdhocFilter[]> = Object.create(null) as Record<string, readonly AdhocFilter[]>;
  for (const key of new Set(params.keys())) {
    if (!key.startsWith('var-')) continue;
    const name = key.slice(4);
    const variable = kinds.get(name);
    const given = params.getAll(key).slice(0, MAX_CHOSEN);
    if (variable?.kind === 'adhoc') {
      filters[name] = given.flatMap(readFilter);
    } else if (given.length > 0) {
      const many = variable !== undefined && 'multi' in variable && variable.multi;
      values[name] =
        given.length > 1 || (many && given[0] !== '$__all') ? given.filter((each) => each !== '') : (given[0] as string);
    }
  }
  return { values, filters };
}

/** Writes what differs from nothing: every variable that is not kept out of the URL, in the dashboard's order. */
export function writeUrlVariables(
  params: URLSearchParams,
  { values, filters }: UrlVariables,
  variables: readonly Variable[],
): void {
  for (const { name, kind, skipUrlSync } of variables) {
    const key = `var-${name}`;
    params.delete(key);
    if (skipUrlSync || kind === 'constant') continue;
    if (kind === 'adhoc') {
      for (const filter of filters[name] ?? []) params.append(key, writeFilter(filter));
      continue;
    }
    const value = values[name];
    if (value === undefined) continue;
    if (typeof value === 'string') params.append(key, value);
    // That nothing is chosen must be told from nothing being said.
    else if (value.length === 0) params.append(key, '');
    else for (const each of value) params.append(key, each);
  }
}

function readFilter(text: string): AdhocFilter[] {
  const [key, operator, ...values] = text.split('|').map((part) => unescape(part));
  const found = ADHOC_OPERATORS.find((known) => known === operator);
  if (key === undefined || key === '' || found === undefined) return [];
  return [
    found === '=|' || found === '!=|'
      ? { key, operator: found, value: values[0] ?? '', values }
      : { key, operator: found, value: values[0] ?? '' },
  ];
}

function writeFilter({ key, operator, value, values }: AdhocFilter): string {
  const written = operator === '=|' || operator === '!=|' ? (values ?? [value]) : [value];
  return [key, operator, ...written].map(escape).join('|');
}

function escape(text: string): string {
  return text.replaceAll('|', '__gfp__').replaceAll(',', '__gfc__');
}

function unescape(text: string): string {
  return text.replaceAll('__gfp__', '|').replaceAll('__gfc__', ',');
}
