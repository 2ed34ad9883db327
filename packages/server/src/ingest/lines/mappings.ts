import { readFileSync } from 'node:fs';
import { RE2JS } from 're2js';
import { ConfigError } from '../../config/read-config.ts';
import { YamlField } from '../../scrape/yaml-field.ts';
import { labelNameOf, metricNameOf } from './metric-name.ts';

/** What kind of number a rule is for; the timers, histograms and distributions of StatsD are observers. */
export const MAPPED_TYPES = ['counter', 'gauge', 'observer', 'set'] as const;
export type MappedType = (typeof MAPPED_TYPES)[number];

/** How observed values are kept; what is undefined is the door's own choice. */
export interface ObserverOptions {
  readonly kind: 'histogram' | 'summary' | undefined;
  /** Ascending, without +Inf. */
  readonly buckets: readonly number[] | undefined;
  /** From 0 to 1, ascending. */
  readonly quantiles: readonly number[] | undefined;
}

/** What the rules make of a name. */
export type Mapped =
  | { readonly action: 'drop' }
  | {
      readonly action: 'map';
      /** A metric's name that Prometheus takes. */
      readonly name: string;
      readonly labels: readonly (readonly [name: string, value: string])[];
      readonly help: string;
      /** Tags that are sent stand over a rule's labels of the same name. */
      readonly honorLabels: boolean;
      /** What values are multiplied with. */
      readonly scale: number;
      /** How long a series is kept that nothing is sent for; undefined is the door's own choice, 0 for ever. */
      readonly ttlMs: number | undefined;
      readonly observer: ObserverOptions;
    };

/** Makes Prometheus' names of dotted ones. */
export interface Mappings {
  /** `type` is undefined where the protocol has no types: rules for one type do not match there. */
  map(name: string, type?: MappedType): Mapped;
}

interface Rule {
  readonly types: MappedType | undefined;
  /** The whole match and its groups, or undefined. */
  match(name: string): readonly string[] | undefined;
  readonly made: Mapped;
  readonly nameTemplate: string;
  readonly labelTemplates: readonly (readonly [name: string, template: string])[];
}

const MOST_RULES = 10_000;
const MOST_BUCKETS = 500;
const NO_OBSERVER: ObserverOptions = { kind: undefined, buckets: undefined, quantiles: undefined };
const DEFAULT_KEYS = new Set([
  'observer_type',
  'timer_type',
  'buckets',
  'quantiles',
  'histogram_options',
  'summary_options',
  'match_type',
  'glob_disable_ordering',
  'ttl',
]);
const RULE_KEYS = new Set([
  'match',
  'match_type',
  'match_metric_type',
  'action',
  'name',
  'labels',
  'honor_labels',
  'help',
  'scale',
  'ttl',
  'observer_type',
  'timer_type',
  'buckets',
  'quantiles',
  'histogram_options',
  'summary_options',
]);

/** Without rules all characters that Prometheus' names have not become underscores. */
export const NO_MAPPINGS: Mappings = { map: (name) => plainly(name, NO_OBSERVER, undefined) };

