import { BadRequest } from '@vitrine/model/bad-request.ts';
import {
  ALL_VALUE,
  type AdhocFilter,
  type CustomVariable,
  type DatasourceVariable,
  type QueryVariable,
  type Variable,
  type VariableOption,
  type VariableValue,
  type VariableValues,
} from '@vitrine/model/variable.ts';

/** The longest value of a variable, in characters, and the most that may be chosen of one. */
export const MAX_VALUE_LENGTH = 10_000;
export const MAX_CHOSEN = 5_000;

/** Throws BadRequest where chosen values are longer or more than a variable may have. */
export function checkVariableValues(field: string, chosen: VariableValues): void {
  for (const [name, value] of Object.entries(chosen)) {
    const values = typeof value === 'string' ? [value] : value;
    if (values.length > MAX_CHOSEN) {
      throw new BadRequest(
        `${field}.${name}`,
        `${values.length.toLocaleString('en')} values are chosen; at most ${MAX_CHOSEN.toLocaleString('en')} can be. Choose All, or fewer`,
      );
    }
    if (values.some((each) => each.length > MAX_VALUE_LENGTH)) {
      throw new BadRequest(`${field}.${name}`, `a value has more than ${MAX_VALUE_LENGTH.toLocaleString('en')} characters`);
    }
  }
}

/**
 * The value of each variable: what is chosen where that is possible, else what is saved. All stands as `$__all`, alone.
 * "" is a variable for which nothing was ever chosen. Names that are no variable (of a repeat, of a URL) are kept.
 */
export function variableValues(variables: readonly Variable[], chosen: VariableValues): VariableValues {
  const values: Record<string, VariableValue> = Object.assign(Object.create(null) as object, chosen);
  for (const variable of variables) {
    if (variable.kind === 'adhoc') delete values[variable.name];
    else values[variable.name] = valueOf(variable, Object.hasOwn(chosen, variable.name) ? chosen[variable.name] : undefined);
  }
  return values;
}

function valueOf(variable: Exclude<Variable, { kind: 'adhoc' }>, chosen: VariableValue | undefined): VariableValue {
  switch (variable.kind) {
    case 'query':
    case 'custom':
    case 'datasource':
    case 'groupby':
      return choice(chosen ?? variable.current, variable.multi, variable.includeAll);
    case 'constant':
      // A reader of the page cannot change it.
      return variable.current;
    case 'switch': {
      const value = one(chosen ?? variable.current);
      if (value === variable.enabledValue || value === variable.disabledValue) return value;
      return value === 'true' ? variable.enabledValue : value === 'false' ? variable.disabledValue : variable.current;
    }
    case 'interval':
    case 'textbox':
      return one(chosen ?? variable.current);
  }
}

function choice(value: VariableValue, multi: boolean, includeAll: boolean): VariableValue {
  const values = typeof value === 'string' ? [value] : value;
  // "All" in words is what old links say.
  if (includeAll && values.some((each) => each === ALL_VALUE || each === 'All')) return ALL_VALUE;
  if (!multi) return values[0] ?? '';
  return typeof value === 'string' && value === '' ? [] : values;
}

function one(value: VariableValue): string {
  return typeof value === 'string' ? value : (value[0] ?? '');
}

/** Whether nothing was ever chosen, so that the first option counts. */
export function isUnset(value: VariableValue): boolean {
  return value === '' || value.length === 0;
}

/**
 * Whether the saved choice of a variable is looked up among its options before it counts. What is never refreshed counts as it
 * is; labels to group by may be none.
 */
export function isSettled(variable: Variable): variable is QueryVariable | CustomVariable | DatasourceVariable {
  if (variable.kind === 'query') return variable.refresh !== 'never' || isUnset(variable.current);
  return variable.kind === 'custom' || variable.kind === 'datasource';
}

/**
 * What stands for a variable as long as its reader chooses nothing: of what is saved that which is among the options; else
 * All, or the first option, as in Grafana. Where the options are not known, or there are none, what is saved counts.
 */
export function settledValue(
  variable: Variable,
  saved: VariableValue,
  options: readonly VariableOption[] | undefined,
): VariableValue {
  const first = options?.[0];
  if (options === undefined || first === undefined || saved === ALL_VALUE || !isSettled(variable)) return saved;
  const known = new Set(options.map(({ value }) => value));
  const left = (typeof saved === 'string' ? [saved] : saved).filter((value) => known.has(value));
  if (left.length > 0) return variable.multi ? left : (left[0] as string);
  if (variable.includeAll) return ALL_VALUE;
  return variable.multi ? [first.value] : first.value;
}

/** The filters of each ad-hoc variable, base filters first: what is chosen, else what is saved. */
export function adhocFilters(
  variables: readonly Variable[],
  chosen: Readonly<Record<string, readonly AdhocFilter[]>>,
): ReadonlyMap<string, readonly AdhocFilter[]> {
  const byName = new Map<string, readonly AdhocFilter[]>();
  for (const variable of variables) {
    if (variable.kind !== 'adhoc') continue;
    const own = Object.hasOwn(chosen, variable.name) ? (chosen[variable.name] as readonly AdhocFilter[]) : variable.filters;
    byName.set(variable.name, [...variable.baseFilters, ...own]);
  }
  return byName;
}
