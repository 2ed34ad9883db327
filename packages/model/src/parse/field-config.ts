import type {
  DataLink,
  FieldColor,
  FieldOverride,
  FieldSettings,
  MappedResult,
  PanelFieldConfig,
  SpecialValue,
  Thresholds,
  ThresholdStep,
  ValueMapping,
} from '../field-config.ts';
import type { Read } from './read.ts';

const MAX_OVERRIDES = 1_000;
const MAX_MAPPINGS = 1_000;
const SPECIALS: readonly SpecialValue[] = ['true', 'false', 'null', 'nan', 'null+nan', 'empty'];

/** How each setting is read, where it is there. */
const SETTINGS: { readonly [Key in keyof Required<FieldSettings>]: (read: Read) => NonNullable<FieldSettings[Key]> } = {
  displayName: (it) => it.string(),
  displayNameFromSource: (it) => it.string(),
  description: (it) => it.string(),
  unit: (it) => it.string(),
  decimals: (it) => it.integer(0, 20),
  min: (it) => it.number(),
  max: (it) => it.number(),
  fieldMinMax: (it) => it.boolean(),
  mappings: (it) => it.atMost(MAX_MAPPINGS, 'mappings').map(parseMapping),
  thresholds: parseThresholds,
  color: parseColor,
  links: parseLinks,
  noValue: (it) => it.string(),
  filterable: (it) => it.boolean(),
  custom: (it) => it.tree(),
};
const SETTING_NAMES = Object.keys(SETTINGS) as readonly (keyof FieldSettings)[];

export function parseFieldConfig(read: Read): PanelFieldConfig {
  read.only(['defaults', 'overrides']);
  return {
    defaults: read.at('defaults').or({}, parseFieldSettings),
    overrides: read.at('overrides').or([], (it) => it.atMost(MAX_OVERRIDES, 'overrides').map(parseOverride)),
  };
}

function parseFieldSettings(read: Read): FieldSettings {
  read.only(SETTING_NAMES);
  return Object.fromEntries(
    SETTING_NAMES.flatMap((name) => {
      const setting = read.at(name);
      return setting.missing ? [] : [[name, SETTINGS[name](setting)]];
    }),
  );
}

function parseOverride(read: Read): FieldOverride {
  read.only(['matcher', 'properties']);
  const matcher = read.at('matcher').only(['id', 'options']);
  return {
    matcher: { id: matcher.at('id').string(), ...withOptional('options', matcher.at('options').any()) },
    properties: read
      .at('properties')
      .array()
      .map((property) => {
        property.only(['id', 'value']);
        const id = property.at('id').string();
        const value = property.at('value');
        const parse = Object.hasOwn(SETTINGS, id) ? SETTINGS[id as keyof FieldSettings] : undefined;
        // An override without a value takes the setting away.
        return { id, ...withOptional('value', value.missing || parse === undefined ? (value.any() ?? undefined) : parse(value)) };
      }),
  };
}

function parseThresholds(read: Read): Thresholds {
  read.only(['mode', 'steps']);
  let last = Number.NEGATIVE_INFINITY;
  return {
    mode: read.at('mode').or('absolute', (it) => it.oneOf(['absolute', 'percentage'])),
    steps: read
      .at('steps')
      .array()
      .map((step, index): ThresholdStep => {
        step.only(['value', 'color']);
        const open = index === 0 && (step.at('value').missing || step.at('value').value === Number.NEGATIVE_INFINITY);
        const value = open ? Number.NEGATIVE_INFINITY : step.at('value').number();
        if (index > 0 && value <= last) step.at('value').fail(`${value} is not above the step before it, ${last}`);
        last = value;
        return { value, color: step.at('color').string() };
      }),
  };
}

function parseColor(read: Read): FieldColor {
  read.only(['mode', 'fixedColor', 'seriesBy']);
  return {
    mode: read.at('mode').string(),
    ...optional(read, 'fixedColor', (it) => it.string()),
    ...optional(read, 'seriesBy', (it) => it.oneOf(['last', 'min', 'max'])),
  };
}

function parseMapping(read: Read): ValueMapping {
  const kind = read.at('kind').oneOf(['value', 'range', 'regex', 'special']);
  const result = parseMapped(read.at('result'));
  switch (kind) {
    case 'value':
      return { kind, value: read.only(['kind', 'value', 'result']).at('value').string(), result };
    case 'range':
      read.only(['kind', 'from', 'to', 'result']);
      return { kind, ...optional(read, 'from', (it) => it.number()), ...optional(read, 'to', (it) => it.number()), result };
    case 'regex':
      return { kind, pattern: read.only(['kind', 'pattern', 'result']).at('pattern').string(), result };
    case 'special':
      return { kind, match: read.only(['kind', 'match', 'result']).at('match').oneOf(SPECIALS), result };
  }
}

function parseMapped(read: Read): MappedResult {
  read.only(['text', 'color', 'icon']);
  return {
    ...optional(read, 'text', (it) => it.string()),
    ...optional(read, 'color', (it) => it.string()),
    ...optional(read, 'icon', (it) => it.string()),
  };
}

export function parseLinks(read: Read): DataLink[] {
  return read.array().map((link) => {
    link.only(['title', 'url', 'targetBlank']);
    return {
      title: link.at('title').or('', (it) => it.string()),
      url: link.at('url').string(),
      targetBlank: link.at('targetBlank').or(false, (it) => it.boolean()),
    };
  });
}

function optional<Key extends string, T>(read: Read, key: Key, parse: (it: Read) => T): { readonly [K in Key]?: T } {
  const member = read.at(key);
  return member.missing ? {} : ({ [key]: parse(member) } as { [K in Key]: T });
}

function withOptional<Key extends string>(key: Key, value: unknown): { readonly [K in Key]?: unknown } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]: unknown });
}
