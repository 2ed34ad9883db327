import { type AppendResult, StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { DecodedRemoteWrite, RemoteWriteVersion } from './decode-remote-write.ts';
import { RemoteWriteRefused } from './remote-write-refused.ts';

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
  const sentences = [...decoded.rejected.problems];
  if (decoded.rejected.samples > 0) sentences.push(`${decoded.rejected.samples} samples were refused for that.`);
  if (decoded.rejected.histograms > 0) {
    sentences.push(
      `${decoded.rejected.histograms} native histograms were refused: they cannot be stored yet; send classic histograms.`,
    );
  }
  for (const { reason, series, count } of stored.rejected.slice(0, 10))
    sentences.push(`${count} samples of ${series} were refused: ${reason}.`);
  if (stored.rejectedCount > 0) sentences.push(`The store refused ${stored.rejectedCount} samples in all.`);
  const headers = writtenHeaders(decoded.version, stored.accepted);
  return sentences.length === 0 ? { status: 204, headers, body: '' } : { status: 400, headers, body: sentences.join(' ') };
}

function refusal(error: unknown, version: RemoteWriteVersion): RemoteWriteAnswer {
  const headers = writtenHeaders(version, 0);
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
function writtenHeaders(version: RemoteWriteVersion, samples: number): Record<string, string> {
  if (version === 1) return {};
  return {
    'x-prometheus-remote-write-samples-written': String(samples),
    'x-prometheus-remote-write-histograms-written': '0',
    'x-prometheus-remote-write-exemplars-written': '0',
  };
}
