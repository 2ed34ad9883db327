import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Json } from './ask-elastic.ts';
import { luceneClause, narrowTo } from './filters.ts';
import { bucketLength, bucketMs, type PreparedQuery, settingNumber, settingText, zoneOf } from './prepare.ts';
import { type Bucket, isDocuments, isPipeline, type Metric } from './spec.ts';

/** Half-open, unix milliseconds. */
export interface SearchRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The window of results that servers allow unless they are told otherwise. */
const MAX_DOCUMENTS = 10_000;
/** Servers refuse some ten thousand groups, after they made them. */
const MAX_TIMES = 20_000;
const DEFAULT_DOCUMENTS = 500;
const DEFAULT_TERMS = 500;
const DEFAULT_PERCENTS = [25, 50, 75, 95, 99];

/** Counts and reckons over groups: no documents come back. */
export function buildAggregations(query: PreparedQuery, range: SearchRange): Json {
  const aggs = levelAt(query, range, 0);
  return {
    size: 0,
    // Without groups the number of all documents is what is counted.
    track_total_hits: query.buckets.every(({ type }) => type === 'nested'),
    query: narrowTo(query.timeField, { gte: range.fromMs, lt: range.toMs }, query.query, query.filters),
    ...aggs,
  };
}

/** The documents themselves, the newest first unless logs are asked for the other way. */
export function buildDocuments(query: PreparedQuery, range: SearchRange): Json {
  const metric = query.metrics.find(isDocuments) as Metric;
  const size = settingNumber(metric.settings, 'limit') ?? settingNumber(metric.settings, 'size') ?? DEFAULT_DOCUMENTS;
  if (!Number.isInteger(size) || size < 1 || size > MAX_DOCUMENTS)
    throw new BadRequest('settings.size', `${size} is not a number of documents from 1 to ${MAX_DOCUMENTS}`);
  const order = settingText(metric.settings, 'sortDirection') === 'asc' ? 'asc' : 'desc';
  return {
    size,
    query: narrowTo(query.timeField, { gte: range.fromMs, lt: range.toMs }, query.query, query.filters),
    ...documentParts(query.timeField, order),
  };
}

/** How documents come: in order of time, with the time as the server reads it, whatever its form in the document. */
export function documentParts(timeField: string, order: 'asc' | 'desc'): Json {
  return {
    sort: [{ [timeField]: { order, unmapped_type: 'boolean' } }, { _doc: { order } }],
    docvalue_fields: [{ field: timeField, format: 'strict_date_optional_time_nanos' }],
  };
}

/** The groups from this depth on, with the metrics in the innermost. */
function levelAt(query: PreparedQuery, range: SearchRange, depth: number): { readonly aggs?: Json } {
  const bucket = query.buckets[depth];
  if (bucket === undefined) {
    const metrics = query.metrics.filter(({ type }) => type !== 'count');
    if (metrics.length === 0) return {};
    return { aggs: Object.fromEntries(metrics.map((metric) => [metric.id, metricOf(metric, query.metrics)])) };
  }
  const inner = levelAt(query, range, depth + 1);
  const ordering = bucket.type === 'terms' ? orderingMetric(bucket, query.metrics) : undefined;
  const aggs = {
    ...inner.aggs,
    ...(ordering === undefined ? {} : { [ordering.id]: metricOf(ordering, query.metrics) }),
  };
  return {
    aggs: { [bucket.id]: { ...bucketOf(bucket, query, range), ...(Object.keys(aggs).length === 0 ? {} : { aggs }) } },
  };
}

