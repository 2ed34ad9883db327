import { PbfWriter } from 'pbf';
import { compressSync } from 'snappy';
import type { Labels } from '@vitrine/model/labels.ts';
import type { BenchData } from './data.ts';

const SAMPLES_PER_REQUEST = 2_000;

/** A day as a sender would have sent it: requests of 2,000 samples in time order, every series once a scrape. */
export function* remoteWriteRequests({ series, timestampsMs }: BenchData): Generator<Buffer> {
  const perRequest = Math.min(SAMPLES_PER_REQUEST, series.length);
  for (let at = 0; at < timestampsMs.length; at++) {
    for (let first = 0; first < series.length; first += perRequest) {
      const writer = new PbfWriter();
      for (const { labels, values } of series.slice(first, first + perRequest)) {
        writer.writeMessage(1, writeTimeSeries, {
          labels,
          timestampsMs: timestampsMs.subarray(at, at + 1),
          values: values.subarray(at, at + 1),
        });
      }
      yield compressSync(Buffer.from(writer.finish()));
    }
  }
}

/** Sends every request to a remote-write 1.0 receiver, a few at a time as senders do, and waits for the last answer. */
export async function sendAll(url: string, requests: Iterable<Buffer>, concurrency = 4): Promise<void> {
  const source = requests[Symbol.iterator]();
  // Series shard by request order, so that each sender keeps time order: Prometheus refuses anything else.
  async function sender(): Promise<void> {
    for (let next = source.next(); next.done !== true; next = source.next()) {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-protobuf',
          'content-encoding': 'snappy',
          'x-prometheus-remote-write-version': '0.1.0',
        },
        body: new Uint8Array(next.value),
      });
      if (!response.ok) throw new Error(`${url} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
      await response.arrayBuffer();
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sender));
}

interface TimeSeries {
  readonly labels: Labels;
  readonly timestampsMs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** One series of a remote-write 1.0 request. */
export function writeTimeSeries({ labels, timestampsMs, values }: TimeSeries, writer: PbfWriter): void {
  for (const label of labels) writer.writeMessage(1, writeLabel, label);
  for (let i = 0; i < values.length; i++) writer.writeMessage(2, writeSample, [timestampsMs[i] as number, values[i] as number]);
}

function writeLabel([name, value]: readonly [string, string], writer: PbfWriter): void {
  writer.writeTag(1, 2);
  writer.writeString(name);
  writer.writeTag(2, 2);
  writer.writeString(value);
}

function writeSample([timestampMs, value]: readonly [number, number], writer: PbfWriter): void {
  writer.writeTag(1, 1);
  writer.writeDouble(value);
  writer.writeTag(2, 0);
  writer.writeVarint(timestampMs);
}
