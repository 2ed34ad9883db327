import { queryOptions } from '@tanstack/react-query';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { ask, askJson } from '../api/client.ts';

/** As `GET /api/dashboard/snapshots` lists it, in Grafana's shape and a little more. */
export interface SnapshotSummary {
  readonly key: string;
  readonly name: string;
  /** ISO 8601; `expires` is "" for never. */
  readonly created: string;
  readonly expires: string;
  readonly public: boolean;
  readonly createdBy: string;
  readonly sizeBytes: number;
}

/** One's own; an admin sees those of all. */
export const snapshotsQuery = queryOptions({
  queryKey: ['snapshots'],
  queryFn: ({ signal }) => askJson<readonly SnapshotSummary[]>('/api/dashboard/snapshots', { signal }),
});

export interface SnapshotRequest {
  readonly dashboard: Dashboard;
  readonly name: string;
  /** Seconds; 0 is never. */
  readonly expires: number;
  readonly public: boolean;
  readonly originalUrl: string;
  readonly data: Readonly<Record<string, string>>;
}

export interface MadeSnapshot {
  readonly key: string;
  readonly url: string;
  /** Whoever opens it removes the snapshot. */
  readonly deleteUrl: string;
}

export function makeSnapshot(body: SnapshotRequest, signal: AbortSignal): Promise<MadeSnapshot> {
  return askJson('/api/snapshots', { method: 'POST', body, signal });
}

export async function removeSnapshot(key: string): Promise<void> {
  await ask(`/api/snapshots/${encodeURIComponent(key)}`, { method: 'DELETE' });
}