function bucketOf(bucket: Bucket, query: PreparedQuery, { fromMs, toMs }: SearchRange): Json {
  const { type, settings } = bucket;
  const field = bucket.field;
  const needed = (): string => {
    if (field === '') throw new BadRequest(`bucketAggs.${bucket.id}.field`, `is missing: ${type} groups by a field`);
    return field;
  };
  const minimum = settingNumber(settings, 'min_doc_count');
  switch (type) {
    case 'date_histogram': {
      const offset = settingText(settings, 'offset');
      const zone = zoneOf(settings);
      const length = bucketLength(bucket, query.autoMs);
      const times = (toMs - fromMs) / bucketMs(length);
      if (times > MAX_TIMES)
        throw new LimitExceeded(
          'groups',
          `The interval makes ${Math.ceil(times).toLocaleString('en')} groups of time, and the limit is ${MAX_TIMES.toLocaleString('en')}; take a longer interval, or "auto"`,
        );
      return {
        date_histogram: {
          field: field === '' ? query.timeField : field,
          ...length,
          min_doc_count: minimum ?? 0,
          // Groups without documents stand there too, from end to end: as zeros for counts, missing for the rest.
          ...(field === '' || field === query.timeField ? { extended_bounds: { min: fromMs, max: toMs - 1 } } : {}),
          format: 'epoch_millis',
          ...(offset === '' ? {} : { offset }),
          ...(zone === undefined ? {} : { time_zone: zone }),
        },
      };
    }
    case 'terms': {
      const size = settingNumber(settings, 'size') ?? DEFAULT_TERMS;
      const missing = settingText(settings, 'missing');
      return {
        terms: {
          field: needed(),
          size: size > 0 ? size : DEFAULT_TERMS,
          ...termsOrder(bucket, query.metrics),
          ...(minimum === undefined ? {} : { min_doc_count: minimum }),
          ...(missing === '' ? {} : { missing }),
        },
      };
    }
    case 'filters':
      return { filters: { filters: Object.fromEntries(filtersOf(bucket)) } };
    case 'histogram':
      return {
        histogram: { field: needed(), interval: settingNumber(settings, 'interval') ?? 1_000, min_doc_count: minimum ?? 0 },
      };
    case 'geohash_grid':
      return { geohash_grid: { field: needed(), precision: settingNumber(settings, 'precision') ?? 3 } };
    case 'nested':
      return { nested: { path: needed() } };
  }
}

/** Each filter by its name. */
function filtersOf({ settings }: Bucket): (readonly [name: string, clause: Json])[] {
  const given = Array.isArray(settings['filters']) ? (settings['filters'] as unknown[]) : [];
  const read = given.map((one) => {
    const { query, label } = (one ?? {}) as { readonly query?: unknown; readonly label?: unknown };
    const text = typeof query === 'string' && query !== '' ? query : '*';
    const clause = luceneClause(text)[0] ?? { match_all: {} };
    return [typeof label === 'string' && label !== '' ? label : text, clause] as const;
  });
  return read.length === 0 ? [['*', { match_all: {} }]] : read;
}

/** `_term` is what `_key` was called; a metric's id may have a key behind it: "1[95.0]". */
function termsOrder(bucket: Bucket, metrics: readonly Metric[]): { readonly order?: Json } {
  const by = settingText(bucket.settings, 'orderBy');
  if (by === '') return {};
  const order = settingText(bucket.settings, 'order') === 'asc' ? 'asc' : 'desc';
  if (by === '_term' || by === '_key') return { order: { _key: order } };
  const metric = orderedBy(by, metrics);
  return { order: { [metric?.type === 'count' ? '_count' : by]: order } };
}

