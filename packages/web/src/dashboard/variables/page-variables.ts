import { fieldBuiltin, FIELD_BUILTINS } from '@vitrine/compute/field/field-builtin.ts';
import type { FieldScope } from '@vitrine/compute/field/field-builtin.ts';
import type { Builtins } from '@vitrine/compute/variable/builtins.ts';
import { dependencies, textsOf, variableOrder } from '@vitrine/compute/variable/order.ts';
import { referencedNames, replaceVariables } from '@vitrine/compute/variable/replace.ts';
import type { ResolvedVariable, VariableScope } from '@vitrine/compute/variable/replace.ts';
import { formatValue } from '@vitrine/compute/variable/format.ts';
import { resolveVariable, variableScope } from '@vitrine/compute/variable/resolve.ts';
import { isUnset, variableValues } from '@vitrine/compute/variable/values.ts';
import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import { DASHBOARD_SOURCE_UID } from '@vitrine/model/dashboard.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import {
  ALL_VALUE,
  type AdhocFilter,
  type Variable,
  type VariableOption,
  type VariableValue,
  type VariableValues,
} from '@vitrine/model/variable.ts';

/** What a reader has chosen, as the URL says it. */
export interface Chosen {
  readonly values: VariableValues;
  readonly filters: Readonly<Record<string, readonly AdhocFilter[]>>;
}

/** Of all chosen values those that differ from what is saved; names that are no variable are kept. */
export function changedValues(variables: readonly Variable[], chosen: VariableValues): VariableValues {
  const values = variableValues(variables, chosen);
  const saved = variableValues(variables, {});
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !isEqual(value, saved[name])));
}

export function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The variables that what is written there refers to, and those that they refer to in turn. */
export function namesIn(texts: readonly string[], variables: readonly Variable[]): ReadonlySet<string> {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const names = new Set<string>();
  const rest = texts.flatMap(referencedNames);
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    const variable = byName.get(name);
    if (variable !== undefined) rest.push(...dependencies(variable));
  }
  return names;
}

/** All that is written in a panel's queries, and in those of the panels whose answers it takes. */
export function queryTexts(panel: Panel, panels: readonly Panel[]): readonly string[] {
  const others = panel.queries
    .filter(({ source }) => source.uid === DASHBOARD_SOURCE_UID)
    .map(({ spec }) => panels.find(({ id }) => id === spec['panelId'] && id !== panel.id));
  return [panel, ...others].flatMap((each) =>
    each === undefined
      ? []
      : textsOf([
          each.queries,
          each.transformations,
          each.queryOptions.minInterval,
          each.queryOptions.timeFrom,
          each.queryOptions.timeShift,
        ]),
  );
}

/** The variables whose options name this one, directly or by others, in the order in which they are to be looked at. */
export function dependentsOf(name: string, variables: readonly Variable[]): readonly Variable[] {
  const touched = new Set([name]);
  return variableOrder(variables).ordered.filter((variable) => {
    if (touched.has(variable.name) || !dependencies(variable).some((each) => touched.has(each))) return false;
    touched.add(variable.name);
    return true;
  });
}

export interface PageScopeParts {
  readonly variables: readonly Variable[];
  readonly values: VariableValues;
  /** The options that are known, by the variable's name. */
  readonly options: Readonly<Record<string, readonly VariableOption[] | undefined>>;
  readonly builtins: Builtins;
}

/** What the names in the page's own texts stand for. "All" stays `$__all`: a page need not know what it is of. */
export function pageScope({ variables, values, options, builtins }: PageScopeParts): VariableScope {
  const resolved = new Map<string, ResolvedVariable>();
  const scope = variableScope({ resolved, builtins });
  for (const variable of variableOrder(variables).ordered) {
    if (variable.kind === 'adhoc') continue;
    const { name } = variable;
    const value = values[name] ?? '';
    if (value === ALL_VALUE) {
      resolved.set(name, { name, value, text: 'All', multi: true });
      continue;
    }
    const known = options[name];
    // Nothing is chosen and nothing is known to choose from: no value is better than a wrong one.
    if (isUnset(value) && known === undefined && 'multi' in variable) {
      resolved.set(name, { name, value: '', text: '', multi: variable.multi });
      continue;
    }
    const rangeMs = builtins.toMs - builtins.fromMs;
    resolved.set(name, resolveVariable(variable, value, { scope, options: known, rangeMs }));
  }
  // Values of a repeat, or of a link from elsewhere.
  for (const [name, value] of Object.entries(values)) {
    if (!resolved.has(name)) resolved.set(name, { name, value, text: value, multi: typeof value !== 'string' });
  }
  return scope;
}

/** The same scope, with the values of a repeat, and what a link or a name is about. */
export function narrowScope(
  scope: VariableScope,
  local: VariableValues,
  options: PageScopeParts['options'],
  about?: FieldScope,
): VariableScope {
  return {
    timeZone: scope.timeZone,
    find(name) {
      const value = Object.hasOwn(local, name) ? local[name] : undefined;
      if (value === undefined) return scope.find(name);
      const text = typeof value === 'string' ? (options[name]?.find((option) => option.value === value)?.text ?? value) : value;
      return { name, value, text, multi: false };
    },
    builtin: (name, path, format) =>
      about !== undefined && FIELD_BUILTINS.has(name)
        ? fieldBuiltin(name, path, format, { timeZone: scope.timeZone, ...about })
        : scope.builtin(name, path, format),
  };
}

/** A name with its variables, as people read it: "Pods of a + b". */
export function fillName(text: string, scope: VariableScope): string {
  return fill(text, { ...scope, find: (name) => asText(scope.find(name)) }, 'text');
}

/** A text or an address with its variables. "All" is written as that: links understand it. */
export function fillText(text: string, scope: VariableScope): string {
  return fill(text, scope, (value: VariableValue, { name }) =>
    value === ALL_VALUE ? 'All' : formatValue({ name, value, text: value, timeZone: scope.timeZone }, 'glob'),
  );
}

function asText(variable: ResolvedVariable | undefined): ResolvedVariable | undefined {
  if (variable === undefined) return undefined;
  const { verbatim: _, ...rest } = variable;
  return rest;
}

/** A text that can't be filled in is shown as it was written. */
function fill(text: string, scope: VariableScope, format: Parameters<typeof replaceVariables>[2]): string {
  try {
    return replaceVariables(text, scope, format);
  } catch (error) {
    if (error instanceof LimitExceeded || error instanceof BadRequest) return text;
    throw error;
  }
}
