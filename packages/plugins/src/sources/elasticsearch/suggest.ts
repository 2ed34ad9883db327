import { BadRequest } from '@vitrine/model/bad-request.ts';
import { asList, asObject } from './ask-elastic.ts';
import { anyIndex } from './index-names.ts';
import { isOfType, knownFields } from './known-fields.ts';
import type { AskSearch } from './search-batch.ts';
import type { ElasticsearchSettings } from './spec.ts';

const MAX_TERMS = 100;

/** What the editor asks: `/fields?type=number` → [{name, types, isGroupable}], `/terms?field=service&prefix=a` → [text]. */
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
    default:
      throw new BadRequest('path', `"${path.slice(0, 100)}" is neither /fields nor /terms`);
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
