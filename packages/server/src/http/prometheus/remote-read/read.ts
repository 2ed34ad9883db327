import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { compareLabels, type Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
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
import { readPortion, readPortions } from './read-portions.ts';
import { writeChunkedResponse, writeReadResponse, writeSeriesFrames } from './write-response.ts';

export interface ReadNeeds {
  readonly own: OwnOf;
  readonly limits: QueryLimits;
}

/** A request is some matchers. */
const REQUEST_BYTES = 1024 * 1024;
const QUERIES = 100;
/** An answer in one message has to be in memory whole, packed and unpacked. */
const WHOLE_SAMPLES = 5_000_000;
/** Samples that are held for one reader of chunks. What both kinds ask for is read at once where it is no more. */
const PORTION_SAMPLES = 250_000;

/** /read: remote read, as samples in one message or as chunks, message by message. */
export function readRoutes(app: Routes, { own, limits }: ReadNeeds): void {
  const snappy = new SnappyUnpacker();
  // Large messages are made one after the other.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  app.register(async (scope: Routes) => {
    // Whatever the reader calls it, as Prometheus does.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.route({
      method: 'POST',
      url: '/read',
      bodyLimit: REQUEST_BYTES,
      config: { access: 'read' },
      schema: { summary: 'Remote read', tags: ['prometheus'] },
      async handler(request: FastifyRequest, reply) {
        const { queries, accepts } = unpack(snappy, request.body);
        const kind = negotiate(accepts);
        if (queries.length > QUERIES)
          throw new ApiError('bad_data', `the request has ${queries.length} queries; the limit is ${QUERIES}`);
        const signal = abortOnDisconnect(reply);
        const reading: Reading = { samples: own(request).samples, queries: queries.map(bound), limits, signal };
        const small = await readSmall(reading);
        if (kind === 'chunks') {
          const frames = small === undefined ? await framesOf(reading) : writeChunkedResponse(small);
          return reply
            .type('application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse')
            .send(Readable.from(frames, { objectMode: false }));
        }
        const message = async (results: Results): Promise<Buffer> => compress(await written(results, signal));
        return reply
          .type('application/x-protobuf')
          .header('content-encoding', 'snappy')
          .send(await (small === undefined ? inTurn(async () => message(await readWhole(reading))) : message(small)));
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

/** What is asked, and of what. */
interface Reading {
  readonly samples: OwnSamples;
  readonly queries: readonly ReadQuery[];
  readonly limits: QueryLimits;
  readonly signal: AbortSignal;
}

/** The series of each query, in the order of their labels. */
type Results = readonly (readonly SeriesSamples[])[];

/** All that is asked for, or undefined where it is more than a portion. */
async function readSmall({ samples, queries, limits, signal }: Reading): Promise<Results | undefined> {
  const results: SeriesSamples[][] = [];
  let left = Math.min(PORTION_SAMPLES, limits.maxSamples);
  let series = limits.maxSeries;
  for (const { matchers, fromMs, toMs } of queries) {
    const portion = { samples: left, timeoutMs: limits.timeoutMs };
    const found = await readPortion(samples, matchers, { fromMs, toMs }, portion, signal);
    if (found === undefined) return undefined;
    series -= found.length;
    if (series < 0) throw tooManySeries(limits);
    left -= found.reduce((sum, { length }) => sum + length, 0);
    results.push(inOrder(found));
  }
  return results;
}

/** The same for a message that has to be in memory whole. */
async function readWhole({ samples, queries, limits, signal }: Reading): Promise<Results> {
  const results: SeriesSamples[][] = [];
  const isCut = limits.maxSamples > WHOLE_SAMPLES;
  const maxSamples = isCut ? WHOLE_SAMPLES : limits.maxSamples;
  const left = { ...limits, maxSamples };
  for (const { matchers, fromMs, toMs } of queries) {
    let found;
    try {
      found = await readRange(samples, matchers, { fromMs, toMs }, left, signal);
    } catch (error) {
      if (!(error instanceof QueryError) || error.code !== 'limit') throw error;
      const which = isCut ? 'one message' : 'one request';
      const setting = isCut ? '' : ' (limits.query.samples)';
      throw new ApiError(
        'bad_data',
        `the request finds too much: the limits of ${which} are ${maxSamples} samples${setting} and ${limits.maxSeries} series (limits.query.series). Accept STREAMED_XOR_CHUNKS, or ask for less`,
        { cause: error },
      );
    }
    left.maxSeries -= found.length;
    for (const { length } of found) left.maxSamples -= length;
    results.push(inOrder(found));
  }
  return results;
}

/** The messages of an answer of any length, each written when the one before it is on its way. Which series there are is known before the first. */
async function framesOf({ samples, queries, limits, signal }: Reading): Promise<AsyncGenerator<Uint8Array>> {
  const lists: Labels[][] = [];
  let left = limits.maxSeries;
  for (const { matchers, fromMs, toMs } of queries) {
    const list = await samples.series({ selectors: [matchers], fromMs, toMs, limit: left + 1 }, signal);
    left -= list.length;
    if (left < 0) throw tooManySeries(limits);
    lists.push(list.toSorted(compareLabels));
  }
  const portions = { samples: PORTION_SAMPLES, timeoutMs: limits.timeoutMs };
  return (async function* () {
    for (const [query, { matchers, fromMs, toMs }] of queries.entries()) {
      const list = lists[query] as Labels[];
      for await (const found of readPortions(samples, matchers, list, { fromMs, toMs }, portions, signal)) {
        for (const series of found) yield* writeSeriesFrames(query, series);
      }
    }
  })();
}

function tooManySeries({ maxSeries }: QueryLimits): ApiError {
  return new ApiError(
    'bad_data',
    `the request finds too much: the limit of one request is ${maxSeries} series (limits.query.series): ask for less`,
  );
}

/** As the merging of several servers' answers needs them. */
function inOrder(found: readonly SeriesSamples[]): SeriesSamples[] {
  return found.toSorted((a, b) => compareLabels(a.labels, b.labels));
}

/** Others have their turn while it is written. */
async function written(results: Results, signal: AbortSignal): Promise<Buffer> {
  const steps = writeReadResponse(results);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await setImmediate();
    signal.throwIfAborted();
  }
}

/** Throws ApiError where a matcher does not compile. */
function bound(query: ReadQuery): ReadQuery {
  const { matchers } = query;
  for (const matcher of matchers) checkMatcher(matcher);
  // PromQL wants a matcher that no absent label satisfies, and every series has a name.
  const isBound = matchers.some((matcher) => !compileMatcher(matcher)(''));
  return isBound ? query : { ...query, matchers: [...matchers, { label: METRIC_NAME, op: '=~', value: '.+' }] };
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
