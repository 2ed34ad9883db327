import type { CustomVariable, Variable, VariableOption } from '@vitrine/model/variable.ts';
import { replaceVariables, type VariableScope } from './replace.ts';

/** A custom variable's options with the variables in them filled in. */
export function customOptions({ options }: CustomVariable, scope: VariableScope): VariableOption[] {
  return options.map(({ text, value }) => ({
    text: replaceVariables(text, scope, 'csv'),
    value: replaceVariables(value, scope, 'csv'),
  }));
}

/** The options of variables that carry them; undefined for those whose options a source knows. */
export function ownOptions(variable: Variable, scope: VariableScope): VariableOption[] | undefined {
  switch (variable.kind) {
    case 'custom':
      return customOptions(variable, scope);
    case 'interval': {
      const values = variable.values.map((value) => ({ text: value, value }));
      return variable.auto ? [{ text: 'auto', value: '$__auto' }, ...values] : values;
    }
    case 'switch':
      return [variable.enabledValue, variable.disabledValue].map((value) => ({ text: value, value }));
    case 'constant':
    case 'textbox':
      return [{ text: variable.current, value: variable.current }];
    case 'adhoc':
      return [];
    case 'query':
    case 'datasource':
    case 'groupby':
      return undefined;
  }
}

/** The first `limit` options whose text or value holds `search`, whatever the case; `total` counts all that do. */
export function searchOptions(
  options: readonly VariableOption[],
  search: string,
  limit: number,
): { readonly options: readonly VariableOption[]; readonly total: number } {
  const wanted = search.trim().toLowerCase();
  const found = wanted === '' ? options : options.filter(({ text, value }) => has(text, wanted) || has(value, wanted));
  return { options: found.slice(0, limit), total: found.length };
}

function has(text: string, wanted: string): boolean {
  return text.toLowerCase().includes(wanted);
}
