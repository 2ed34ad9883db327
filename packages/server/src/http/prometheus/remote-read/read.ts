import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { compareLabels, METRIC_NAME } from '@vitrine/model/labels.ts';
import { QueryError, type QueryLimits, type SeriesSamples } from '@vitrine/model/sample-store.ts';
import { compileMatcher } from '@vitrine/promql/match.ts';
import type { FastifyRequest } from 'fastify';
import { compress } from 'snappy';
import { RemoteWriteRefused } from '../../../ingest/remote-write/remote-write-refused.ts';
import { SnappyUnpacker } from '../../../ingest/remote-write/snappy-block.ts';
import { abortOnDisconnect } from '../../abort-on-disconnect.ts';
import type { OwnOf } from '../../../own/own.ts';
import type { OwnSamples } from '../../../own/own-samples.ts';
import type { Routes } from '../../routes.ts';
import { ApiError } from '../api-error.ts';
import { readRange } from '../read-range.ts';
import { type ReadQuery, type ReadRequest, type ReadResponseKind, readReadRequest } from './read-request.ts';
import { writeChunkedResponse, writeReadResponse } from './write-response.ts';

export interface ReadNeeds {
  readonly own: OwnOf;
  readonly limits: QueryLimits;
}

/** A request is some matchers. */
const REQUEST_BYTES = 1024 * 1024;
const QUERIES = 100;
/** An answer in one message has to be in memory whole, packed and unpacked. */
const WHOLE_SAMPLES = 5_000_000;

/** /read: remote read, as samples in one message or as chunks, message by message. */
export function readRoutes(app: Routes, { own, limits }: ReadNeeds): void {
  const snappy = new SnappyUnpacker();
  app.register(async (scope: Routes) => {
    // Whatever the reader calls it, as Prometheus does.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: REQUEST_BYTES }, (_request, body, done) => done(null, body));
    scope.route({
      method: 'POST',
      url: '/read',
      config: { access: 'read' },
      schema: { summary: 'Remote read', tags: ['prometheus'] },
      async handler(request: FastifyRequest, reply) {
        const { queries, accepts } = unpack(snappy, request.body);
        const kind = negotiate(accepts);
        if (queries.length > QUERIES)
          throw new ApiError('bad_data', `the request has ${queries.length} queries; the limit is ${QUERIES}`);
        const signal = abortOnDisconnect(reply);
        const results = await answerAll(own(request).samples, queries, kind, limits, signal);
        if (kind === 'chunks') {
          return reply
            .type('application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse')
            .send(Readable.from(writeChunkedResponse(results), { objectMode: false }));
        }
        return reply
          .type('application/x-protobuf')
          .header('content-encoding', 'snappy')
          .send(await compress(await written(results, signal)));
      },
    });
  });
}

function unpack(snappy: SnappyUnpacker, body: unknown): ReadRequest {
  try {
    return readReadRequest(snappy.unpack(Buffer.isBuffer(body) ? body : Buffer.alloc(0), REQUEST_BYTES));
  } catch (error) {
    if (error instanceof RemoteWriteRefused) throw new ApiError('bad_data', error.message, { cause: error });
    throw error;
  }
}

/** The first that is known here; samples where the reader names none. */
function negotiate(accepts: ReadRequest['accepts']): ReadResponseKind {
  if (accepts.length === 0) return 'samples';
  const found = accepts.find((kind) => kind !== undefined);
  if (found === undefined)
    throw new ApiError('bad_data', 'none of the accepted response types is known: SAMPLES and STREAMED_XOR_CHUNKS are');
  return found;
}

/** What all queries read together, and hold until it is sent, is bound as one query is. */
async function answerAll(
  samples: OwnSamples,
  queries: readonly ReadQuery[],
  kind: ReadResponseKind,
  limits: QueryLimits,
  signal: AbortSignal,
): Promise<(readonly SeriesSamples[])[]> {
  const results: (readonly SeriesSamples[])[] = [];
  const isWhole = kind === 'samples' && limits.maxSamples > WHOLE_SAMPLES;
  const maxSamples = isWhole ? WHOLE_SAMPLES : limits.maxSamples;
  const left = { ...limits, maxSamples };
  for (const query of queries) {
    let found;
    try {
      found = await answer(samples, query, left, signal);
    } catch (error) {
      if (!(error instanceof QueryError) || error.code !== 'limit') throw error;
      const sentence = isWhole
        ? `the limits of one message are ${maxSamples} samples and ${limits.maxSeries} series (limits.query.series). Accept STREAMED_XOR_CHUNKS, or ask for less`
        : `the limits of one request are ${maxSamples} samples (limits.query.samples) and ${limits.maxSeries} series (limits.query.series): ask for less`;
      throw new ApiError('bad_data', `the request finds too much: ${sentence}`, { cause: error });
    }
    left.maxSeries -= found.length;
    for (const { length } of found) left.maxSamples -= length;
    results.push(found);
  }
  return results;
}

/** Others have their turn while it is written. */
async function written(results: readonly (readonly SeriesSamples[])[], signal: AbortSignal): Promise<Buffer> {
  const steps = writeReadResponse(results);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await setImmediate();
    signal.throwIfAborted();
  }
}

async function answer(
  samples: OwnSamples,
  { fromMs, toMs, matchers }: ReadQuery,
  limits: QueryLimits,
  signal: AbortSignal,
): Promise<readonly SeriesSamples[]> {
  for (const matcher of matchers) checkMatcher(matcher);
  // PromQL wants a matcher that no absent label satisfies, and every series has a name.
  const isBound = matchers.some((matcher) => !compileMatcher(matcher)(''));
  const selector = isBound ? matchers : [...matchers, { label: METRIC_NAME, op: '=~' as const, value: '.+' }];
  const found = await readRange(samples, selector, { fromMs, toMs }, limits, signal);
  // As the merging of several servers' answers needs them.
  return found.toSorted((a, b) => compareLabels(a.labels, b.labels));
}

function checkMatcher(matcher: ReadQuery['matchers'][number]): void {
  try {
    compileMatcher(matcher);
  } catch (error) {
    throw new ApiError('bad_data', `the matcher ${matcher.label}${matcher.op}"${matcher.value}": ${(error as Error).message}`, {
      cause: error,
    });
  }
}
