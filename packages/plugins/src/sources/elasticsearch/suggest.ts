import { BadRequest } from '@vitrine/model/bad-request.ts';
import { asList, asObject } from './ask-elastic.ts';
import { documentParts } from './build-search.ts';
import { anyIndex } from './index-names.ts';
import { isOfType, knownFields } from './known-fields.ts';
import { timeFieldOf } from './prepare.ts';
import { readHits } from './read-documents.ts';
import type { AskSearch } from './search-batch.ts';
import type { ElasticsearchSettings } from './spec.ts';

const MAX_TERMS = 100;
const CONTEXT_LINES = 50;

/**
 * What the editor asks: `/fields?type=number` → [{name, types, isGroupable}], `/terms?field=service&prefix=a` → [text],
 * `/context?time=MS&before=50&after=50` → the documents around an instant, [{id, index, timeMs, time, source}] in order of time.
 */
export async function suggestFor(
  settings: ElasticsearchSettings,
  fetchFrom: typeof fetch,
  askSearch: AskSearch,
  path: string,
  parameters: URLSearchParams,
  signal: AbortSignal,
): Promise<unknown> {
  switch (path) {
    case '/fields': {
      const { fields } = await knownFields(settings, fetchFrom, signal);
      return fields.filter((field) => isOfType(field, parameters.get('type') ?? ''));
    }
    case '/terms':
      return terms(settings, askSearch, parameters, signal);
    case '/context':
      return around(settings, askSearch, parameters, signal);
    default:
      throw new BadRequest('path', `"${path.slice(0, 100)}" is none of /fields, /terms and /context`);
  }
}

async function terms(
  settings: ElasticsearchSettings,
  askSearch: AskSearch,
  parameters: URLSearchParams,
  signal: AbortSignal,
): Promise<string[]> {
  const field = parameters.get('field') ?? '';
  if (field === '') throw new BadRequest('field', 'is missing');
  const prefix = parameters.get('prefix') ?? '';
  const body = {
    size: 0,
    track_total_hits: false,
    ...(prefix === '' ? {} : { query: { prefix: { [field]: { value: prefix } } } }),
    aggs: { values: { terms: { field, size: MAX_TERMS } } },
  };
  const answer = await askSearch({ index: anyIndex(settings), body }, signal);
  return asList(asObject(asObject(answer['aggregations'])['values'])['buckets']).map((one) => {
    const { key, key_as_string: written } = asObject(one);
    return String(written ?? key);
  });
}

/** The last documents before an instant, itself included, and the first after it. */
async function around(
  settings: ElasticsearchSettings,
  askSearch: AskSearch,
  parameters: URLSearchParams,
  signal: AbortSignal,
): Promise<unknown> {
  const time = Number(parameters.get('time') ?? 'none');
  if (!Number.isFinite(time)) throw new BadRequest('time', 'is a number of unix milliseconds');
  const lines = (key: string): number => {
    const value = Number(parameters.get(key) ?? CONTEXT_LINES);
    if (!Number.isInteger(value) || value < 0 || value > 1_000) throw new BadRequest(key, 'is a number of lines from 0 to 1000');
    return value;
  };
  const timeField = timeFieldOf(settings);
  const side = async (order: 'asc' | 'desc', size: number) => {
    if (size === 0) return [];
    // Of the documents at the instant itself the older side has all: the first search_after value is the time alone.
    const body = {
      size,
      track_total_hits: false,
      sort: [{ [timeField]: { order, numeric_type: 'date' } }],
      docvalue_fields: documentParts(timeField, order)['docvalue_fields'],
      search_after: [order === 'asc' ? time : time + 1],
    };
    return readHits(await askSearch({ index: anyIndex(settings), body }, signal), timeField);
  };
  const [before, after] = await Promise.all([side('desc', lines('before')), side('asc', lines('after'))]);
  return [...before.toReversed(), ...after].map(({ id, index, timeMs, time, source }) => ({ id, index, timeMs, time, source }));
}
