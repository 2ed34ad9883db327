import type { AppendResult } from '@vitrine/model/sample-store.ts';

type Rejection = Pick<AppendResult['rejected'][number], 'reason' | 'detail' | 'timestampMs'>;

/** Why the store refused samples, and what may be done: "too old (2020-09-13T12:26:40.000Z is before …)", "series limit (job api: …)". */
export function rejectionText({ reason, detail, timestampMs }: Rejection): string {
  const more = detail ?? explanation(reason, timestampMs);
  return more === undefined ? reason : `${reason} (${more})`;
}

function explanation(reason: Rejection['reason'], timestampMs: number): string | undefined {
  const time = new Date(timestampMs);
  const at = Number.isNaN(time.getTime()) ? `${timestampMs} ms` : time.toISOString();
  switch (reason) {
    case 'too old':
      return `${at} is longer ago than samples are kept; raise retention.time first`;
    case 'too far in the future':
      return `${at} is more than ten minutes ahead of this server’s clock`;
    case 'duplicate':
      return `the series has another value at ${at} already`;
    default:
      return undefined;
  }
}