/** Reads the file at `path`. Throws ConfigError, whose message names the line. */
export function readMappings(path: string): Mappings {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`ingest.mappings: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, {
      cause: error,
    });
  }
  return parseMappings(path, text);
}

/**
 * Reads rules as statsd_exporter and graphite_exporter have them: `defaults` and `mappings`, of which the first that
 * matches counts. Throws ConfigError, whose message names the line.
 */
export function parseMappings(file: string, text: string): Mappings {
  const top = YamlField.parse(file, text).entries();
  for (const [key, field] of top) if (key !== 'defaults' && key !== 'mappings') field.fail('expected defaults or mappings');
  const defaults = fieldsOf(top.get('defaults'), DEFAULT_KEYS);
  const ttlMs = readTtl(defaults);
  const observer = readObserver(defaults, NO_OBSERVER);
  const regex = defaults.get('match_type')?.oneOf(['glob', 'regex']) === 'regex';
  if (defaults.get('glob_disable_ordering')?.boolean() === true)
    defaults
      .get('glob_disable_ordering')
      ?.fail('the first rule that matches counts here; leave this out and put the special ones first');
  const list = top.get('mappings')?.list() ?? [];
  if (list.length > MOST_RULES) top.get('mappings')?.fail(`there are more than ${MOST_RULES} rules`);
  const rules = list.map((field) => readRule(field, { regex, ttlMs, observer }));
  return {
    map(name, type) {
      for (const rule of rules) {
        if (rule.types !== undefined && rule.types !== type) continue;
        const groups = rule.match(name);
        if (groups === undefined) continue;
        if (rule.made.action === 'drop') return rule.made;
        return {
          ...rule.made,
          name: metricNameOf(expand(rule.nameTemplate, groups)),
          labels: rule.labelTemplates.map(([label, template]) => [label, expand(template, groups)] as const),
        };
      }
      return plainly(name, observer, ttlMs);
    },
  };
}

function plainly(name: string, observer: ObserverOptions, ttlMs: number | undefined): Mapped {
  return { action: 'map', name: metricNameOf(name), labels: [], help: '', honorLabels: false, scale: 1, ttlMs, observer };
}

interface Defaults {
  readonly regex: boolean;
  readonly ttlMs: number | undefined;
  readonly observer: ObserverOptions;
}

function readRule(field: YamlField, defaults: Defaults): Rule {
  const fields = fieldsOf(field, RULE_KEYS);
  const match = fields.get('match') ?? field.fail('match is missing');
  const typeField = fields.get('match_metric_type');
  const typeName = typeField?.oneOf([...MAPPED_TYPES, 'timer']);
  const regex = (fields.get('match_type')?.oneOf(['glob', 'regex']) ?? (defaults.regex ? 'regex' : 'glob')) === 'regex';
  const drops = fields.get('action')?.oneOf(['map', 'drop']) === 'drop';
  const name = fields.get('name');
  const nameTemplate = name?.text() ?? '';
  if (!drops && (name === undefined || nameTemplate === '')) field.fail('name is missing');
  if (!/^(?:[a-zA-Z0-9_:]|\$\{?\w+\}?)*$/.test(nameTemplate))
    name?.fail(`"${nameTemplate}" is no metric’s name: letters, digits, _ and : with references such as $1 or \${1}`);
  const labelTemplates = [...(fields.get('labels')?.entries() ?? [])].map(([label, value]) => {
    if (label !== labelNameOf(label) || label === '' || label.startsWith('__')) value.fail(`"${label}" is no label’s name`);
    return [label, value.text()] as const;
  });
  return {
    types: typeName === 'timer' ? 'observer' : typeName,
    match: regex ? regexMatch(match) : globMatch(match),
    nameTemplate,
    labelTemplates,
    made: drops
      ? { action: 'drop' }
      : {
          action: 'map',
          name: '',
          labels: [],
          help: fields.get('help')?.text() ?? '',
          honorLabels: fields.get('honor_labels')?.boolean() ?? false,
          scale: readScale(fields.get('scale')),
          ttlMs: readTtl(fields) ?? defaults.ttlMs,
          observer: readObserver(fields, defaults.observer),
        },
  };
}

/** Each `*` stands for one whole part between dots. */
function globMatch(field: YamlField): Rule['match'] {
  const parts = field.text().split('.');
  if (!parts.every((part) => part === '*' || (part !== '' && !/[*\s]/.test(part))))
    field.fail(`"${field.text()}" is no match: * stands for a whole part between dots; for more set match_type: regex`);
  return (name) => {
    const found = name.split('.', parts.length + 1);
    if (found.length !== parts.length) return undefined;
    const groups = [name];
    for (const [i, part] of parts.entries()) {
      const text = found[i] as string;
      if (part === '*') groups.push(text);
      else if (part !== text) return undefined;
    }
    return groups;
  };
}

/** RE2, found anywhere in the name, as in statsd_exporter. */
function regexMatch(field: YamlField): Rule['match'] {
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(field.text());
  } catch (error) {
    return field.fail(`"${field.text()}" is no regular expression (${(error as Error).message})`, { cause: error });
  }
  return (name) => {
    const matcher = regex.matcher(name);
    if (!matcher.find()) return undefined;
    return Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '');
  };
}

function expand(template: string, groups: readonly string[]): string {
  if (!template.includes('$')) return template;
  return template.replace(
    /\$(?:\{(\d+)\}|(\d+))/g,
    (_, braced: string | undefined, bare: string | undefined) => groups[Number(braced ?? bare)] ?? '',
  );
}

function fieldsOf(field: YamlField | undefined, keys: ReadonlySet<string>): Map<string, YamlField> {
  const fields = field?.entries() ?? new Map<string, YamlField>();
  for (const [key, value] of fields) if (!keys.has(key)) value.fail(`there is no such key; the keys are ${[...keys].join(', ')}`);
  return fields;
}

function readTtl(fields: ReadonlyMap<string, YamlField>): number | undefined {
  const field = fields.get('ttl');
  if (field === undefined) return undefined;
  return /^0+s?$/.test(field.text()) ? 0 : field.durationMs();
}

function readScale(field: YamlField | undefined): number {
  if (field === undefined) return 1;
  const scale = Number(field.text());
  return Number.isFinite(scale) && scale !== 0 ? scale : field.fail(`"${field.text()}" is not a number other than 0`);
}

function readObserver(fields: ReadonlyMap<string, YamlField>, before: ObserverOptions): ObserverOptions {
  const histogram = fieldsOf(fields.get('histogram_options'), new Set(['buckets']));
  const summary = fieldsOf(fields.get('summary_options'), new Set(['quantiles', 'max_age', 'age_buckets', 'buf_cap']));
  return {
    kind: (fields.get('observer_type') ?? fields.get('timer_type'))?.oneOf(['histogram', 'summary']) ?? before.kind,
    buckets: readBuckets(histogram.get('buckets') ?? fields.get('buckets')) ?? before.buckets,
    quantiles: readQuantiles(summary.get('quantiles') ?? fields.get('quantiles')) ?? before.quantiles,
  };
}

function readBuckets(field: YamlField | undefined): readonly number[] | undefined {
  if (field === undefined) return undefined;
  const buckets = numbersOf(field, field.list());
  if (buckets.at(-1) === Number.POSITIVE_INFINITY) buckets.pop();
  if (!buckets.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > (buckets[i - 1] as number))))
    field.fail('expected numbers, each greater than the one before');
  return buckets;
}

/** `[{ quantile: 0.99, error: 0.001 }]`, whose errors have no effect, or plain `[0.99]`. */
function readQuantiles(field: YamlField | undefined): readonly number[] | undefined {
  if (field === undefined) return undefined;
  const plain = field.list().map((item) => (typeof item.json() === 'object' ? (item.entries().get('quantile') ?? item) : item));
  const quantiles = numbersOf(field, plain);
  if (!quantiles.every((quantile) => quantile >= 0 && quantile <= 1)) field.fail('expected numbers from 0 to 1');
  return [...new Set(quantiles)].toSorted((a, b) => a - b);
}

function numbersOf(field: YamlField, list: readonly YamlField[]): number[] {
  if (list.length === 0 || list.length > MOST_BUCKETS) field.fail(`expected 1 to ${MOST_BUCKETS} numbers`);
  return list.map((item) => {
    const text = item.text().replace(/^\+?(?:\.?inf|Inf)$/i, 'Infinity');
    const number = Number(text);
    return text === '' || Number.isNaN(number) ? item.fail(`"${item.text()}" is not a number`) : number;
  });
}
