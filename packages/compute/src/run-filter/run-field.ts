import { FilterError } from './filter-error.ts';

/** What of a metric's curve is meant. last: as logged last. latest: of the greatest step. best: the least or greatest, as its name tells. */
export const METRIC_PARTS = ['last', 'latest', 'first', 'min', 'max', 'best', 'points'] as const;
export type MetricPart = (typeof METRIC_PARTS)[number];

export type RunField =
  | { readonly kind: 'metric'; readonly name: string; readonly part: MetricPart }
  | { readonly kind: 'param' | 'tag'; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: RunAttribute };

/** What values of an attribute are. texts: several, of which one will do; health is too, of words that are known. */
export type AttributeType = 'text' | 'texts' | 'status' | 'health' | 'time' | 'duration';

const ATTRIBUTES = {
  name: { type: 'text', aliases: ['run_name'], says: 'what the run is called' },
  id: { type: 'text', aliases: ['run_id', 'run'], says: 'its id' },
  project: { type: 'text', aliases: ['experiment'], says: 'the project’s name' },
  group: { type: 'text', aliases: ['run_group'], says: 'seeds or folds of one experiment' },
  status: { type: 'status', aliases: [], says: 'running, scheduled, finished, failed or killed' },
  duration: { type: 'duration', aliases: [], says: 'from start to end, or to now: 90s, 2h, 1h30m' },
  started: { type: 'time', aliases: ['start_time', 'created'], says: 'when it started: 2026-05-01, now-7d' },
  ended: { type: 'time', aliases: ['end_time'], says: 'when it ended' },
  heard: { type: 'time', aliases: ['heartbeat', 'updated'], says: 'when the server last heard of it' },
  user: { type: 'text', aliases: ['user_id'], says: 'who started it' },
  source: { type: 'text', aliases: [], says: 'the door through which it came: mlflow, tensorboard, …' },
  host: { type: 'texts', aliases: ['hosts'], says: 'machines it runs on' },
  health: { type: 'health', aliases: ['finding'], says: 'ok, info, warning, critical, or a detector such as overfit' },
  parent: { type: 'text', aliases: ['parent_id'], says: 'the id of the run it belongs to' },
  notes: { type: 'text', aliases: ['note'], says: 'what people wrote of it' },
} as const satisfies Record<string, { readonly type: AttributeType; readonly aliases: readonly string[]; readonly says: string }>;
export type RunAttribute = keyof typeof ATTRIBUTES;

/** All attributes with a word on each, for completion. */
export const RUN_ATTRIBUTES: readonly { readonly name: RunAttribute; readonly type: AttributeType; readonly says: string }[] = (
  Object.keys(ATTRIBUTES) as RunAttribute[]
).map((name) => ({ name, type: ATTRIBUTES[name].type, says: ATTRIBUTES[name].says }));

const BY_NAME: ReadonlyMap<string, RunAttribute> = new Map(
  (Object.keys(ATTRIBUTES) as RunAttribute[]).flatMap((name) =>
    [name, ...ATTRIBUTES[name].aliases].map((alias) => [alias, name] as const),
  ),
);

/** MLflow's words for them too. */
const PREFIXES: ReadonlyMap<string, 'metric' | 'param' | 'tag' | 'attribute'> = new Map([
  ...['metrics', 'metric'].map((prefix) => [prefix, 'metric'] as const),
  ...['params', 'param', 'parameters', 'parameter'].map((prefix) => [prefix, 'param'] as const),
  ...['tags', 'tag'].map((prefix) => [prefix, 'tag'] as const),
  ...['attributes', 'attribute', 'attr', 'run'].map((prefix) => [prefix, 'attribute'] as const),
]);

export function attributeType(name: RunAttribute): AttributeType {
  return ATTRIBUTES[name].type;
}

/** What a filter writes as `prefix.name`, or as a bare word: then `prefix` is undefined. */
export interface WrittenField {
  readonly prefix: string | undefined;
  readonly name: string;
  readonly isQuoted: boolean;
  /** Behind a quoted name: ".best". */
  readonly suffix: string;
  readonly from: number;
  readonly to: number;
}

/** Whether the prefix is one of a field: `metrics.…`, where `resnet.…` is mere text. */
export function isFieldPrefix(prefix: string | undefined): boolean {
  return prefix !== undefined && PREFIXES.has(prefix.toLowerCase());
}

/** Throws FilterError. */
export function readField(written: WrittenField): RunField {
  const { prefix, name, from, to } = written;
  if (prefix === undefined) return attribute(name, from, to);
  const kind = PREFIXES.get(prefix.toLowerCase());
  if (kind === undefined) throw unknownField(`${prefix}.${name}`, from, to);
  if (name === '') throw new FilterError(`the name of the ${kind} is missing`, from, to);
  if (kind === 'metric') return metric(written);
  if (written.suffix !== '') throw new FilterError(`"${written.suffix.slice(0, 40)}" means nothing behind a ${kind}`, from, to);
  return kind === 'attribute' ? attribute(name, from, to) : { kind, name };
}

function metric({ name, isQuoted, suffix, from, to }: WrittenField): RunField {
  if (isQuoted) {
    if (suffix === '') return { kind: 'metric', name, part: 'last' };
    const part = partNamed(suffix.slice(1));
    if (part === undefined) throw new FilterError(`"${suffix.slice(0, 40)}" is none of .${METRIC_PARTS.join(', .')}`, from, to);
    return { kind: 'metric', name, part };
  }
  const dot = name.lastIndexOf('.');
  const part = dot > 0 ? partNamed(name.slice(dot + 1)) : undefined;
  return part === undefined ? { kind: 'metric', name, part: 'last' } : { kind: 'metric', name: name.slice(0, dot), part };
}

function partNamed(text: string): MetricPart | undefined {
  return METRIC_PARTS.find((part) => part === text);
}

function attribute(name: string, from: number, to: number): RunField {
  const known = BY_NAME.get(name.toLowerCase());
  if (known === undefined) throw unknownField(name, from, to);
  return { kind: 'attribute', name: known };
}

function unknownField(text: string, from: number, to: number): FilterError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  const rest = Object.keys(ATTRIBUTES).join(', ');
  return new FilterError(
    `"${shown}" is nothing that runs have: write metrics.${shown}, params.${shown} or tags.${shown}, or one of ${rest}`,
    from,
    to,
  );
}
