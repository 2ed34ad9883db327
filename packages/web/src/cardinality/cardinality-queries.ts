import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Cardinality } from '@vitrine/model/cardinality.ts';
import { askJson } from '../api/client.ts';

const COUNT_AGAIN_MS = 30_000;

/** What the series are made of that a selector matches; "" is all. */
export function cardinalityQuery(match: string) {
  return queryOptions({
    queryKey: ['cardinality', match],
    refetchInterval: COUNT_AGAIN_MS,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      askJson<Cardinality>(`/api/cardinality${match === '' ? '' : `?${new URLSearchParams({ match })}`}`, { signal }),
  });
}
