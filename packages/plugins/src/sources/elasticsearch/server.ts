import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Notice } from '@vitrine/model/frame.ts';
import type { DatasourceServer, QueryAnswer, QueryContext } from '../../contract.ts';
import { asList, asObject, asText, type Json } from './ask-elastic.ts';
import { buildAggregations, buildDocuments } from './build-search.ts';
import { checkElastic } from './check-elastic.ts';
import { findAnnotations } from './find-annotations.ts';
import { findOptions } from './find-options.ts';
import { indexNames } from './index-names.ts';
import { knownFields } from './known-fields.ts';
import { isAutomatic, type PreparedQuery, prepareQuery, settingText } from './prepare.ts';
import { readDocuments } from './read-documents.ts';
import { readGroups, totalHits } from './read-groups.ts';
import { type AskSearch, searchBatches } from './search-batch.ts';
import { type ElasticsearchQuery, type ElasticsearchSettings, elasticsearchSpec, isDocuments, isPipeline } from './spec.ts';
import { suggestFor } from './suggest.ts';

/** Elasticsearch or OpenSearch. It cannot tell of growth, so that pages poll. */
export const elasticsearch: DatasourceServer<ElasticsearchSettings, ElasticsearchQuery> = {
  spec: elasticsearchSpec,
  connect: (settings, needs) => {
    const askSearch = searchBatches(settings, needs.fetch);
    return {
      query: (refId, query, context) => runQuery(settings, askSearch, refId, query, context),
      options: (spec, context) =>
        findOptions(
          settings,
          askSearch,
          async () => (await knownFields(settings, needs.fetch, context.signal)).fields,
          spec,
          context,
        ),
      annotations: (spec, context) => findAnnotations(settings, askSearch, spec, context),
      check: (signal) => checkElastic(settings, needs.fetch, signal),
      suggest: (path, parameters, signal) => suggestFor(settings, needs.fetch, askSearch, path, parameters, signal),
    };
  },
};

async function runQuery(
  settings: ElasticsearchSettings,
  askSearch: AskSearch,
  refId: string,
  query: ElasticsearchQuery,
  context: QueryContext,
): Promise<QueryAnswer> {
  const startedMs = performance.now();
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
  const answer = await askSearch({ index: indexNames(settings, range.fromMs, range.toMs), body }, signal);
  const read =
    documents === undefined
      ? { frame: readGroups(refId, prepared, answer, limits), notices: [] }
      : readDocuments(refId, documents.type, answer, prepared.timeField, settings);
  return {
    frames: [read.frame],
    growable,
    notices: [...partNotices(refId, answer), ...read.notices],
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
