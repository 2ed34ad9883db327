import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ask, askJson } from '../api/client.ts';
import { serverClock } from '../api/server-clock.ts';

/** What one sender brought through one door since the server started. Times are unix milliseconds. */
export interface Arrival {
  readonly id: string;
  readonly door: string;
  /** "" where only the address is known. */
  readonly name: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly messages: number;
  /** Samples. */
  readonly accepted: number;
  readonly refused: number;
  /** Samples accepted in each of the newest 59 whole seconds, the oldest first; empty where there were none at all. */
  readonly perSecond: readonly number[];
  /** The latest first. */
  readonly reasons: readonly Refusal[];
}

export interface Refusal {
  readonly reason: string;
  readonly count: number;
  /** What was wrong with the first of them, and what to do. */
  readonly sentence: string;
  readonly lastMs: number;
}

/** Where the server takes lines of these protocols, as it was told to listen; absent where it does not. */
export interface LineAddresses {
  readonly graphite?: LineAddress;
  readonly statsd?: LineAddress;
}

export interface LineAddress {
  readonly host: string;
  readonly port: number;
}

interface ArrivalsAnswer {
  readonly arrivals: readonly Arrival[];
  /** When the server started; unix milliseconds. */
  readonly startedMs: number;
  readonly listening: LineAddresses;
}

const LOOK_AGAIN_MS = 1_000;
const GROUPS_AGAIN_MS = 5_000;

/** What arrives from whom, anew each second while the page is seen. */
export const arrivalsQuery = queryOptions({
  queryKey: ['arrivals'],
  refetchInterval: LOOK_AGAIN_MS,
  retry: false,
  // Every answer is another: comparing it with the last is work for nothing.
  structuralSharing: false,
  queryFn: async ({ signal }) => {
    const answer = await askJson<ArrivalsAnswer>('/api/ingest/arrivals', { signal });
    return { ...answer, atMs: serverClock.now() };
  },
});

/** Metrics that were pushed under the same labels. */
export interface PushGroup {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Who pushed last. */
  readonly sender: string;
  readonly pushedMs: number | null;
  readonly failedMs: number | null;
  /** Why the last push that failed did. */
  readonly failure: string;
  readonly metrics: number;
  readonly samples: number;
}

export interface PushGroups {
  readonly total: number;
  /** As many have the words that were asked for; not all of them may be in `groups`. */
  readonly found: number;
  readonly groups: readonly PushGroup[];
}

const GROUPS = 'push-groups';

export function pushGroupsQuery(text: string) {
  return queryOptions({
    queryKey: [GROUPS, text],
    refetchInterval: GROUPS_AGAIN_MS,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      askJson<PushGroups>(`/api/ingest/groups${text === '' ? '' : `?${new URLSearchParams({ q: text })}`}`, { signal }),
  });
}

/** The beginning of the keys of all that was asked about groups. */
export const PUSH_GROUPS_KEY = [GROUPS] as const;

export async function removePushGroup(id: string): Promise<void> {
  await ask(`/api/ingest/groups/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** Makes a token that may send and nothing else; `labels` stand on all that is sent with it. It is answered this once. */
export async function makeSendingToken(name: string, labels: Readonly<Record<string, string>>): Promise<string> {
  const body = { name, labels, scopes: ['ingest'] };
  return (await askJson<{ readonly token: string }>('/api/tokens', { method: 'POST', body })).token;
}
