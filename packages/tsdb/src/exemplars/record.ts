import { crc32 } from 'node:zlib';
import { Labels } from '@vitrine/model/labels.ts';
import type { Exemplar } from '@vitrine/model/sample-store.ts';
import { ByteReader, ByteWriter } from '../chunk/bytes.ts';

const VERSION = 1;
const CHECKSUM_BYTES = 4;

/** An exemplar and its series' `Labels.key`. */
export interface SeriesExemplar {
  readonly key: string;
  readonly exemplar: Exemplar;
}

/** A row that is not what was written. */
export class DamagedExemplars extends Error {
  override readonly name = 'DamagedExemplars';
}

const writer = new ByteWriter(4096);

/**
 * One commit's exemplars. Series stand in it by their keys: a series that is dropped leaves its place in the file to
 * another, and its exemplars must not become that one's. Layout: docs/format.md.
 */
export function encodeExemplars(exemplars: readonly SeriesExemplar[]): Uint8Array<ArrayBuffer> {
  const keys = [...new Set(exemplars.map(({ key }) => key))];
  const places = new Map(keys.map((key, i) => [key, i]));
  writer.reset();
  writer.u8(VERSION);
  writer.varint(keys.length);
  for (const key of keys) writeText(key);
  writer.varint(exemplars.length);
  for (const { key, exemplar } of exemplars) {
    writer.varint(places.get(key) as number);
    writer.zigzag(exemplar.timestampMs);
    writer.f64(exemplar.value);
    writeText(exemplar.labels.key);
  }
  writer.u32(crc32(writer.bytes.subarray(0, writer.length)));
  return writer.take();
}

/** Throws DamagedExemplars. */
export function decodeExemplars(bytes: Uint8Array): SeriesExemplar[] {
  const body = bytes.length - CHECKSUM_BYTES;
  const reader = new ByteReader(bytes);
  if (body < 1 || reader.view.getUint32(body, true) !== crc32(bytes.subarray(0, body))) {
    throw new DamagedExemplars('it fails its checksum');
  }
  const version = reader.u8();
  if (version !== VERSION) throw new DamagedExemplars(`it has version ${version}, and this program reads version ${VERSION}`);
  const keys: string[] = [];
  for (let left = reader.varint(); left > 0; left--) keys.push(readText(reader));
  const exemplars: SeriesExemplar[] = [];
  for (let left = reader.varint(); left > 0; left--) {
    const key = keys[reader.varint()] as string;
    const timestampMs = reader.zigzag();
    const value = reader.f64();
    exemplars.push({ key, exemplar: { labels: Labels.fromKey(readText(reader)), value, timestampMs } });
  }
  return exemplars;
}

function writeText(text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  writer.varint(bytes.length);
  writer.set(bytes);
}

function readText(reader: ByteReader): string {
  const length = reader.varint();
  const { bytes, at } = reader;
  if (at + length > bytes.length) throw new DamagedExemplars('it ends too early');
  reader.at = at + length;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('utf8');
}
