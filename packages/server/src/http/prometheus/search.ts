import { Readable } from 'node:stream';
import { METRIC_NAME } from '@vitrine/model/labels.ts';
import type { FoundText, LabelSearch } from '@vitrine/model/sample-store.ts';
import type { FastifyRequest } from 'fastify';
import { abortOnDisconnect } from '../abort-on-disconnect.ts';
import type { Own, OwnOf } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { ApiError } from './api-error.ts';
import { MAX_TIME_MS, MIN_TIME_MS, Params } from './params.ts';

const LIMIT = 100;
const BATCH = 100;

/** /search/*: names and values that a text is in, line by line of JSON. */
export function searchRoutes(app: Routes, own: OwnOf): void {
  const search = (
    what: string,
    summary: string,
    labelOf: (params: Params) => string | undefined,
    shape: (params: Params, mine: Own) => (found: FoundText) => object,
  ): void => {
    app.route({
      method: ['GET', 'POST'],
      url: `/search/${what}`,
      config: { access: 'read' },
      schema: { summary, tags: ['prometheus'] },
      async handler(request: FastifyRequest, reply) {
        const params = Params.of(request);
        const ranking = readRanking(params);
        const limit = readCount(params, 'limit') || LIMIT;
        const batch = readCount(params, 'batch_size') || BATCH;
        const fromMs = params.time('start', MIN_TIME_MS);
        const toMs = params.time('end', MAX_TIME_MS);
        const search: LabelSearch = {
          ...ranking,
          label: labelOf(params),
          selectors: params.selectors(),
          fromMs,
          toMs,
          limit,
          offset: readCount(params, 'offset'),
        };
        const mine = own(request);
        const toShape = shape(params, mine);
        const { found, hasMore, total } = await mine.samples.searchLabels(search, abortOnDisconnect(reply));
        return reply
          .type('application/x-ndjson; charset=utf-8')
          .send(Readable.from(writeLines(found.map(toShape), batch, { has_more: hasMore, total })));
      },
    });
  };

  const named =
    (member: string) =>
    (params: Params): ((found: FoundText) => object) => {
      const scored = readBoolean(params, 'include_score', false);
      return ({ text, score }) => ({ [member]: text, ...(scored ? { score } : {}) });
    };

  search(
    'metric_names',
    'Metrics by a part of their name',
    () => METRIC_NAME,
    (params, mine) => {
      const toName = named('name')(params);
      if (!readBoolean(params, 'include_metadata', false)) return toName;
      const known = new Map<string, object>();
      for (const { metric, type, help, unit } of mine.metadata()) {
        if (!known.has(metric)) known.set(metric, { type, help, ...(unit === '' ? {} : { unit }) });
      }
      return (found) => ({ ...toName(found), ...known.get(found.text) });
    },
  );
  search('label_names', 'Labels by a part of their name', () => undefined, named('name'));
  search(
    'label_values',
    'A label’s values by a part of them',
    (params) => {
      const label = params.text('label');
      if (label === '') throw new ApiError('bad_data', 'label parameter is required');
      return label;
    },
    named('value'),
  );
}

function* writeLines(results: readonly object[], batch: number, end: object): Generator<string> {
  // One line at least, so that a reader sees that nothing was found.
  for (let at = 0; at === 0 || at < results.length; at += batch)
    yield `${JSON.stringify({ results: results.slice(at, at + batch) })}\n`;
  yield `${JSON.stringify({ status: 'success', ...end })}\n`;
}

function readRanking(params: Params): Pick<LabelSearch, 'texts' | 'leastScore' | 'caseSensitive' | 'order'> {
  const threshold = params.text('fuzz_threshold');
  if (!/^(|\d\d?|100)$/.test(threshold))
    throw new ApiError('bad_data', `invalid fuzz_threshold ${JSON.stringify(threshold)}: must be 0-100`);
  const algorithm = params.text('fuzz_alg');
  if (algorithm !== '' && algorithm !== 'subsequence')
    throw new ApiError('bad_data', `unsupported fuzz_alg ${JSON.stringify(algorithm)}: must be "subsequence"`);
  const sortBy = oneOf(params, 'sort_by', ['', 'alpha', 'score']);
  const sortDir = oneOf(params, 'sort_dir', ['', 'asc', 'dsc']);
  if (sortDir !== '' && sortBy !== 'alpha') throw new ApiError('bad_data', 'sort_dir is only valid when sort_by is alpha');
  return {
    texts: params.all('search[]').filter((text) => text !== ''),
    leastScore: Number(threshold) / 100,
    caseSensitive: readBoolean(params, 'case_sensitive', true),
    order: sortBy === 'score' ? 'score' : sortDir === 'dsc' ? 'falling' : 'rising',
  };
}

function oneOf<T extends string>(params: Params, name: string, known: readonly T[]): T {
  const text = params.text(name);
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  const listed = known.filter((one) => one !== '').map((one) => JSON.stringify(one));
  throw new ApiError('bad_data', `invalid ${name} ${JSON.stringify(text)}: must be ${listed.join(' or ')}`);
}

function readBoolean(params: Params, name: string, fallback: boolean): boolean {
  const text = params.text(name);
  if (text === '') return fallback;
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw new ApiError('bad_data', `invalid ${name} ${JSON.stringify(text)}: must be boolean`);
}

function readCount(params: Params, name: string): number {
  const text = params.text(name);
  if (!/^\d*$/.test(text))
    throw new ApiError('bad_data', `invalid ${name} ${JSON.stringify(text)}: must be non-negative integer`);
  return Number(text);
}
