import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { ExpositionError } from '../exposition/exposition-error.ts';
import type { Exposition, ExpositionFormat } from '../exposition/exposition.ts';
import { parseExpositionInSteps } from '../exposition/parse-exposition.ts';
import type { GroupLabels } from './group-labels.ts';
import { PushRefused } from './push-refused.ts';

/** Samples that one push, and one group, may have. */
export const MOST_SAMPLES = 20_000;
/** Then others have their turn: about 10 ms where there are a dozen labels. */
export const SAMPLES_A_STEP = 500;
/** Text with more lines than this is not even read: at most two lines of a metric say what it is. */
const MOST_LINES = 5 * MOST_SAMPLES;

export type MetricType = MetricMetadata['type'];

/** One metric of a group with all its samples: series i is (keys[i], values[i]). */
export interface PushedFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
  /** `Labels.key`, with the group's labels put in. */
  readonly keys: readonly string[];
  readonly values: Float64Array;
  /** The samples that are native histograms, by their place; their values mean nothing. */
  readonly histograms?: ReadonlyMap<number, NativeHistogram> | undefined;
  /** Unix milliseconds. */
  readonly pushedMs: number;
}

/** The gateway's own metrics of each group: whoever pushes metrics of these names does so in vain. */
export const PUSH_TIME = 'push_time_seconds';
export const PUSH_FAILURE_TIME = 'push_failure_time_seconds';

/** Endings of the samples of each type. Text has a counter's sample under the metric's own name, OpenMetrics with _total. */
const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['', '_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['_info', ''],
  stateset: [''],
  unknown: [''],
};
const LONG_SUFFIXES = [...new Set(Object.values(SUFFIXES).flat())].filter((suffix) => suffix !== '');

/** What other metrics' names may not be, where a metric of this type is there. */
export function sampleNames(name: string, type: MetricType): string[] {
  return SUFFIXES[type].filter((suffix) => suffix !== '' && suffix !== '_created').map((suffix) => name + suffix);
}

interface FamilyDraft {
  readonly description: Omit<MetricMetadata, 'metric'>;
  readonly keys: string[];
  readonly values: number[];
  readonly histograms: Map<number, NativeHistogram>;
}

/** Collects samples into metrics, with the group's labels over their own. */
export class FamilyBuilder {
  readonly #group: GroupLabels;
  readonly #nowMs: number;
  readonly #described: ReadonlyMap<string, MetricMetadata>;
  readonly #families = new Map<string, FamilyDraft>();

  constructor(group: GroupLabels, metadata: readonly MetricMetadata[], nowMs: number) {
    this.#group = group;
    this.#nowMs = nowMs;
    this.#described = new Map(metadata.map((entry) => [entry.metric, entry]));
  }

  /** With a histogram the value means nothing. */
  add(exposed: Labels, value: number, histogram?: NativeHistogram): void {
    const sample = exposed.metricName;
    const name = histogram === undefined ? this.#familyOf(sample) : sample;
    if (name === PUSH_TIME || name === PUSH_FAILURE_TIME) return;
    let family = this.#families.get(name);
    if (family === undefined) {
      const description = this.#described.get(name) ?? { type: 'unknown', help: '', unit: '' };
      family = { description, keys: [], values: [], histograms: new Map() };
      this.#families.set(name, family);
    }
    if (histogram !== undefined) family.histograms.set(family.keys.length, histogram);
    family.keys.push(Labels.from([...exposed, ...this.#group]).key);
    family.values.push(value);
  }

  finish(): PushedFamily[] {
    return Array.from(this.#families, ([name, { description, keys, values, histograms }]) => ({
      name,
      type: description.type,
      help: description.help,
      unit: description.unit,
      keys,
      values: Float64Array.from(values),
      histograms: histograms.size === 0 ? undefined : histograms,
      pushedMs: this.#nowMs,
    }));
  }

  #familyOf(sample: string): string {
    const own = this.#described.get(sample);
    if (own !== undefined) {
      if (SUFFIXES[own.type].includes('')) return sample;
      const names = SUFFIXES[own.type].map((suffix) => sample + suffix).join(', ');
      throw inconsistent(`${sample} is of type ${own.type}, which has no sample of that name, but ${names}.`);
    }
    for (const suffix of LONG_SUFFIXES) {
      if (!sample.endsWith(suffix)) continue;
      const name = sample.slice(0, -suffix.length);
      const described = this.#described.get(name);
      if (described !== undefined && SUFFIXES[described.type].includes(suffix)) return name;
    }
    return sample;
  }
}

/** Reads Prometheus text or OpenMetrics, in steps. Throws PushRefused: also where a sample has a time of its own. */
export function* readPushedText(
  body: Uint8Array,
  format: ExpositionFormat,
  group: GroupLabels,
  nowMs: number,
): Generator<undefined, PushedFamily[]> {
  checkLines(body);
  let exposition: Exposition;
  try {
    exposition = yield* parseExpositionInSteps(body, format);
  } catch (error) {
    if (error instanceof ExpositionError)
      throw new PushRefused(400, 'not readable', `The metrics cannot be read: ${error.message}.`, { cause: error });
    throw error;
  }
  if (exposition.length > MOST_SAMPLES) throw tooManySamples();
  const builder = new FamilyBuilder(group, exposition.metadata, nowMs);
  for (let i = 0; i < exposition.length; i++) {
    const exposed = Labels.fromKey(exposition.series[i]?.key as string);
    if (!Number.isNaN(exposition.timestampsMs[i])) throw timestamped(exposed);
    builder.add(exposed, exposition.values[i] as number);
    if ((i + 1) % SAMPLES_A_STEP === 0) yield;
  }
  return builder.finish();
}

function checkLines(body: Uint8Array): void {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let lines = 0;
  for (let at = bytes.indexOf('\n'); at !== -1; at = bytes.indexOf('\n', at + 1))
    if (++lines > MOST_LINES) throw tooManySamples();
}

function tooManySamples(): PushRefused {
  return new PushRefused(
    413,
    'too large',
    `A push may have at most ${MOST_SAMPLES} samples. Push fewer series, or under several groups.`,
  );
}

export function timestamped(exposed: Labels): PushRefused {
  return new PushRefused(
    400,
    'timestamps',
    `${shown(exposed)} has a timestamp. What is pushed counts as it is until it is pushed again, so leave timestamps out, or send samples of the past by remote write.`,
  );
}

export function inconsistent(sentence: string): PushRefused {
  return new PushRefused(400, 'inconsistent', sentence);
}

export function shown(labels: Labels): string {
  const text = String(labels);
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

/** The key of one of the gateway's own series of a group. */
export function ownKey(name: string, group: GroupLabels): string {
  return Labels.from([...group, [METRIC_NAME, name]]).key;
}
