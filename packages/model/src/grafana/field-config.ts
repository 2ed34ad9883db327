import type {
  FieldColor,
  FieldOverride,
  FieldSettings,
  PanelFieldConfig,
  Thresholds,
  ThresholdStep,
  ValueMapping,
} from '../field-config.ts';
import { isObject, listOf, numberOf, objectOf, objectsOf, omit, saysSomething, textOf, defined, type Json } from './json.ts';
import { readLinks } from './links.ts';
import { readMappings, writeMappings } from './mappings.ts';
import type { Notes } from './report.ts';

const MAX_OVERRIDES = 1_000;

type Readers = {
  readonly [Key in keyof Required<FieldSettings>]: (value: unknown, notes: Notes) => FieldSettings[Key] | undefined;
};

/** How each setting is read; undefined where it says nothing that can be used. */
const SETTINGS: Readers = {
  displayName: readText,
  displayNameFromSource: readText,
  description: readText,
  unit: readText,
  decimals: readDecimals,
  min: readNumber,
  max: readNumber,
  fieldMinMax: readFlag,
  mappings: readMappings,
  thresholds: readThresholds,
  color: readColor,
  links: readLinks,
  noValue: readText,
  filterable: readFlag,
  custom: (value, notes) => (isObject(value) ? readCustom(value, (key) => notes.at(key)) : undefined),
};
/** What Grafana calls a setting where it has another name for it. */
const FOREIGN_NAMES: Readonly<Record<string, keyof FieldSettings>> = {
  displayNameFromDS: 'displayNameFromSource',
  title: 'displayName',
};

/** Reads a panel's `fieldConfig`. `extra` is what was not understood, in its place. */
export function readFieldConfig(value: unknown, notes: Notes): { readonly config: PanelFieldConfig; readonly extra: Json } {
  const json = objectOf(value);
  const defaults = readSettings(objectOf(json['defaults']), notes.at('defaults'));
  const overrides = listOf(json['overrides']);
  if (overrides.length > MAX_OVERRIDES) {
    notes.at('overrides').unsupported(`There are ${overrides.length} overrides; the first ${MAX_OVERRIDES} are kept.`);
  }
  const rest = {
    ...omit(json, ['defaults', 'overrides']),
    ...(saysSomething(defaults.extra) ? { defaults: defaults.extra } : {}),
  };
  return {
    config: {
      defaults: defaults.settings,
      overrides: overrides
        .slice(0, MAX_OVERRIDES)
        .flatMap((override, index) => readOverride(override, notes.at(`overrides[${index}]`))),
    },
    extra: rest,
  };
}

function readSettings(json: Json, notes: Notes): { readonly settings: FieldSettings; readonly extra: Json } {
  const settings: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  for (const [foreign, value] of Object.entries(json)) {
    const name = settingName(foreign);
    if (name === undefined) {
      if (saysSomething(value)) extra[foreign] = value;
    } else if (value !== null && value !== undefined) {
      const read = SETTINGS[name](value, notes.at(foreign));
      if (read !== undefined && settings[name] === undefined) settings[name] = read;
      if (name === 'color') {
        const unread = omit(objectOf(value), ['mode', 'fixedColor', 'seriesBy']);
        if (saysSomething(unread)) extra[foreign] = unread;
      }
    }
  }
  return { settings, extra };
}

function settingName(foreign: string): keyof FieldSettings | undefined {
  if (Object.hasOwn(FOREIGN_NAMES, foreign)) return FOREIGN_NAMES[foreign];
  return Object.hasOwn(SETTINGS, foreign) ? (foreign as keyof FieldSettings) : undefined;
}

