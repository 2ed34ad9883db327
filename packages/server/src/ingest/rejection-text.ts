import type { AppendResult } from '@vitrine/model/sample-store.ts';

/** Why the store refused samples: "duplicate", or "series limit (job api: 100,000 series, …)". */
export function rejectionText({ reason, detail }: Pick<AppendResult['rejected'][number], 'reason' | 'detail'>): string {
  return detail === undefined ? reason : `${reason} (${detail})`;
}
