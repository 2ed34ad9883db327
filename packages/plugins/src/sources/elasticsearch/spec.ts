import { Read } from '@vitrine/model/parse/read.ts';
import type { DatasourceSpec } from '../../contract.ts';
import { httpControls, type HttpSettings, moreOf, parseHttpSettings, readDuration } from '../http-settings.ts';

/** How often a new index begins where the index's name holds a date. */
export const INDEX_INTERVALS = ['Hourly', 'Daily', 'Weekly', 'Monthly', 'Yearly'] as const;
export type IndexInterval = (typeof INDEX_INTERVALS)[number];

/** A server that speaks Elasticsearch's search API: Elasticsearch, OpenSearch. */
export interface ElasticsearchSettings extends HttpSettings {
  /** An index, an alias, a data stream, several with commas between, with `*`; a pattern such as `[logs-]YYYY.MM.DD` with `indexInterval`. */
  readonly index: string;
  readonly indexInterval: IndexInterval | undefined;
  /** undefined where nothing was set up: then a query's own counts. */
  readonly timeField: string | undefined;
  /** Buckets of a date histogram by itself are no shorter. */
  readonly minIntervalMs: number;
  /** The words of a log line; "" is the whole document. */
  readonly logMessageField: string;
  readonly logLevelField: string;
  /** What tells where a line comes from: lines around one have the same. */
  readonly contextFields: readonly string[];
}

export const METRIC_TYPES = [
  'count',
  'avg',
  'sum',
  'min',
  'max',
  'extended_stats',
  'percentiles',
  'cardinality',
  'moving_fn',
  'moving_avg',
  'derivative',
  'cumulative_sum',
  'serial_diff',
  'bucket_script',
  'top_metrics',
  'rate',
  'raw_document',
  'raw_data',
  'logs',
] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

export const BUCKET_TYPES = ['date_histogram', 'terms', 'filters', 'histogram', 'geohash_grid', 'nested'] as const;
export type BucketType = (typeof BUCKET_TYPES)[number];

type Settings = Readonly<Record<string, unknown>>;

export interface Metric {
  readonly id: string;
  readonly type: MetricType;
  readonly field: string;
  readonly hide: boolean;
  /** The id of the metric that a pipeline reads; "" reads none. */
  readonly pipelineAgg: string;
  readonly pipelineVariables: readonly { readonly name: string; readonly pipelineAgg: string }[];
  /** Which of the statistics of extended_stats are shown. */
  readonly meta: Settings;
  readonly settings: Settings;
}

export interface Bucket {
  readonly id: string;
  readonly type: BucketType;
  readonly field: string;
  readonly settings: Settings;
}

/** A query in the words of Grafana's Elasticsearch source. */
export interface ElasticsearchQuery {
  /** Lucene's query string; "" finds all. */
  readonly query: string;
  readonly alias: string;
  /** "" is that of the settings. */
  readonly timeField: string;
  /** At least one. */
  readonly metrics: readonly Metric[];
  /** The outermost first. */
  readonly bucketAggs: readonly Bucket[];
  /** Lines of logs come with how many there are over the range, by level. */
  readonly volume: boolean;
  /** The lines around one, whatever the rest says; undefined where nothing of the kind is asked. */
  readonly context: ContextQuery | undefined;
  /** In which language `query` is written, where that is not Lucene's: then it is all that is asked. */
  readonly code: CodeQuery | undefined;
}

export const CODE_LANGUAGES = ['ESQL', 'SQL', 'PPL'] as const;
/** ESQL is Elasticsearch's, PPL OpenSearch's, and each has its own SQL. */
export type CodeLanguage = (typeof CODE_LANGUAGES)[number];

/** How an answer to code is to come. */
export interface CodeQuery {
  readonly language: CodeLanguage;
  readonly format: 'table' | 'time_series' | 'logs';
}

/** Which lines are asked for around one. */
export interface ContextQuery {
  /** "index#id", as it stands in the column `id` of lines. */
  readonly id: string;
  /** Lines that have the same in these fields; undefined takes those of the settings. */
  readonly fields: readonly string[] | undefined;
  /** As many before it and after it. */
  readonly lines: number;
}