function readOverride(value: unknown, notes: Notes): FieldOverride[] {
  if (!isObject(value) || !isObject(value['matcher'])) {
    notes.repaired('An override without a matcher changes nothing; it was left out.');
    return [];
  }
  const { id, options, ...restOfMatcher } = value['matcher'];
  const rest = omit(value, ['matcher', 'properties']);
  if (rest['__systemRef'] === 'hideSeriesFrom') {
    notes.at('__systemRef').approximated('Series that were switched off in the legend stay hidden by an ordinary override.');
  }
  notes.lost({ ...omit(rest, ['__systemRef']), ...restOfMatcher });
  if (textOf(id) === '') {
    notes.repaired('An override whose matcher has no id finds nothing; it was left out.');
    return [];
  }
  const properties = objectsOf(value['properties']).flatMap((property, index) =>
    readProperty(property, notes.at(`properties[${index}]`)),
  );
  return [{ matcher: { id: textOf(id), ...(options === undefined ? {} : { options }) }, properties }];
}

function readProperty(property: Json, notes: Notes): FieldOverride['properties'] {
  const { id: foreign, value, ...rest } = property;
  notes.lost(rest);
  const id = settingName(textOf(foreign)) ?? textOf(foreign);
  if (id === '') {
    notes.repaired('A property without an id sets nothing; it was left out.');
    return [];
  }
  if (value === null || value === undefined) return [{ id }];
  if (id.startsWith('custom.')) {
    const [key = '', member] = Object.entries(readCustom({ [id.slice('custom.'.length)]: value }, () => notes))[0] ?? [];
    return [{ id: `custom.${key}`, value: member }];
  }
  if (!Object.hasOwn(SETTINGS, id)) return [{ id, value }];
  const read = SETTINGS[id as keyof FieldSettings](value, notes.at('value'));
  return read === undefined ? [] : [{ id, value: read }];
}

/** Old words of `custom` in their newest form. */
function readCustom(custom: Json, at: (key: string) => Notes): Json {
  const entries = Object.entries(custom).flatMap(([key, value]): [string, unknown][] => {
    switch (key) {
      case 'displayMode':
        at(key).migrated('displayMode became cellOptions.');
        return [['cellOptions', cellOptions(textOf(value))]];
      case 'hideFrom':
        if (!isObject(value) || !('graph' in value)) return [[key, value]];
        at(`${key}.graph`).migrated('Hiding from the graph is hiding from the visualisation.');
        return [[key, { viz: value['graph'], ...omit(value, ['graph']) }]];
      case 'drawStyle':
        if (value !== 'bar') return [[key, value]];
        at(key).repaired('"bar" is no draw style; bars are meant.');
        return [[key, 'bars']];
      case 'stacking':
        if (typeof value === 'string') return [[key, { mode: value, group: 'A' }]];
        if (typeof value === 'boolean') return [[key, { mode: value ? 'normal' : 'none', group: 'A' }]];
        return [[key, value]];
      default:
        return [[key, value]];
    }
  });
  return Object.fromEntries(entries);
}

function cellOptions(displayMode: string): Json {
  switch (displayMode) {
    case 'basic':
      return { type: 'gauge', mode: 'basic' };
    case 'gradient-gauge':
      return { type: 'gauge', mode: 'gradient' };
    case 'lcd-gauge':
      return { type: 'gauge', mode: 'lcd' };
    case 'color-background':
      return { type: 'color-background', mode: 'gradient' };
    case 'color-background-solid':
      return { type: 'color-background', mode: 'basic' };
    default:
      return { type: displayMode };
  }
}

function readText(value: unknown, notes: Notes): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') {
    notes.repaired(`${String(value)} stands where text is expected; it is read as text.`);
    return String(value);
  }
  notes.repaired('Expected text; it was left out.');
  return undefined;
}

function readNumber(value: unknown, notes: Notes): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const number = numberOf(value);
  if (number !== undefined) notes.repaired(`The number ${number} was written as text.`);
  else if (saysSomething(value)) notes.repaired('Expected a number; it was left out.');
  return number;
}

function readDecimals(value: unknown, notes: Notes): number | undefined {
  const number = readNumber(value, notes);
  if (number === undefined) return undefined;
  const decimals = Math.min(20, Math.max(0, Math.round(number)));
  if (decimals !== number) notes.repaired(`Decimals are a whole number from 0 to 20; ${number} became ${decimals}.`);
  return decimals;
}

