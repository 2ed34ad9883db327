import { useQuery } from '@tanstack/react-query';
import { BUILTIN_SOURCE, RUNS_SOURCE } from '@vitrine/model/dashboard.ts';
import { useMemo } from 'react';
import { askJson } from '../api/client.ts';
import type { SourceChoice } from './panel/queries-tab.tsx';

interface Source {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  /** Whether Vitrine can ask a source of this type. */
  readonly supported: boolean;
}

const OWN: readonly SourceChoice[] = [
  { ref: BUILTIN_SOURCE, name: 'Vitrine' },
  { ref: RUNS_SOURCE, name: 'Training runs' },
];

/** The data sources that a query can be asked of. */
export function useSourceChoices(): readonly SourceChoice[] {
  const { data } = useQuery({
    queryKey: ['data-sources'],
    staleTime: 60_000,
    queryFn: ({ signal }) => askJson<readonly Source[]>('/api/datasources', { signal }),
  });
  return useMemo(() => {
    const others = (data ?? []).filter(({ uid }) => uid !== BUILTIN_SOURCE.uid);
    return [
      ...OWN,
      ...others.map(({ uid, name, type, supported }) => ({
        ref: { type, uid },
        name: supported ? name : `${name} (${type}: not supported)`,
      })),
    ];
  }, [data]);
}
