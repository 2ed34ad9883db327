import {
  ADHOC_OPERATORS,
  ALL_VALUE,
  type AdhocFilter,
  VARIABLE_SORTS,
  type Variable,
  type VariableOption,
  type VariableValue,
} from '../variable.ts';
import { parseSourceRef } from './panel.ts';
import type { Read } from './read.ts';

const NAME = /^\w{1,100}$/;
const KINDS = [
  'query',
  'custom',
  'interval',
  'datasource',
  'constant',
  'textbox',
  'switch',
  'adhoc',
  'groupby',
] as const satisfies readonly Variable['kind'][];
const MAX_OPTIONS = 100_000;

const BASE = ['kind', 'name', 'label', 'description', 'hide', 'skipUrlSync', 'extra'];
const CHOICE = ['multi', 'includeAll', 'allValue', 'allowCustomValue', 'current'];

/** Throws BadRequest that names the field. */
export function parseVariable(read: Read): Variable {
  const kind = read.at('kind').oneOf(KINDS);
  const name = read.at('name');
  if (!NAME.test(name.string())) name.fail('expected 1 to 100 letters, digits or _');
  const base = {
    name: name.string(),
    label: text(read, 'label'),
    description: text(read, 'description'),
    hide: read.at('hide').or('none', (it) => it.oneOf(['none', 'label', 'variable', 'menu'])),
    skipUrlSync: flag(read, 'skipUrlSync', false),
    extra: read.at('extra').or({}, (it) => it.tree()),
  } as const;
  switch (kind) {
    case 'query':
      only(read, [...CHOICE, 'source', 'spec', 'regex', 'regexApplyTo', 'sort', 'refresh', 'staticOptions']);
      return {
        kind,
        ...base,
        ...parseChoice(read),
        source: parseSourceRef(read.at('source')),
        spec: read.at('spec').tree(),
        regex: text(read, 'regex'),
        regexApplyTo: read.at('regexApplyTo').or('value', (it) => it.oneOf(['value', 'text'])),
        sort: read.at('sort').or('none', (it) => it.oneOf(VARIABLE_SORTS)),
        refresh: read.at('refresh').or('load', (it) => it.oneOf(['never', 'load', 'range'])),
        staticOptions: parseOptions(read.at('staticOptions')),
      };
    case 'custom':
      only(read, [...CHOICE, 'options']);
      return { kind, ...base, ...parseChoice(read), options: parseOptions(read.at('options')) };
    case 'datasource':
      only(read, [...CHOICE, 'type', 'regex']);
      return { kind, ...base, ...parseChoice(read), type: read.at('type').string(), regex: text(read, 'regex') };
    case 'groupby':
      only(read, [...CHOICE, 'source']);
      return { kind, ...base, ...parseChoice(read), source: parseSourceRef(read.at('source')) };
    case 'interval':
      only(read, ['values', 'auto', 'autoCount', 'autoMin', 'current']);
      return {
        kind,
        ...base,
        values: read
          .at('values')
          .array()
          .map((it) => it.string()),
        auto: flag(read, 'auto', false),
        autoCount: read.at('autoCount').or(30, (it) => it.integer(1, 10_000)),
        autoMin: read.at('autoMin').or('10s', (it) => it.string()),
        current: text(read, 'current'),
      };
    case 'constant':
    case 'textbox':
      only(read, ['current']);
      return { kind, ...base, current: text(read, 'current') };
    case 'switch': {
      only(read, ['enabledValue', 'disabledValue', 'current']);
      const enabledValue = read.at('enabledValue').or('true', (it) => it.string());
      const disabledValue = read.at('disabledValue').or('false', (it) => it.string());
      const current = read.at('current').or(disabledValue, (it) => it.oneOf([enabledValue, disabledValue]));
      return { kind, ...base, enabledValue, disabledValue, current };
    }
    case 'adhoc':
      only(read, ['source', 'filters', 'baseFilters']);
      return {
        kind,
        ...base,
        source: parseSourceRef(read.at('source')),
        filters: read.at('filters').or([], (it) => it.array().map(parseAdhocFilter)),
        baseFilters: read.at('baseFilters').or([], (it) => it.array().map(parseAdhocFilter)),
      };
  }
}

function parseAdhocFilter(read: Read): AdhocFilter {
  read.only(['key', 'operator', 'value', 'values']);
  const values = read.at('values');
  return {
    key: read.at('key').string(),
    operator: read.at('operator').or('=', (it) => it.oneOf(ADHOC_OPERATORS)),
    value: text(read, 'value'),
    ...(values.missing ? {} : { values: values.array().map((it) => it.string()) }),
  };
}

function parseChoice(read: Read) {
  const multi = flag(read, 'multi', false);
  const includeAll = flag(read, 'includeAll', false);
  return {
    multi,
    includeAll,
    allValue: text(read, 'allValue'),
    allowCustomValue: flag(read, 'allowCustomValue', true),
    current: read.at('current').or<VariableValue>(includeAll ? ALL_VALUE : multi ? [] : '', parseValue),
  };
}

function parseValue(read: Read): VariableValue {
  return Array.isArray(read.value) ? read.array().map((it) => it.string()) : read.string();
}

function parseOptions(read: Read): VariableOption[] {
  return read.or([], (it) =>
    it.atMost(MAX_OPTIONS, 'options').map((option) => {
      option.only(['text', 'value']);
      const value = option.at('value').string();
      return { text: option.at('text').or(value, (own) => own.string()), value };
    }),
  );
}

function only(read: Read, own: readonly string[]): void {
  read.only([...BASE, ...own]);
}

function text(read: Read, key: string): string {
  return read.at(key).or('', (it) => it.string());
}

function flag(read: Read, key: string, otherwise: boolean): boolean {
  return read.at(key).or(otherwise, (it) => it.boolean());
}