function readFlag(value: unknown, notes: Notes): boolean | undefined {
  if (typeof value === 'boolean') return value;
  notes.repaired('Expected true or false; it was left out.');
  return undefined;
}

/** `{ mode, steps }`, or the bare steps of older documents. Steps are put in rising order; the first starts at -Infinity. */
function readThresholds(value: unknown, notes: Notes): Thresholds | undefined {
  const json = objectOf(value);
  const given = objectsOf(Array.isArray(value) ? value : json['steps']);
  if (!Array.isArray(value) && !isObject(value)) {
    notes.repaired('Expected thresholds with steps; they were left out.');
    return undefined;
  }
  notes.lost(omit(json, ['mode', 'steps']));
  const steps = given.map((step, index): ThresholdStep => {
    const { value: at, color, ...rest } = step;
    notes.at(`steps[${index}]`).lost(omit(rest, ['index', 'state', 'line', 'op', 'yaxis']));
    const number = index === 0 && typeof at !== 'number' ? Number.NEGATIVE_INFINITY : (numberOf(at) ?? Number.NEGATIVE_INFINITY);
    return { value: number, color: textOf(color, 'green') };
  });
  const rising = steps.toSorted((a, b) => a.value - b.value || 0);
  if (rising.some((step, index) => step !== steps[index]))
    notes.repaired('The steps of the thresholds were put in rising order.');
  const distinct = rising.filter((step, index) => step.value !== rising[index + 1]?.value);
  if (distinct.length < rising.length) notes.repaired('Of several thresholds at one value the last was kept.');
  const [first, ...others] = distinct;
  if (first !== undefined && first.value !== Number.NEGATIVE_INFINITY) {
    notes.at('steps[0].value').repaired(`The first colour holds below ${first.value} too, as Grafana draws it.`);
  }
  return {
    mode: json['mode'] === 'percentage' ? 'percentage' : 'absolute',
    steps: first === undefined ? [] : [{ ...first, value: Number.NEGATIVE_INFINITY }, ...others],
  };
}

function readColor(value: unknown, notes: Notes): FieldColor | undefined {
  if (typeof value === 'string') {
    notes.repaired('A bare colour became a fixed colour.');
    return { mode: 'fixed', fixedColor: value };
  }
  if (!isObject(value)) return undefined;
  const seriesBy = value['seriesBy'];
  if (typeof seriesBy === 'string' && !['last', 'min', 'max'].includes(seriesBy)) {
    notes.at('seriesBy').repaired(`A series is coloured by its last, min or max, not by "${seriesBy}".`);
  }
  return {
    mode: textOf(value['mode'], saysSomething(value['fixedColor']) ? 'fixed' : 'thresholds'),
    ...defined({
      fixedColor: typeof value['fixedColor'] === 'string' ? value['fixedColor'] : undefined,
      seriesBy: seriesBy === 'last' || seriesBy === 'min' || seriesBy === 'max' ? seriesBy : undefined,
    }),
  };
}

export function writeFieldConfig({ defaults, overrides }: PanelFieldConfig): Json {
  return {
    defaults: writeSettings({ ...defaults }),
    overrides: overrides.map(({ matcher, properties }) => ({
      matcher,
      properties: properties.map(({ id, value }) => {
        const [[foreign, written] = [id, value]] = Object.entries(writeSettings({ [id]: value }));
        return value === undefined ? { id } : { id: foreign, value: written };
      }),
    })),
  };
}

function writeSettings(settings: Json): Json {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]): [string, unknown] => {
      switch (name) {
        case 'displayNameFromSource':
          return ['displayNameFromDS', value];
        case 'mappings':
          return [name, writeMappings(listOf(value) as readonly ValueMapping[])];
        case 'thresholds':
          return [name, writeThresholds(value as Thresholds)];
        default:
          return [name, value];
      }
    }),
  );
}

/** JSON has no -Infinity: null stands for it. */
function writeThresholds({ mode, steps }: Thresholds): Json {
  return { mode, steps: steps.map(({ value, color }) => ({ color, value: Number.isFinite(value) ? value : null })) };
}