const EXAMPLE = 'http://elasticsearch:9200';
const MAX_AGGS = 50;
const MAX_CONTEXT = 1_000;
const MAX_CONTEXT_FIELDS = 50;
/** Where most writers say where a line comes from. */
const CONTEXT_FIELDS = [
  'host.name',
  'host',
  'hostname',
  'instance',
  'service.name',
  'service',
  'job',
  'app',
  'container.id',
  'container',
  'kubernetes.pod.name',
  'kubernetes.container.name',
  'pod',
  'namespace',
  'stream',
  'log.file.path',
];
/** What `luceneQueryType` asks for, where that is documents. */
const DOCUMENT_KINDS: Readonly<Record<string, MetricType>> = { Logs: 'logs', RawData: 'raw_data', RawDocument: 'raw_document' };

export const elasticsearchSpec: DatasourceSpec<ElasticsearchSettings, ElasticsearchQuery> = {
  kind: 'elasticsearch',
  aliases: ['grafana-opensearch-datasource', 'opensearch'],
  title: 'Elasticsearch',
  description: 'Logs and documents of Elasticsearch 7.10 or newer, or OpenSearch: searched, counted and grouped.',
  controls: [
    ...httpControls(EXAMPLE),
    {
      path: 'jsonData.index',
      label: 'Index',
      group: 'Documents',
      hint: 'An index, alias or data stream, with * for any letters; with dates such as [logs-]YYYY.MM.DD where a new one begins each day.',
      input: { kind: 'text', placeholder: 'logs-*' },
      otherwise: '',
    },
    {
      path: 'jsonData.interval',
      label: 'A new index begins',
      group: 'Documents',
      hint: 'Only for an index whose name holds a date.',
      input: {
        kind: 'choice',
        choices: [{ value: '', label: 'Not by date' }, ...INDEX_INTERVALS.map((value) => ({ value, label: value }))],
      },
      otherwise: '',
    },
    {
      path: 'jsonData.timeField',
      label: 'Time field',
      group: 'Documents',
      input: { kind: 'text', placeholder: '@timestamp' },
      otherwise: '',
    },
    {
      path: 'jsonData.timeInterval',
      label: 'Shortest interval',
      group: 'Documents',
      hint: 'How often documents are written: shorter buckets would be empty.',
      input: { kind: 'text', placeholder: '10s' },
      otherwise: '',
    },
    {
      path: 'jsonData.logMessageField',
      label: 'Message field',
      group: 'Logs',
      hint: 'The words of a log line; where there is none, the whole document.',
      input: { kind: 'text', placeholder: 'message' },
      otherwise: '',
    },
    {
      path: 'jsonData.logLevelField',
      label: 'Level field',
      group: 'Logs',
      input: { kind: 'text', placeholder: 'level' },
      otherwise: '',
    },
    {
      path: 'jsonData.logContextFields',
      label: 'Fields of a line’s origin',
      group: 'Logs',
      hint: 'Around a line those are shown that have the same in these fields; with commas between. Empty takes the usual names.',
      input: { kind: 'text', placeholder: 'host.name, service.name' },
      otherwise: '',
    },
  ],
  parseSettings(input) {
    const read = new Read('', input);
    const more = moreOf(read);
    const text = (key: string): string =>
      more
        .at(key)
        .or('', (it) => it.string())
        .trim();
    // Older files have the index as the database.
    const index =
      text('index') ||
      read
        .at('database')
        .or('', (it) => it.string())
        .trim();
    const interval = text('interval');
    return {
      ...parseHttpSettings(input, EXAMPLE),
      index: index === '' ? '*' : index,
      indexInterval: interval === '' ? undefined : more.at('interval').oneOf(INDEX_INTERVALS),
      timeField: text('timeField') || undefined,
      minIntervalMs: readDuration(more.at('timeInterval'), 0),
      logMessageField: text('logMessageField'),
      logLevelField: text('logLevelField'),
      contextFields: namesIn(text('logContextFields')) ?? CONTEXT_FIELDS,
    };
  },
  parseQuery(input) {
    const read = new Read('', input);
    const text = (key: string): string => read.at(key).or('', (it) => it.string());
    // OpenSearch's files say it apart from the metrics.
    const documents = DOCUMENT_KINDS[text('luceneQueryType')];
    const parsed = read.at('metrics').or([], (it) => it.atMost(MAX_AGGS, 'metrics').map(parseMetric));
    const isKnown = parsed.length > 0 && (documents === undefined || parsed.some((metric) => isDocuments(metric)));
    const metrics = isKnown ? parsed : [parseMetric(new Read('metrics[0]', { id: '1', type: documents ?? 'count' }))];
    return {
      query: text('query'),
      alias: text('alias'),
      timeField: text('timeField'),
      metrics,
      bucketAggs: read
        .at('bucketAggs')
        .or([parseBucket(new Read('bucketAggs[0]', { id: '2', type: 'date_histogram' }))], (it) =>
          it.atMost(MAX_AGGS, 'groups').map(parseBucket),
        ),
      volume: read.at('volume').value === true,
      context: read.at('context').or(undefined, parseContext),
      code: parseCode(read),
    };
  },
};

