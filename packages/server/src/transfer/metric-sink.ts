import { setTimeout as delay } from 'node:timers/promises';
import { type AppendResult, type SampleBatch, type SampleStore, StoreBusy } from '@vitrine/model/sample-store.ts';
import { ConfigError } from '../config/read-config.ts';
import { encodeBatch } from './encode-batch.ts';
import type { RefusedPlace } from './read-part.ts';

/** Where imported samples go. */
export interface MetricSink {
  /** Resolves once what was accepted survives `kill -9`. Waits where the store is busy; throws ConfigError where it takes nothing. */
  store(batch: SampleBatch): Promise<{ readonly accepted: number; readonly refused: readonly RefusedPlace[] }>;
}

const SENTENCES: Readonly<Record<AppendResult['rejected'][number]['reason'], string>> = {
  'too old': 'older than samples are kept; raise retention.time first, in vitrine.yaml too',
  'too far in the future': 'more than ten minutes ahead of the clock',
  duplicate: 'its series has another value at that time already',
  'series limit': 'there are more series than may be active at a time (limits.ingest.series)',
  'labels over 16,000 characters': 'its labels are longer than 16,000 characters',
};

export function storeSink(store: Pick<SampleStore, 'append'>): MetricSink {
  return {
    async store(batch) {
      for (;;) {
        try {
          const { accepted, rejected, rejectedCount } = await store.append(batch);
          const refused: RefusedPlace[] = rejected.map(({ reason, series, count }) => ({
            reason,
            sentence: `${series}: ${SENTENCES[reason]}`,
            count,
          }));
          const told = refused.reduce((sum, { count }) => sum + count, 0);
          if (rejectedCount > told)
            refused.push({ reason: 'store', sentence: 'the store refused further ones', count: rejectedCount - told });
          return { accepted, refused };
        } catch (error) {
          if (!(error instanceof StoreBusy)) throw error;
          await delay(error.retryAfterSeconds * 1_000);
        }
      }
    },
  };
}

const MOST_WAIT_SECONDS = 30;
const WRITTEN = 'x-prometheus-remote-write-samples-written';

/** Sends by remote write 2.0, whose answers say how much was stored. Native histograms are refused: they go into a folder that no server runs on. */
export function serverSink({ url, token }: { readonly url: string; readonly token: string }): MetricSink {
  return {
    async store(batch) {
      const histograms = batch.histograms?.size ?? 0;
      const sent = batch.values.length - histograms;
      const left: RefusedPlace[] =
        histograms === 0
          ? []
          : [
              {
                reason: 'histogram',
                sentence: 'native histograms are taken by a data folder that no server runs on',
                count: histograms,
              },
            ];
      if (sent === 0) return { accepted: 0, refused: left };
      const body = encodeBatch(batch);
      for (;;) {
        const response = await fetch(`${url}/api/v1/write`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
            'content-encoding': 'snappy',
            'x-prometheus-remote-write-version': '2.0.0',
          },
          body: body as Uint8Array<ArrayBuffer>,
        }).catch((error: unknown) => {
          throw new ConfigError(
            `${url} does not answer: ${((error as Error).cause as Error | undefined)?.message ?? String(error)}.`,
            {
              cause: error,
            },
          );
        });
        const text = (await response.text()).trim();
        if (response.status === 429) {
          const seconds = Number(response.headers.get('retry-after'));
          await delay(Math.min(Math.max(1, seconds), MOST_WAIT_SECONDS) * 1_000);
          continue;
        }
        const written = response.headers.get(WRITTEN);
        if (!response.ok && (response.status !== 400 || written === null))
          throw new ConfigError(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
        const accepted = Math.min(sent, Number(written ?? sent));
        const refused = accepted < sent ? [{ reason: 'server', sentence: text.slice(0, 1_000), count: sent - accepted }] : [];
        return { accepted, refused: [...left, ...refused] };
      }
    },
  };
}
