import { type AppendResult, StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { DecodedRemoteWrite, RemoteWriteVersion } from './decode-remote-write.ts';
import { RemoteWriteRefused } from './remote-write-refused.ts';
import { rejectionText } from '../rejection-text.ts';

/** Rejections of the store that are told one by one. */
const MOST_REJECTIONS = 10;
const NOTHING: AppendResult = { accepted: 0, rejected: [], rejectedCount: 0 };

/** What became of a request: decoded and stored, or the error that decoding or storing threw. */
export type RemoteWriteOutcome =
  | { readonly decoded: DecodedRemoteWrite; readonly stored: AppendResult }
  | { readonly error: unknown; readonly version: RemoteWriteVersion };

export interface RemoteWriteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** "" where all went well. */
  readonly body: string;
}

/**
 * The answer to a sender. What it can mend is 400 and is not sent again; what passes by itself (a busy store, a full
 * disk) is 429 or 503, which it tries again. Rethrows errors that it does not know.
 */
export function remoteWriteStatus(outcome: RemoteWriteOutcome): RemoteWriteAnswer {
  if ('error' in outcome) return refusal(outcome.error, outcome.version);
  const { decoded, stored } = outcome;
  const { rejected, version } = decoded;
  const sentences: string[] = [];
  // In 1.0 exemplars are an extra that refuses nothing; in 2.0 what is not kept must be told.
  if (version === 2 || rejected.samples + rejected.histograms > 0) sentences.push(...rejected.problems);
  if (rejected.samples > 0) sentences.push(`${rejected.samples} samples were refused for that.`);
  if (rejected.histograms > 0) sentences.push(`${rejected.histograms} native histograms were refused for that.`);
  if (rejected.exemplars > 0 && version === 2) sentences.push(`${rejected.exemplars} exemplars were refused for that.`);
  for (const rejection of stored.rejected.slice(0, MOST_REJECTIONS))
    sentences.push(`${rejection.count} samples of ${rejection.series} were refused: ${rejectionText(rejection)}.`);
  if (stored.rejectedCount > 0) sentences.push(`The store refused ${stored.rejectedCount} samples in all.`);
  if (version === 2) {
    for (const { reason, series, count } of stored.exemplars?.rejected.slice(0, MOST_REJECTIONS) ?? [])
      sentences.push(`${count} exemplars of ${series} were refused: ${reason}.`);
  }
  const headers = writtenHeaders(version, stored);
  return sentences.length === 0 ? { status: 204, headers, body: '' } : { status: 400, headers, body: sentences.join(' ') };
}

function refusal(error: unknown, version: RemoteWriteVersion): RemoteWriteAnswer {
  const headers = writtenHeaders(version, NOTHING);
  if (error instanceof RemoteWriteRefused) return { status: error.status, headers, body: error.message };
  if (error instanceof StoreBusy) {
    return { status: 429, headers: { ...headers, 'retry-after': String(error.retryAfterSeconds) }, body: error.message };
  }
  if (error instanceof StoreReadOnly) {
    return { status: 503, headers: { ...headers, 'retry-after': String(error.retryAfterSeconds) }, body: error.message };
  }
  throw error;
}

/** Senders of 2.0 compare these with what they sent. */
function writtenHeaders(
  version: RemoteWriteVersion,
  { accepted, histograms = 0, exemplars }: AppendResult,
): Record<string, string> {
  if (version === 1) return {};
  return {
    'x-prometheus-remote-write-samples-written': String(accepted - histograms),
    'x-prometheus-remote-write-histograms-written': String(histograms),
    'x-prometheus-remote-write-exemplars-written': String(exemplars?.accepted ?? 0),
  };
}
