import {
  ADHOC_OPERATORS,
  ALL_VALUE,
  type AdhocFilter,
  VARIABLE_SORTS,
  type Variable,
  type VariableOption,
  type VariableValue,
} from '../variable.ts';
import { isObject, listOf, numberOf, objectsOf, omit, saysSomething, textOf, underlay, type Json } from './json.ts';
import { isMeaningFreeAnywhere, MEANING_FREE } from './meaning-free.ts';
import type { Notes } from './report.ts';
import { readSource, writeSource } from './source-ref.ts';

const MAX_VARIABLES = 500;
const MAX_OPTIONS = 100_000;
/** In the order of Grafana's numbers. */
const HIDES = ['none', 'label', 'variable', 'menu'] as const;
const REFRESHES = ['never', 'load', 'range'] as const;

const BASE = ['type', 'name', 'label', 'description', 'hide', 'skipUrlSync'];
const CHOICE = ['multi', 'includeAll', 'allValue', 'allowCustomValue', 'current'];
/** What is read of each kind; the rest is kept as it is. */
const READ: Readonly<Record<Variable['kind'], readonly string[]>> = {
  query: [...CHOICE, 'datasource', 'query', 'regex', 'regexApplyTo', 'sort', 'refresh', 'staticOptions'],
  custom: [...CHOICE, 'query', 'valuesFormat'],
  interval: ['query', 'auto', 'auto_count', 'auto_min', 'current', 'refresh'],
  datasource: [...CHOICE, 'query', 'regex', 'refresh'],
  constant: ['query', 'current'],
  textbox: ['query', 'current'],
  switch: ['current', 'enabledValue', 'disabledValue'],
  adhoc: ['datasource', 'filters', 'baseFilters'],
  groupby: [...CHOICE, 'datasource'],
};

/** Reads `templating.list`. `unread` are variables of kinds that are not known here, kept as they are. */
export function readVariables(
  value: unknown,
  notes: Notes,
): { readonly variables: Variable[]; readonly unread: readonly Json[] } {
  const variables: Variable[] = [];
  const unread: Json[] = [];
  const names = new Set<string>();
  for (const [index, json] of listOf(value).entries()) {
    const at = notes.at(`[${index}]`);
    if (!isObject(json)) {
      at.repaired('Expected a variable; it was left out.');
      continue;
    }
    const kind = kindOf(json);
    const name = nameOf(json, index, at);
    if (kind === undefined) {
      at.at('type').unsupported(`Variables of the kind "${textOf(json['type'])}" are not known here; it is kept for export.`);
      unread.push(json);
    } else if (names.has(name)) {
      at.unsupported(`There is another variable "${name}" before it; this one is kept for export only.`);
      unread.push(json);
    } else if (variables.length >= MAX_VARIABLES) {
      at.unsupported(`A dashboard has at most ${MAX_VARIABLES} variables; this one is kept for export only.`);
      unread.push(json);
    } else {
      names.add(name);
      variables.push(readVariable(kind, name, json, at));
    }
  }
  return { variables, unread };
}

function kindOf(json: Json): Variable['kind'] | undefined {
  // The oldest documents have query variables only, and don't say so.
  const type = textOf(json['type'], 'query');
  return Object.hasOwn(READ, type) ? (type as Variable['kind']) : undefined;
}

function nameOf(json: Json, index: number, notes: Notes): string {
  const given = textOf(json['name']);
  const name = given.replaceAll(/\W/g, '_').slice(0, 100) || `variable${index + 1}`;
  if (name !== given) notes.at('name').repaired(`"${given}" cannot be a variable's name; it is called ${name} now.`);
  return name;
}

