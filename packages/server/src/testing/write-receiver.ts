import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata, SampleStore, SeriesExemplars, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { openStore } from '@vitrine/tsdb/open-store.ts';
import { createIntake } from '../ingest/intake.ts';
import {
  encodeWriteRequest,
  encodeWriteRequestV2,
  packSnappy,
  type SentMetadata,
  type SentSeries,
} from '../ingest/remote-write/encode-remote-write.ts';
import { KnownMetadata } from '../query/known-metadata.ts';
import { openMetrics } from '../self/metrics.ts';
import { testApp } from './test-app.ts';

export const V1 = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
export const V2 = {
  'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
  'content-encoding': 'snappy',
};

/** A series of 2.0, with what it says of its metric. */
export type SentSeriesV2 = SentSeries & {
  readonly metadata?: { readonly type: number; readonly help: string; readonly unit: string };
};

export interface Written {
  readonly status: number;
  readonly body: string;
  /** Samples, histograms and exemplars as the headers count them; undefined where there is no such header. */
  readonly written: readonly (number | undefined)[];
}

/** A whole server over a real store, which tests write to and read back. */
export interface Receiver {
  send(body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<Written>;
  send1(series: readonly SentSeries[], metadata?: readonly SentMetadata[]): Promise<Written>;
  send2(series: readonly SentSeriesV2[]): Promise<Written>;
  /** Exactly this series' samples at exactly this time, as PromQL finds them. */
  at(labels: SentSeries['labels'], timestampMs: number): Promise<SeriesSamples | undefined>;
  /** The values of an instant query. */
  query(expr: string, atMs: number): Promise<number[]>;
  exemplars(labels: SentSeries['labels']): Promise<SeriesExemplars['exemplars']>;
  metadata(metric: string): Promise<readonly MetricMetadata[]>;
}

export async function openReceiver(until: (end: () => Promise<void>) => void): Promise<Receiver> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-receiver-'));
  until(async () => rmSync(folder, { recursive: true }));
  const samples: SampleStore = await openStore({
    folder,
    retention: { timeMs: 30 * 86_400_000, sizeBytes: 0 },
    maxSeries: 10_000,
  });
  until(() => samples.close());
  const known = new KnownMetadata();
  const { app } = await testApp({
    samples,
    intake: createIntake({ append: (batch) => samples.append(batch), metrics: openMetrics('1'), samplesPerSecond: 0 }),
    metadata: { metadata: (labels) => known.of(labels) },
    onMetadata: (metadata, labels) => known.learn(metadata, labels),
    until,
  });
  const send: Receiver['send'] = async (body, headers) => {
    const answer = await app.inject({ method: 'POST', url: '/api/v1/write', headers, payload: Buffer.from(body) });
    const written = ['samples', 'histograms', 'exemplars'].map((part) => {
      const header = answer.headers[`x-prometheus-remote-write-${part}-written`];
      return header === undefined ? undefined : Number(header);
    });
    return { status: answer.statusCode, body: answer.body, written };
  };
  return {
    send,
    send1: (series, metadata) => send(packSnappy(encodeWriteRequest(series, metadata)), V1),
    send2: (series) => send(packSnappy(encodeWriteRequestV2(series)), V2),
    async at(labels, timestampMs) {
      const { key } = Labels.from(labels);
      const matchers = labels.map(([name, value]) => `${JSON.stringify(name)}=${JSON.stringify(value)}`);
      const result = await samples.evaluate({
        expr: `{${matchers.join(',')}}[1ms]`,
        startMs: timestampMs,
        endMs: timestampMs,
        stepMs: 0,
        features: { startTimestamps: true },
      });
      if (result.kind !== 'samples') throw new Error(`expected samples, got ${result.kind}`);
      return result.series.find((series) => series.labels.key === key);
    },
    async query(expr, atMs) {
      const result = await samples.evaluate({
        expr,
        startMs: atMs,
        endMs: atMs,
        stepMs: 0,
        features: { startTimestamps: true },
      });
      return result.kind === 'vector' ? result.series.map(({ values }) => values[0] as number) : [];
    },
    async exemplars(labels) {
      const selectors = [labels.map(([label, value]) => ({ label, op: '=' as const, value }))];
      const found = await samples.exemplars({ selectors, fromMs: -Infinity, toMs: Infinity, limit: 0 });
      const { key } = Labels.from(labels);
      return found.find((series) => series.labels.key === key)?.exemplars ?? [];
    },
    async metadata(metric) {
      const answer = await app.inject({ url: `/api/v1/metadata?metric=${encodeURIComponent(metric)}` });
      return answer.json<{ data: Record<string, MetricMetadata[]> }>().data[metric] ?? [];
    },
  };
}