function orderedBy(by: string, metrics: readonly Metric[]): Metric | undefined {
  const id = by.replace(/[[.].*$/, '');
  return metrics.find((metric) => metric.id === by) ?? metrics.find((metric) => metric.id === id);
}

function orderingMetric(bucket: Bucket, metrics: readonly Metric[]): Metric | undefined {
  const metric = orderedBy(settingText(bucket.settings, 'orderBy'), metrics);
  return metric === undefined || metric.type === 'count' || isPipeline(metric) ? undefined : metric;
}

/** The percentages of a metric `percentiles`. */
export function percentsOf({ settings }: Metric): number[] {
  const given = Array.isArray(settings['percents']) ? (settings['percents'] as unknown[]) : DEFAULT_PERCENTS;
  const numbers = given.map(Number).filter((percent) => percent >= 0 && percent <= 100);
  return numbers.length === 0 ? DEFAULT_PERCENTS : numbers;
}

/** The fields whose newest values a metric `top_metrics` shows. */
export function topFields({ settings }: Metric): string[] {
  const given = settings['metrics'];
  return Array.isArray(given) ? given.filter((field): field is string => typeof field === 'string') : [];
}

function metricOf(metric: Metric, metrics: readonly Metric[]): Json {
  const { type, field, settings, id } = metric;
  const script = scriptOf(settings);
  const missing = settingNumber(settings, 'missing');
  const plain = (more: Json = {}): Json => {
    if (field === '' && script === undefined)
      throw new BadRequest(`metrics.${id}.field`, `is missing: ${type} reckons with a field`);
    return {
      [type]: {
        ...(field === '' ? {} : { field }),
        ...(script === undefined ? {} : { script: { source: script } }),
        ...(missing === undefined ? {} : { missing }),
        ...more,
      },
    };
  };
  const optional = (key: string): Json => {
    const value = settingNumber(settings, key);
    return value === undefined ? {} : { [key]: value };
  };
  const path = (): string => pathOf(metric.pipelineAgg, metrics, id);
  switch (type) {
    case 'percentiles':
      return plain({ percents: percentsOf(metric) });
    case 'extended_stats':
      return plain(optional('sigma'));
    case 'cardinality':
      return plain(optional('precision_threshold'));
    case 'top_metrics': {
      const orderBy = settingText(settings, 'orderBy') || '_score';
      const order = settingText(settings, 'order') === 'asc' ? 'asc' : 'desc';
      return {
        top_metrics: { metrics: topFields(metric).map((one) => ({ field: one })), size: 1, sort: [{ [orderBy]: order }] },
      };
    }
    case 'rate': {
      const mode = settingText(settings, 'mode');
      return {
        rate: {
          unit: settingText(settings, 'unit') || 'second',
          ...(field === '' ? {} : { field, ...(mode === '' ? {} : { mode }) }),
        },
      };
    }
    case 'derivative': {
      const unit = settingText(settings, 'unit');
      return { derivative: { buckets_path: path(), ...(unit === '' ? {} : { unit }) } };
    }
    case 'cumulative_sum':
      return { cumulative_sum: { buckets_path: path() } };
    case 'serial_diff':
      return { serial_diff: { buckets_path: path(), lag: settingNumber(settings, 'lag') ?? 1 } };
    case 'moving_fn':
      return {
        moving_fn: {
          buckets_path: path(),
          window: settingNumber(settings, 'window') ?? 5,
          script: script ?? 'MovingFunctions.unweightedAvg(values)',
          ...optional('shift'),
        },
      };
    case 'moving_avg':
      // What moving_avg became: it counted the bucket itself, which is a shift of one.
      return {
        moving_fn: {
          buckets_path: path(),
          window: settingNumber(settings, 'window') ?? 5,
          script: movingModel(settings),
          shift: 1,
        },
      };
    case 'bucket_script':
      return {
        bucket_script: {
          buckets_path: Object.fromEntries(
            metric.pipelineVariables.map(({ name, pipelineAgg }) => [name, pathOf(pipelineAgg, metrics, id)]),
          ),
          script: { source: script ?? '' },
        },
      };
    default:
      return plain();
  }
}

function pathOf(id: string, metrics: readonly Metric[], of: string): string {
  const metric = metrics.find((one) => one.id === id);
  if (metric === undefined) throw new BadRequest(`metrics.${of}.pipelineAgg`, `"${id.slice(0, 100)}" is no metric of this query`);
  return metric.type === 'count' ? '_count' : id;
}

/** As text, or in an object as older files have it. */
function scriptOf(settings: Metric['settings']): string | undefined {
  const script = settings['script'];
  if (typeof script === 'string') return script === '' ? undefined : script;
  const { source, inline } = (script ?? {}) as { readonly source?: unknown; readonly inline?: unknown };
  return typeof source === 'string' ? source : typeof inline === 'string' ? inline : undefined;
}

function movingModel(settings: Metric['settings']): string {
  const own = (settings['settings'] ?? {}) as Metric['settings'];
  const number = (key: string, otherwise: number): number => settingNumber(own, key) ?? otherwise;
  const [alpha, beta, gamma] = [number('alpha', 0.3), number('beta', 0.1), number('gamma', 0.3)];
  switch (settings['model']) {
    case 'linear':
      return 'MovingFunctions.linearWeightedAvg(values)';
    case 'ewma':
      return `MovingFunctions.ewma(values, ${alpha})`;
    case 'holt':
      return `MovingFunctions.holt(values, ${alpha}, ${beta})`;
    case 'holt_winters':
      return `MovingFunctions.holtWinters(values, ${alpha}, ${beta}, ${gamma}, ${number('period', 1)}, ${settingText(own, 'pad') === 'true'})`;
    default:
      return 'MovingFunctions.unweightedAvg(values)';
  }
}