function readVariable(kind: Variable['kind'], name: string, json: Json, notes: Notes): Variable {
  const { rest, hide } = readHide(omit(json, [...BASE, ...READ[kind]]), json['hide'], notes);
  const base = {
    name,
    label: textOf(json['label']),
    description: textOf(json['description']),
    hide,
    skipUrlSync: json['skipUrlSync'] === true,
    extra: withoutNoise(rest),
  };
  switch (kind) {
    case 'query':
      return {
        kind,
        ...base,
        ...readChoice(json),
        source: readSource(json['datasource'], notes.at('datasource')),
        spec: readQuerySpec(json),
        regex: textOf(json['regex']),
        regexApplyTo: json['regexApplyTo'] === 'text' ? 'text' : 'value',
        sort: VARIABLE_SORTS[numberOf(json['sort']) ?? 0] ?? 'none',
        refresh: readRefresh(json, notes),
        staticOptions: readOptionList(json['staticOptions']),
      };
    case 'custom': {
      const options = readCustomOptions(json, notes);
      return { kind, ...base, ...readChoice(json, firstChosen(json) ?? options[0]?.value), options };
    }
    case 'datasource':
      return { kind, ...base, ...readChoice(json), type: textOf(json['query']), regex: textOf(json['regex']) };
    case 'groupby':
      return { kind, ...base, ...readChoice(json), source: readSource(json['datasource'], notes.at('datasource')) };
    case 'interval':
      return readInterval(base, json);
    case 'constant':
      return { kind, ...base, current: textOf(json['query'], textOf(currentOf(json))) };
    case 'textbox': {
      const current = currentOf(json);
      const query = textOf(json['query']);
      const opensWith = typeof current === 'string' && current !== '' ? current : query;
      if (query !== '' && query !== opensWith)
        notes.at('query').approximated(`The text opens with "${opensWith}", which was chosen last.`);
      return { kind, ...base, current: opensWith };
    }
    case 'switch': {
      const [on, off] = objectsOf(json['options']).map((option) => textOf(option['value']));
      const enabledValue = textOf(json['enabledValue'], on ?? 'true');
      const disabledValue = textOf(json['disabledValue'], off ?? 'false');
      return {
        kind,
        ...base,
        enabledValue,
        disabledValue,
        current: currentOf(json) === enabledValue ? enabledValue : disabledValue,
      };
    }
    case 'adhoc':
      return {
        kind,
        ...base,
        source: readSource(json['datasource'], notes.at('datasource')),
        filters: readFilters(json['filters'], notes.at('filters')),
        baseFilters: readFilters(json['baseFilters'], notes.at('baseFilters')),
      };
  }
}

function withoutNoise(rest: Json): Json {
  const noise = MEANING_FREE.variable as readonly string[];
  return Object.fromEntries(
    Object.entries(rest).filter(([key, value]) => saysSomething(value) && !noise.includes(key) && !isMeaningFreeAnywhere(key)),
  );
}

/** 0 to 3 since version 10; before that flags, and true for hidden altogether. */
function readHide(rest: Json, hide: unknown, notes: Notes): { readonly rest: Json; readonly hide: Variable['hide'] } {
  const { hideVariable, hideLabel, ...others } = rest;
  if (hideVariable === true || hide === true) {
    notes.at('hide').migrated('The old flag became "hidden".');
    return { rest: others, hide: 'variable' };
  }
  if (hideLabel === true) return { rest: others, hide: 'label' };
  return { rest: others, hide: HIDES[numberOf(hide) ?? 0] ?? 'none' };
}

function readChoice(json: Json, otherwise?: string) {
  const multi = json['multi'] === true;
  const includeAll = json['includeAll'] === true;
  const current = currentOf(json) ?? otherwise ?? (includeAll ? ALL_VALUE : multi ? [] : '');
  return {
    multi,
    includeAll,
    allValue: textOf(json['allValue']),
    allowCustomValue: json['allowCustomValue'] !== false,
    current: current === 'All' && includeAll ? ALL_VALUE : current,
  };
}

/** `{ text, value }`, or bare. undefined where nothing was chosen. */
function currentOf(json: Json): VariableValue | undefined {
  const current = isObject(json['current']) ? (json['current']['value'] ?? json['current']['text']) : json['current'];
  if (Array.isArray(current)) return current.map((item) => textOf(item));
  return current === undefined || current === null ? undefined : textOf(current);
}

