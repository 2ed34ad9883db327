import { BadRequest } from '@vitrine/model/bad-request.ts';
import { formatDurationMs, readDurationMs } from '@vitrine/model/duration.ts';
import {
  ALL_VALUE,
  type IntervalVariable,
  type Variable,
  type VariableOption,
  type VariableValue,
  type VariableValues,
} from '@vitrine/model/variable.ts';
import { stepFor } from '../step.ts';
import { type Builtins, builtinValue } from './builtins.ts';
import { formatValue } from './format.ts';
import { customOptions } from './options.ts';
import { replaceVariables, type ResolvedVariable, type VariableScope } from './replace.ts';
import { isUnset, MAX_CHOSEN } from './values.ts';

/** "All" of more options than this would make a query that no source answers. */
const MAX_ALL_OPTIONS = MAX_CHOSEN;
const AUTO_INTERVAL = '$__auto';

/** What the resolution of one variable needs besides its value. */
export interface Resolving {
  /** Of the variables that it refers to, which are resolved already. */
  readonly scope: VariableScope;
  /** All its options, where it has a list of its own or they were fetched; undefined where they are not known. */
  readonly options: readonly VariableOption[] | undefined;
  readonly rangeMs: number;
}

/** Whether the options must be known before the variable can stand in a query. */
export function needsOptions(variable: Variable, value: VariableValue): boolean {
  if (variable.kind !== 'query' && variable.kind !== 'datasource' && variable.kind !== 'groupby') return false;
  if (value === ALL_VALUE) return variable.allValue === '';
  return isUnset(value) && !(variable.multi && typeof value !== 'string') && variable.kind !== 'groupby';
}

/** What stands for a variable of this value. Throws BadRequest where "All" has too many options to be written out. */
export function resolveVariable(
  variable: Exclude<Variable, { kind: 'adhoc' }>,
  value: VariableValue,
  { scope, options, rangeMs }: Resolving,
): ResolvedVariable {
  const { name } = variable;
  switch (variable.kind) {
    case 'constant':
    case 'textbox':
    case 'switch':
      return { name, value, text: value, multi: false };
    case 'interval': {
      const chosen = typeof value === 'string' ? value : '';
      const isAuto = chosen === AUTO_INTERVAL || chosen.startsWith('$__auto_interval') || chosen === 'auto';
      const ms = isAuto ? autoIntervalMs(variable, rangeMs) : undefined;
      const set = ms === undefined ? chosen || (variable.values[0] ?? '') : formatDurationMs(ms);
      return { name, value: set, text: isAuto ? 'auto' : set, multi: false };
    }
    case 'query':
    case 'custom':
    case 'datasource':
    case 'groupby': {
      const known = variable.kind === 'custom' ? customOptions(variable, scope) : options;
      const multi = variable.multi || variable.includeAll;
      const first = known?.[0];
      if (isUnset(value) && !variable.multi && first !== undefined && variable.kind !== 'groupby') {
        return { name, value: first.value, text: first.text, multi };
      }
      if (value !== ALL_VALUE) return { name, value, text: textOf(value, known), multi };
      if (variable.allValue !== '') {
        return { name, value: ALL_VALUE, text: 'All', multi, verbatim: replaceVariables(variable.allValue, scope) };
      }
      const all = known ?? [];
      if (all.length > MAX_ALL_OPTIONS) {
        throw new BadRequest(
          `variables.${name}`,
          `"All" would write ${all.length.toLocaleString('en')} values into the query; at most ${MAX_ALL_OPTIONS.toLocaleString('en')} are written. Give the variable a custom "All" value such as .*, or choose fewer`,
        );
      }
      return { name, value: all.map((option) => option.value), text: 'All', multi };
    }
  }
}

function textOf(value: VariableValue, options: readonly VariableOption[] | undefined): VariableValue {
  if (options === undefined) return value;
  const texts = new Map(options.map((option) => [option.value, option.text]));
  return typeof value === 'string' ? (texts.get(value) ?? value) : value.map((each) => texts.get(each) ?? each);
}

/** The range in `autoCount` parts, rounded to a step that people use, and no shorter than `autoMin`. */
function autoIntervalMs({ autoCount, autoMin }: IntervalVariable, rangeMs: number): number {
  const minStepMs = readDurationMs(autoMin) ?? 1;
  return stepFor({ fromMs: 0, toMs: rangeMs, widthPx: Math.max(1, autoCount), minStepMs });
}

/** What a scope is made of, where everything that it needs is known already. */
export interface ScopeParts {
  readonly resolved: ReadonlyMap<string, ResolvedVariable>;
  readonly builtins: Builtins;
}

/** A scope over variables that are resolved and the built-in names. */
export function variableScope({ resolved, builtins }: ScopeParts): VariableScope {
  return {
    timeZone: builtins.timeZone,
    find: (name) => resolved.get(name),
    builtin: (name, path, format) => builtinValue(builtins, name, path, format),
  };
}

/** `var-a=1&var-b=2` of all values, for `$__all_variables`. Those that stay out of the URL stay out of it. */
export function allVariables(variables: readonly Variable[], values: VariableValues): string {
  return variables
    .filter(
      ({ skipUrlSync, kind, name }) => !skipUrlSync && kind !== 'adhoc' && kind !== 'constant' && values[name] !== undefined,
    )
    .map(({ name }) => {
      const value = values[name] as VariableValue;
      return formatValue({ name, value, text: value, timeZone: 'UTC' }, 'queryparam');
    })
    .filter((text) => text !== '')
    .join('&');
}
