import { PbfWriter } from 'pbf';
import { compressSync } from 'snappy';
import type { Labels } from '@vitrine/model/labels.ts';
import type { BenchData } from './data.ts';

const SAMPLES_PER_REQUEST = 2_000;
/** What a series takes beside its labels, at most. */
const SERIES_BYTES = 40;
/** Tags of protobuf: the field's number, and whether a length or eight bytes follow. */
const TIME_SERIES = (1 << 3) | 2;
const SAMPLE = (2 << 3) | 2;
const VALUE = (1 << 3) | 1;

/**
 * A day as a sender would have sent it: requests of 2,000 samples in time order, every series once a scrape. What is the same in
 * every request is encoded once: whoever sends takes a share of the processor from whoever receives.
 */
export function* remoteWriteRequests({ series, timestampsMs }: BenchData): Generator<Buffer> {
  const perRequest = Math.min(SAMPLES_PER_REQUEST, series.length);
  const encoded = series.map(({ labels }) => {
    const writer = new PbfWriter();
    writeTimeSeries({ labels, timestampsMs: [], values: [] }, writer);
    return writer.finish();
  });
  const request = Buffer.alloc(encoded.reduce((sum, { length }) => sum + length + SERIES_BYTES, 0));
  for (let at = 0; at < timestampsMs.length; at++) {
    const time = new PbfWriter();
    time.writeTag(2, 0);
    time.writeVarint(timestampsMs[at] as number);
    const timeField = time.finish();
    for (let first = 0; first < series.length; first += perRequest) {
      let end = 0;
      for (let i = first; i < Math.min(series.length, first + perRequest); i++) {
        const labels = encoded[i] as Uint8Array;
        const sampleLength = 1 + Float64Array.BYTES_PER_ELEMENT + timeField.length;
        request[end++] = TIME_SERIES;
        end = writeVarint(request, end, labels.length + 2 + sampleLength);
        request.set(labels, end);
        end += labels.length;
        request[end++] = SAMPLE;
        request[end++] = sampleLength;
        request[end++] = VALUE;
        end = request.writeDoubleLE(series[i]?.values[at] as number, end);
        request.set(timeField, end);
        end += timeField.length;
      }
      yield compressSync(request.subarray(0, end));
    }
  }
}

function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes[end++] = (rest & 0x7f) | 0x80;
  bytes[end++] = rest;
  return end;
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