function firstChosen(json: Json): string | undefined {
  const chosen = objectsOf(json['options']).find((option) => option['selected'] === true);
  return chosen === undefined ? undefined : textOf(chosen['value']);
}

/** The source's own object; a bare text is its `query`. */
function readQuerySpec(json: Json): Json {
  const query = json['query'];
  return isObject(query) ? query : { query: textOf(query, textOf(json['definition'])) };
}

function readRefresh(json: Json, notes: Notes): (typeof REFRESHES)[number] {
  const refresh = json['refresh'];
  if (typeof refresh === 'boolean') {
    notes.at('refresh').migrated('The old flag became a moment of refreshing.');
    return refresh ? 'load' : 'never';
  }
  // Saved options are not kept, so there is nothing to show without asking.
  if (numberOf(refresh) === 0 && saysSomething(json['options'])) {
    notes.at('refresh').approximated('Its options were saved with the dashboard; here they are asked when it opens.');
    return 'load';
  }
  return REFRESHES[numberOf(refresh) ?? 1] ?? 'load';
}

function readInterval(base: Omit<Extract<Variable, { kind: 'constant' }>, 'kind' | 'current'>, json: Json): Variable {
  const written = textOf(json['query']);
  const values = written === '' ? objectsOf(json['options']).map((option) => textOf(option['value'])) : written.split(',');
  const current = currentOf(json);
  const durations = values
    .map((value) => value.trim().replaceAll(/^["']|["']$/g, ''))
    .filter((value) => value !== '' && !isAuto(value));
  const auto = json['auto'] === true;
  const chosen = typeof current === 'string' && current !== '' ? current : (durations[0] ?? '');
  return {
    kind: 'interval',
    ...base,
    values: durations,
    auto,
    autoCount: Math.min(10_000, Math.max(1, Math.round(numberOf(json['auto_count']) ?? 30))),
    autoMin: textOf(json['auto_min'], '10s') || '10s',
    current: isAuto(chosen) ? '$__auto' : chosen,
  };
}

function isAuto(value: string): boolean {
  return value === 'auto' || value.startsWith('$__auto');
}

function readCustomOptions(json: Json, notes: Notes): VariableOption[] {
  const query = textOf(json['query']);
  const options =
    json['valuesFormat'] === 'json'
      ? readOptionList(parsedJson(query))
      : query.trim() === ''
        ? readOptionList(json['options']).filter(({ value }) => value !== ALL_VALUE)
        : splitOptions(query);
  if (options.length <= MAX_OPTIONS) return options;
  notes.unsupported(`There are ${options.length} options; the first ${MAX_OPTIONS} are kept.`);
  return options.slice(0, MAX_OPTIONS);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}

function readOptionList(value: unknown): VariableOption[] {
  return listOf(value).flatMap((option): VariableOption[] => {
    if (!isObject(option)) return [{ text: textOf(option), value: textOf(option) }];
    const own = textOf(option['value'], textOf(option['text']));
    return [{ text: textOf(option['text'], own), value: own }];
  });
}

/** "a, b : c": options by commas, each a value or "text : value". "\," is a comma. */
function splitOptions(query: string): VariableOption[] {
  return (query.match(/(?:\\,|[^,])+/g) ?? [])
    .map((part) => part.replaceAll('\\,', ',').trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, text, value] = /^(.+)\s:\s(.+)$/s.exec(part) ?? [];
      return text === undefined || value === undefined ? { text: part, value: part } : { text: text.trim(), value: value.trim() };
    });
}

function joinOptions(options: readonly VariableOption[]): string {
  return options.map(({ text, value }) => (text === value ? value : `${text} : ${value}`).replaceAll(',', '\\,')).join(', ');
}

function readFilters(value: unknown, notes: Notes): AdhocFilter[] {
  return listOf(value).flatMap((filter, index): AdhocFilter[] => {
    if (!isObject(filter) || textOf(filter['key']) === '') return [];
    const at = notes.at(`[${index}]`);
    const operator = ADHOC_OPERATORS.find((known) => known === filter['operator']);
    if (operator === undefined && saysSomething(filter['operator'])) {
      at.at('operator').unsupported(`The operator "${textOf(filter['operator'])}" is not known here; the filter was left out.`);
      return [];
    }
    const values = listOf(filter['values']).map((item) => textOf(item));
    at.lost(omit(filter, ['key', 'operator', 'value', 'values', 'condition', 'keyLabel', 'valueLabels', 'origin']));
    return [
      {
        key: textOf(filter['key']),
        operator: operator ?? '=',
        value: textOf(filter['value']),
        ...(values.length === 0 ? {} : { values }),
      },
    ];
  });
}

export function writeVariable(variable: Variable): Json {
  const { kind, name, label, description, hide, skipUrlSync, extra } = variable;
  const base = {
    type: kind,
    name,
    ...(label === '' ? {} : { label }),
    ...(description === '' ? {} : { description }),
    hide: HIDES.indexOf(hide),
    skipUrlSync,
  };
  return underlay({ ...base, ...writeOwn(variable) }, extra);
}

function writeOwn(variable: Variable): Json {
  switch (variable.kind) {
    case 'query': {
      const { spec, regexApplyTo, sort, refresh, staticOptions } = variable;
      const { query, ...others } = spec;
      return {
        ...writeChoice(variable),
        datasource: writeSource(variable.source),
        query: typeof query === 'string' && Object.keys(others).length === 0 ? query : spec,
        regex: variable.regex,
        ...(regexApplyTo === 'text' ? { regexApplyTo } : {}),
        sort: VARIABLE_SORTS.indexOf(sort),
        refresh: REFRESHES.indexOf(refresh),
        ...(staticOptions.length === 0 ? {} : { staticOptions }),
      };
    }
    case 'custom': {
      const query = joinOptions(variable.options);
      const printable = JSON.stringify(splitOptions(query)) === JSON.stringify(variable.options);
      return {
        ...writeChoice(variable),
        ...(printable ? { query } : { query: JSON.stringify(variable.options), valuesFormat: 'json' }),
        options: variable.options.map((option) => ({ ...option, selected: isChosen(option.value, variable.current) })),
      };
    }
    case 'datasource':
      return { ...writeChoice(variable), query: variable.type, regex: variable.regex, refresh: 1 };
    case 'groupby':
      return { ...writeChoice(variable), datasource: writeSource(variable.source) };
    case 'interval':
      return {
        query: variable.values.join(','),
        auto: variable.auto,
        auto_count: variable.autoCount,
        auto_min: variable.autoMin,
        current: writeCurrent(variable.current),
        refresh: 2,
      };
    case 'constant':
    case 'textbox':
      return { query: variable.current, current: writeCurrent(variable.current) };
    case 'switch':
      return {
        current: writeCurrent(variable.current),
        options: [variable.enabledValue, variable.disabledValue].map((value) => ({ text: value, value })),
      };
    case 'adhoc':
      return { datasource: writeSource(variable.source), filters: variable.filters, baseFilters: variable.baseFilters };
  }
}

function writeChoice(variable: Extract<Variable, { multi: boolean }>): Json {
  const { multi, includeAll, allValue, allowCustomValue, current } = variable;
  return {
    multi,
    includeAll,
    ...(allValue === '' ? {} : { allValue }),
    ...(allowCustomValue ? {} : { allowCustomValue }),
    current: writeCurrent(current),
  };
}

function writeCurrent(value: VariableValue): Json {
  const text = (one: string): string => (one === ALL_VALUE ? 'All' : one);
  return { text: typeof value === 'string' ? text(value) : value.map(text), value };
}

function isChosen(value: string, current: VariableValue): boolean {
  return typeof current === 'string' ? current === value : current.includes(value);
}
