import { QueryError } from '@vitrine/model/sample-store.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import type { Json } from './ask-elastic.ts';
import { documentParts } from './build-search.ts';
import { narrowByFilters } from './filters.ts';
import { anyIndex } from './index-names.ts';
import { flatten, type Hit, readHits, textOf } from './read-documents.ts';
import type { AskSearch } from './search-batch.ts';
import type { ContextQuery, ElasticsearchSettings } from './spec.ts';

/** Lines in the order of time, the newest first, and where among them the one is that they surround. */
export interface Surrounding {
  readonly hits: readonly Hit[];
  readonly at: number;
  /** By what the others are of the same origin. */
  readonly same: readonly (readonly [field: string, value: string])[];
}

/**
 * The lines around one, of all times: those before it and after it that have the same in the fields of its origin. Of lines at its
 * very time all count as after it. Throws QueryError where there is no such line, or none that the filters leave.
 */
export async function surroundingLines(
  settings: ElasticsearchSettings,
  askSearch: AskSearch,
  { id, fields = settings.contextFields, lines }: ContextQuery,
  timeField: string,
  filters: readonly AdhocFilter[],
  signal: AbortSignal,
): Promise<Surrounding> {
  const index = anyIndex(settings);
  const hash = id.indexOf('#');
  const [ofIndex, own] = [id.slice(0, hash), id.slice(hash + 1)];
  const search = async (clauses: readonly Json[], order: 'asc' | 'desc', size: number): Promise<Hit[]> => {
    const body = { size, query: narrowByFilters(clauses, filters), ...documentParts(timeField, order) };
    return readHits(await askSearch({ index, body }, signal), timeField);
  };
  // Within the source's own indices only, whatever the id says.
  const itself = [{ ids: { values: [own] } }, { term: { _index: ofIndex } }];
  const [line] = await search(itself, 'asc', 1);
  if (line === undefined || line.time === '')
    throw new QueryError(
      'bad_data',
      `The data source "${settings.name}" has no line "${id.slice(0, 200)}" with a time. It may have been removed since.`,
    );
  const flat = flatten(line.source);
  const same = fields.flatMap((field): [string, string][] => {
    const value = flat[field];
    return ['string', 'number', 'boolean'].includes(typeof value) ? [[field, textOf(value)]] : [];
  });
  const ofSame = same.map(([field, value]) => ({ match_phrase: { [field]: value } }));
  const within = (bounds: Json): Json[] => [
    { range: { [timeField]: { ...bounds, format: 'strict_date_optional_time_nanos' } } },
    ...ofSame,
  ];
  const [before, after] = await Promise.all([
    search(within({ lt: line.time }), 'desc', lines),
    // Itself is among them.
    search(within({ gte: line.time }), 'asc', lines + 1),
  ]);
  const others = after.filter((hit) => hit.id !== line.id || hit.index !== line.index).slice(0, lines);
  return { hits: [...others.toReversed(), line, ...before], at: others.length, same };
}