/** Named as files have it: "PPL", "esql", "ES|QL", "lucene". What names another kind of search is Lucene's. */
function parseCode(read: Read): CodeQuery | undefined {
  const named = read
    .at('queryType')
    .or('', (it) => it.string())
    .toUpperCase()
    .replace('|', '');
  const language = CODE_LANGUAGES.find((one) => one === named);
  if (language === undefined) return undefined;
  const format = read.at('format').or('table', (it) => it.string());
  return { language, format: format === 'time_series' || format === 'logs' ? format : 'table' };
}

function parseContext(read: Read): ContextQuery {
  const id = read.at('id').string();
  if (!id.includes('#')) read.at('id').fail('names no line; it is the index and the id of its document: "logs-1#a1b2"');
  return {
    id,
    fields: read.at('fields').or(undefined, (it) => it.atMost(MAX_CONTEXT_FIELDS, 'fields').map((one) => one.string())),
    lines: read.at('lines').or(50, (it) => it.integer(1, MAX_CONTEXT)),
  };
}

/** undefined where there are none. */
function namesIn(text: string): readonly string[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  const given = names.filter((name) => name !== '');
  return given.length === 0 ? undefined : given.slice(0, MAX_CONTEXT_FIELDS);
}

function parseMetric(read: Read): Metric {
  const text = (key: string): string => read.at(key).or('', (it) => String(it.value));
  const field = text('field');
  return {
    id: id(read),
    type: read.at('type').oneOf(METRIC_TYPES),
    field,
    hide: read.at('hide').value === true,
    // Older files name the metric that a pipeline reads as its field.
    pipelineAgg: text('pipelineAgg') || field,
    pipelineVariables: read.at('pipelineVariables').or([], (it) =>
      it.atMost(MAX_AGGS, 'variables').map((one) => ({
        name: one.at('name').string(),
        pipelineAgg: one.at('pipelineAgg').or('', (agg) => agg.string()),
      })),
    ),
    meta: objectOf(read.at('meta')),
    settings: objectOf(read.at('settings')),
  };
}

function parseBucket(read: Read): Bucket {
  return {
    id: id(read),
    type: read.at('type').oneOf(BUCKET_TYPES),
    field: read.at('field').or('', (it) => it.string()),
    settings: objectOf(read.at('settings')),
  };
}

/** Names an aggregation; those of Elasticsearch hold none of these three. */
function id(read: Read): string {
  const value = read.at('id');
  const text = typeof value.value === 'number' ? String(value.value) : value.string();
  return text === '' || /[[\]>]/.test(text) ? value.fail('names an aggregation, so it holds no [, ] or >') : text;
}

function objectOf(read: Read): Settings {
  return read.or({}, (it) => it.tree());
}

/** Whether a metric asks for the documents themselves. */
export function isDocuments({ type }: Pick<Metric, 'type'>): boolean {
  return type === 'raw_document' || type === 'raw_data' || type === 'logs';
}

/** Whether a metric is reckoned from others over the buckets. */
export function isPipeline({ type }: Pick<Metric, 'type'>): boolean {
  return ['moving_fn', 'moving_avg', 'derivative', 'cumulative_sum', 'serial_diff', 'bucket_script'].includes(type);
}
