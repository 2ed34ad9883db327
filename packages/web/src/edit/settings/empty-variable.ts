import { BUILTIN_SOURCE } from '@vitrine/model/dashboard.ts';
import type { Variable } from '@vitrine/model/variable.ts';

/** What can be added, with its name for people. */
export const VARIABLE_KINDS: readonly { readonly kind: Variable['kind']; readonly label: string }[] = [
  { kind: 'query', label: 'From a query' },
  { kind: 'custom', label: 'From a list' },
  { kind: 'textbox', label: 'A text' },
  { kind: 'interval', label: 'A duration' },
  { kind: 'datasource', label: 'A data source' },
  { kind: 'adhoc', label: 'Filters on labels' },
  { kind: 'groupby', label: 'Labels to group by' },
  { kind: 'switch', label: 'On or off' },
  { kind: 'constant', label: 'A constant' },
];

const CHOICE = { multi: false, includeAll: false, allValue: '', allowCustomValue: true, current: '' } as const;

/** A variable that says nothing yet. */
export function emptyVariable(kind: Variable['kind'], name: string): Variable {
  const base = { name, label: '', description: '', hide: 'none', skipUrlSync: false, extra: {} } as const;
  switch (kind) {
    case 'query':
      return {
        kind,
        ...base,
        ...CHOICE,
        source: BUILTIN_SOURCE,
        spec: { query: '' },
        regex: '',
        regexApplyTo: 'value',
        sort: 'alphabetical',
        refresh: 'load',
        staticOptions: [],
      };
    case 'custom':
      return { kind, ...base, ...CHOICE, options: [] };
    case 'interval':
      return {
        kind,
        ...base,
        values: ['1m', '5m', '10m', '30m', '1h'],
        auto: false,
        autoCount: 30,
        autoMin: '10s',
        current: '5m',
      };
    case 'datasource':
      return { kind, ...base, ...CHOICE, type: 'prometheus', regex: '' };
    case 'constant':
    case 'textbox':
      return { kind, ...base, current: '' };
    case 'switch':
      return { kind, ...base, enabledValue: 'true', disabledValue: 'false', current: 'false' };
    case 'adhoc':
      return { kind, ...base, source: BUILTIN_SOURCE, filters: [], baseFilters: [] };
    case 'groupby':
      return { kind, ...base, ...CHOICE, multi: true, current: [], source: BUILTIN_SOURCE };
  }
}
