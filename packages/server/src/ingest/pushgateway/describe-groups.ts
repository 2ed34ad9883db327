import { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { wireBuckets } from '@vitrine/promql/histogram/format.ts';
import { parseExpositionNumber } from '../exposition/parse-exposition.ts';
import { goNumber } from './go-number.ts';
import type { PushedGroup } from './push-groups.ts';
import { type MetricType, PUSH_FAILURE_TIME, PUSH_TIME, type PushedFamily } from './pushed-family.ts';

/** Pushgateway's names of the types. */
const TYPES: Readonly<Partial<Record<MetricType, string>>> = {
  counter: 'COUNTER',
  gauge: 'GAUGE',
  histogram: 'HISTOGRAM',
  gaugehistogram: 'GAUGE_HISTOGRAM',
  summary: 'SUMMARY',
};
const HELP = {
  [PUSH_TIME]: 'Last Unix time when changing this group in the Pushgateway succeeded.',
  [PUSH_FAILURE_TIME]: 'Last Unix time when changing this group in the Pushgateway failed.',
} as const;

/** A group as Pushgateway's GET /api/v1/metrics answers it: numbers are texts. */
export function describeGroup(group: PushedGroup): Record<string, unknown> {
  const { labels, families, pushedMs = 0, failedMs = 0 } = group;
  // Labels that the group takes away stand there as empty, as an instance that nobody gave does.
  const gone: Base = { instance: '', ...Object.fromEntries([...labels].filter(([, value]) => value === '')) };
  return Object.fromEntries<unknown>([
    ...Array.from(families.values(), (family) => [family.name, describeFamily(family, gone)] as const),
    ...([PUSH_TIME, PUSH_FAILURE_TIME] as const).map((name) => {
      const atMs = name === PUSH_TIME ? pushedMs : failedMs;
      const metric = { labels: { ...gone, ...Object.fromEntries(labels) }, value: goNumber(atMs / 1_000) };
      const about = { time_stamp: timeText(atMs), type: 'GAUGE', help: HELP[name] };
      return [name, { ...about, metrics: [metric] }] as const;
    }),
    ['labels', Object.fromEntries(labels)],
    ['last_push_successful', pushedMs >= failedMs],
  ]);
}

type Base = Readonly<Record<string, string>>;

function describeFamily(family: PushedFamily, base: Base): Record<string, unknown> {
  const { type, help, pushedMs } = family;
  return {
    time_stamp: timeText(pushedMs),
    type: TYPES[type] ?? 'UNTYPED',
    ...(help === '' ? {} : { help }),
    metrics:
      type === 'histogram' || type === 'gaugehistogram' || type === 'summary'
        ? describeParts(family, base)
        : describeValues(family, base),
  };
}

function describeValues({ name, keys, values }: PushedFamily, base: Base): unknown[] {
  return keys.map((key, i) => describeMetric(name, base, Labels.fromKey(key), { value: goNumber(values[i] as number) }));
}

interface Parts {
  readonly labels: Labels;
  readonly bounds: Record<string, string>;
  native: NativeHistogram | undefined;
  sum: string;
  count: string;
}

/**
 * A histogram's buckets or a summary's quantiles by bound, with their sum and count, for each set of labels. The buckets of one that
 * has native ones only are those, as Prometheus' HTTP API has them.
 */
function describeParts({ name, type, keys, values, histograms }: PushedFamily, base: Base): unknown[] {
  const metrics = new Map<string, Parts>();
  const bound = type === 'summary' ? 'quantile' : 'le';
  const own = new Set(['__name__', bound]);
  for (const [i, key] of keys.entries()) {
    const labels = Labels.fromKey(key);
    const rest = labels.without(own);
    const parts: Parts = metrics.get(rest.key) ?? { labels: rest, bounds: {}, native: undefined, sum: '0', count: '0' };
    metrics.set(rest.key, parts);
    parts.native ??= histograms?.get(i);
    if (histograms?.has(i) === true) continue;
    const suffix = labels.metricName.slice(name.length);
    const text = goNumber(values[i] as number);
    if (suffix === '_sum' || suffix === '_gsum') parts.sum = text;
    else if (suffix === '_count' || suffix === '_gcount') parts.count = text;
    else if (suffix !== '_created') parts.bounds[boundText(labels.get(bound))] = text;
  }
  return Array.from(metrics.values(), ({ labels, bounds, native, sum, count }) => {
    if (native !== undefined && Object.keys(bounds).length === 0) {
      const buckets = wireBuckets(native).map(([rule, ...numbers]) => [rule, ...numbers.map(goNumber)]);
      return describeMetric(name, base, labels, { buckets, sum: goNumber(native.sum), count: goNumber(native.count) });
    }
    return describeMetric(name, base, labels, { [type === 'summary' ? 'quantiles' : 'buckets']: bounds, sum, count });
  });
}

/** The name stands with the labels where it is not the metric's own: foo_total of foo. */
function describeMetric(name: string, base: Base, labels: Labels, value: Readonly<Record<string, unknown>>): unknown {
  const { __name__: sample = name, ...rest } = labels.toObject();
  return { labels: { ...base, ...rest, ...(sample === name ? {} : { __name__: sample }) }, ...value };
}

/** Clients write the bound 1 as "1" or as "1.0"; Pushgateway reads it as a number. */
function boundText(text: string): string {
  const number = parseExpositionNumber(text);
  return number === undefined ? text : goNumber(number);
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
