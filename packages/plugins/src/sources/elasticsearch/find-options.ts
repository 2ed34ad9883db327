import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { VariableOption } from '@vitrine/model/variable.ts';
import type { QueryContext } from '../../contract.ts';
import { asList, asObject, asText } from './ask-elastic.ts';
import { narrowTo } from './filters.ts';
import { indexNames } from './index-names.ts';
import { isOfType, type KnownField } from './known-fields.ts';
import { timeFieldOf } from './prepare.ts';
import type { AskSearch } from './search-batch.ts';
import type { ElasticsearchSettings } from './spec.ts';

const DEFAULT_TERMS = 500;
const MAX_TERMS = 10_000;

/**
 * What a variable chooses from: `{"find": "fields", "type": "keyword"}` or
 * `{"find": "terms", "field": "service", "query": "level:error", "size": 100, "orderBy": "doc_count", "order": "desc"}`.
 * Throws BadRequest that names what is wrong with it.
 */
export async function findOptions(
  settings: ElasticsearchSettings,
  askSearch: AskSearch,
  fieldsOf: () => Promise<readonly KnownField[]>,
  spec: Readonly<Record<string, unknown>>,
  context: QueryContext,
): Promise<VariableOption[]> {
  const read = parseFind(spec, context);
  if (read.at('find').oneOf(['fields', 'terms']) === 'fields') {
    const type = read.at('type').or('', (it) => (Array.isArray(it.value) ? String(it.value[0] ?? '') : it.string()));
    return (await fieldsOf()).filter((field) => isOfType(field, type)).map(({ name }) => ({ text: name, value: name }));
  }
  const field = context.replace(read.at('field').string(), 'csv');
  const query = context.replace(
    read.at('query').or('', (it) => it.string()),
    'lucene',
  );
  const size = read.at('size').or(DEFAULT_TERMS, (it) => {
    const value = Number(it.value);
    return Number.isInteger(value) && value > 0 && value <= MAX_TERMS ? value : it.fail(`is no number from 1 to ${MAX_TERMS}`);
  });
  const byCount = read.at('orderBy').or('_key', (it) => it.string()) === 'doc_count';
  const order = read.at('order').or(byCount ? 'desc' : 'asc', (it) => it.oneOf(['asc', 'desc']));
  const { fromMs, toMs } = context.shown;
  const range = { gte: fromMs, lt: toMs };
  const body = {
    size: 0,
    track_total_hits: false,
    query: narrowTo(timeFieldOf(settings), range, query.trim(), context.filters),
    aggs: { values: { terms: { field, size, order: { [byCount ? '_count' : '_key']: order } } } },
  };
  const answer = await askSearch({ index: indexNames(settings, fromMs, toMs), body }, context.signal);
  return asList(asObject(asObject(answer['aggregations'])['values'])['buckets']).map((one) => {
    const { key, key_as_string: written } = asObject(one);
    const value = String(key);
    return { text: asText(written) || value, value: asText(written) || value };
  });
}

/** As an object, or in JSON as text, which is how Grafana keeps it. */
function parseFind(spec: Readonly<Record<string, unknown>>, { replace }: Pick<QueryContext, 'replace'>): Read {
  if (spec['find'] !== undefined) return new Read('query', spec);
  const text = asText(spec['query']).trim();
  const parsed = parseJson(text) ?? parseJson(replace(text, 'csv'));
  if (parsed === undefined)
    throw new BadRequest(
      'query',
      `is not JSON such as {"find": "terms", "field": "service"} or {"find": "fields", "type": "keyword"}`,
    );
  return new Read('query', parsed);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
