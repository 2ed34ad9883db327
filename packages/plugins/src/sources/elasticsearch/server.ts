import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Notice } from '@vitrine/model/frame.ts';
import type { DatasourceServer, QueryAnswer, QueryContext } from '../../contract.ts';
import { asList, asObject, asText, type Json } from './ask-elastic.ts';
import { buildAggregations, buildDocuments, type SearchRange } from './build-search.ts';
import { askIsOpenSearch } from './code/ask-code.ts';
import { runCode } from './code/run-code.ts';
import { buildCounts, levelField, readCounts } from './count-lines.ts';
import { checkElastic } from './check-elastic.ts';
import { findAnnotations } from './find-annotations.ts';
import { findOptions } from './find-options.ts';
import { indexNames } from './index-names.ts';
import { type KnownField, knownFields } from './known-fields.ts';
import { isAutomatic, type PreparedQuery, prepareQuery, settingText, timeFieldOf } from './prepare.ts';
import { logFrame, readDocuments } from './read-documents.ts';
import { readGroups, totalHits } from './read-groups.ts';
import { type AskSearch, searchBatches } from './search-batch.ts';
import {
  type ContextQuery,
  type ElasticsearchQuery,
  type ElasticsearchSettings,
  elasticsearchSpec,
  isDocuments,
  isPipeline,
} from './spec.ts';
import { surroundingLines } from './surrounding-lines.ts';
import { suggestFor } from './suggest.ts';

/** Elasticsearch or OpenSearch. It cannot tell of growth, so that pages poll. */
export const elasticsearch: DatasourceServer<ElasticsearchSettings, ElasticsearchQuery> = {
  spec: elasticsearchSpec,
  connect: (settings, needs) => {
    const askSearch = searchBatches(settings, needs.fetch);
    const fieldsOf = async (signal: AbortSignal) => (await knownFields(settings, needs.fetch, signal)).fields;
    const connected = { settings, askSearch, fieldsOf };
    const isOpenSearch = askIsOpenSearch(settings, needs.fetch);
    return {
      async query(refId, query, context) {
        if (query.context !== undefined) return runContext(connected, refId, query, query.context, context);
        if (query.code === undefined) return runQuery(connected, refId, query, context);
        const isOpen = await isOpenSearch(context.signal);
        return runCode(settings, needs.fetch, isOpen, refId, query, query.code, context);
      },
      options: (spec, context) => findOptions(settings, askSearch, () => fieldsOf(context.signal), spec, context),
      annotations: (spec, context) => findAnnotations(settings, askSearch, spec, context),
      check: (signal) => checkElastic(settings, needs.fetch, signal),
      suggest: (path, parameters, signal) => suggestFor(settings, needs.fetch, askSearch, path, parameters, signal),
    };
  },
};

interface Connected {
  readonly settings: ElasticsearchSettings;
  readonly askSearch: AskSearch;
  readonly fieldsOf: (signal: AbortSignal) => Promise<readonly KnownField[]>;
}

async function runQuery(
  connected: Connected,
  refId: string,
  query: ElasticsearchQuery,
  context: QueryContext,
): Promise<QueryAnswer> {
  const startedMs = performance.now();
  const { settings, askSearch } = connected;
  const { shown, signal, limits } = context;
  const prepared = prepareQuery(query, context, settings);
  const documents = prepared.metrics.find((metric) => isDocuments(metric));
  const isOverTime = documents === undefined && prepared.buckets.at(-1)?.type === 'date_histogram';
  const growable = isOverTime && canGrow(prepared, context.stepMs);
  // The first group of a curve is whole where it begins with the grid, which may be the newest part only.
  const fromMs = growable ? context.fromMs : isOverTime ? Math.min(context.fromMs, shown.fromMs) : shown.fromMs;
  const range = { fromMs, toMs: shown.toMs };
  if (documents === undefined && prepared.metrics.every(({ hide }) => hide))
    throw new BadRequest('metrics', 'are all hidden; show at least one');
  const body = documents === undefined ? buildAggregations(prepared, range) : buildDocuments(prepared, range);
  const index = indexNames(settings, range.fromMs, range.toMs);
  const isCounted = query.volume && documents?.type === 'logs';
  const [answer, counts] = await Promise.all([
    askSearch({ index, body }, signal),
    isCounted ? countLines(connected, refId, prepared, range, index, signal) : { frames: [], notices: [] },
  ]);
  const read =
    documents === undefined
      ? { frame: readGroups(refId, prepared, answer, limits), notices: [] }
      : readDocuments(refId, documents.type, answer, prepared.timeField, settings);
  return {
    frames: [...counts.frames, read.frame],
    growable,
    notices: [...partNotices(refId, answer), ...read.notices, ...counts.notices],
    trace: {
      refId,
      source: settings.name,
      executed: JSON.stringify(body),
      stepMs: isOverTime ? prepared.autoMs : 0,
      elapsedMs: performance.now() - startedMs,
      seriesRead: Math.max(0, read.frame.fields.length - 1),
      samplesRead: documents === undefined ? totalHits(answer) : read.frame.length,
    },
  };
}

