import { useQuery } from '@tanstack/react-query';
import { BUILTIN_SOURCE } from '@vitrine/model/dashboard.ts';
import { useMemo } from 'react';
import { askJson } from '../api/client.ts';
import type { SourceChoice } from './panel/queries-tab.tsx';

const OWN: SourceChoice = { ref: BUILTIN_SOURCE, name: 'Vitrine' };

/** The data sources that a query can be asked of. */
export function useSourceChoices(): readonly SourceChoice[] {
  const { data } = useQuery({
    queryKey: ['data-sources'],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      askJson<readonly { readonly uid: string; readonly name: string; readonly type: string }[]>('/api/datasources', { signal }),
  });
  return useMemo(() => {
    const others = (data ?? []).filter(({ uid }) => uid !== BUILTIN_SOURCE.uid);
    return [OWN, ...others.map(({ uid, name, type }) => ({ ref: { type, uid }, name }))];
  }, [data]);
}
