import type { AdhocFilter } from '@vitrine/model/variable.ts';
import type { Json } from './ask-elastic.ts';

/** What a search is narrowed to: a range of time, Lucene's words, and filters that no value can break out of. */
export function narrowTo(
  timeField: string,
  range: { readonly gte: number; readonly lt: number },
  query: string,
  filters: readonly AdhocFilter[],
): Json {
  return narrowByFilters([{ range: { [timeField]: { ...range, format: 'epoch_millis' } } }, ...luceneClause(query)], filters);
}

/** Clauses that must all hold, and filters. */
export function narrowByFilters(clauses: readonly Json[], filters: readonly AdhocFilter[]): Json {
  return {
    bool: {
      filter: [
        ...clauses,
        ...filters.map((filter) => (isNegative(filter) ? { bool: { must_not: [clauseOf(filter)] } } : clauseOf(filter))),
      ],
    },
  };
}

export function luceneClause(query: string): Json[] {
  return query === '' || query === '*' ? [] : [{ query_string: { analyze_wildcard: true, query } }];
}

function isNegative({ operator }: AdhocFilter): boolean {
  return operator === '!=' || operator === '!~' || operator === '!=|';
}

function clauseOf({ key, operator, value, values }: AdhocFilter): Json {
  switch (operator) {
    case '=':
    case '!=':
      return is(key, value);
    case '=|':
    case '!=|':
      return { bool: { should: (values ?? [value]).map((one) => is(key, one)), minimum_should_match: 1 } };
    case '=~':
    case '!~':
      return { regexp: { [key]: { value } } };
    case '<':
      return { range: { [key]: { lt: value } } };
    case '>':
      return { range: { [key]: { gt: value } } };
  }
}

/** Whole keywords and numbers are the value; texts hold it. */
function is(key: string, value: string): Json {
  return { match_phrase: { [key]: value } };
}