/** How many lines there are stands beside the lines: where it fails they are shown all the same. */
async function countLines(
  { settings, askSearch, fieldsOf }: Connected,
  refId: string,
  prepared: PreparedQuery,
  range: SearchRange,
  index: string,
  signal: AbortSignal,
): Promise<Pick<QueryAnswer, 'frames' | 'notices'>> {
  try {
    const level = levelField(await fieldsOf(signal), settings.logLevelField);
    return {
      frames: [readCounts(refId, await askSearch({ index, body: buildCounts(prepared, range, level) }, signal))],
      notices: [],
    };
  } catch (error) {
    signal.throwIfAborted();
    return {
      frames: [],
      notices: [{ level: 'info', text: `Query ${refId}: the lines are not counted: ${(error as Error).message}` }],
    };
  }
}

/** The lines around one. */
async function runContext(
  { settings, askSearch }: Connected,
  refId: string,
  query: ElasticsearchQuery,
  asked: ContextQuery,
  { filters, signal }: QueryContext,
): Promise<QueryAnswer> {
  const startedMs = performance.now();
  const timeField = timeFieldOf(settings, query.timeField);
  const { hits, at, same } = await surroundingLines(settings, askSearch, asked, timeField, filters, signal);
  const of = same.length === 0 ? 'of the whole index' : `with ${same.map(([field, value]) => `${field} ${value}`).join(', ')}`;
  const text = `Query ${refId}: the lines around the marked one, ${of}. They are of all times, and not searched for words.`;
  return {
    frames: [logFrame(refId, hits, settings, at)],
    growable: false,
    notices: [{ level: 'info', text }],
    trace: {
      refId,
      source: settings.name,
      executed: JSON.stringify({ ...asked, same: Object.fromEntries(same) }),
      stepMs: 0,
      elapsedMs: performance.now() - startedMs,
      seriesRead: 0,
      samplesRead: hits.length,
    },
  };
}

/** Whether groups that are older than the newest two steps stay as they are, whatever else is asked. */
function canGrow({ buckets, metrics, autoMs }: PreparedQuery, stepMs: number): boolean {
  // A term that comes into the range late changes which terms are the first of all.
  const [bucket, ...more] = buckets;
  if (bucket === undefined || more.length > 0 || autoMs !== stepMs || metrics.some((metric) => isPipeline(metric))) return false;
  const isSet = (key: string): boolean => settingText(bucket.settings, key) !== '';
  return !['offset', 'timeZone', 'trimEdges', 'min_doc_count'].some(isSet) && isAutomatic(bucket);
}

/** What is missing from an answer that came all the same. */
function partNotices(refId: string, answer: Json): Notice[] {
  const shards = asObject(answer['_shards']);
  const failed = Number(shards['failed'] ?? 0);
  const notices: Notice[] = [];
  if (answer['timed_out'] === true)
    notices.push({ level: 'warning', text: `Query ${refId}: the server ran out of time and answered with what it had.` });
  if (failed > 0) {
    const why = asText(asObject(asObject(asList(shards['failures'])[0])['reason'])['reason']);
    notices.push({
      level: 'warning',
      text: `Query ${refId}: ${failed} of ${Number(shards['total'] ?? 0)} shards failed${why === '' ? '' : `: ${why.slice(0, 300)}`}.`,
    });
  }
  return notices;
}
