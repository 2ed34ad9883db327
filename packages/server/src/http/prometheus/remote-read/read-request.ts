import type { Matcher, Selector } from '@vitrine/model/sample-store.ts';
import { WireReader } from '../../../ingest/remote-write/wire-reader.ts';

export type ReadResponseKind = 'samples' | 'chunks';

export interface ReadQuery {
  /** Closed at both ends, as in PromQL. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly matchers: Selector;
}

export interface ReadRequest {
  readonly queries: readonly ReadQuery[];
  /** What the reader takes, what it likes best first; undefined is what is not known here. */
  readonly accepts: readonly (ReadResponseKind | undefined)[];
}

const KINDS: readonly (ReadResponseKind | undefined)[] = ['samples', 'chunks'];
const OPS: readonly (Matcher['op'] | undefined)[] = ['=', '!=', '=~', '!~'];
const VARINT = 0;
const BYTES = 2;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads prometheus.ReadRequest. Throws RemoteWriteRefused where it is none. */
export function readReadRequest(bytes: Uint8Array): ReadRequest {
  const wire = new WireReader(bytes);
  const queries: ReadQuery[] = [];
  const accepts: (ReadResponseKind | undefined)[] = [];
  while (wire.at < bytes.length) {
    const tag = wire.readUint32();
    if (tag === field(1, BYTES)) queries.push(readQuery(wire, wire.readEnd(bytes.length)));
    else if (tag === field(2, BYTES)) {
      const end = wire.readEnd(bytes.length);
      while (wire.at < end) accepts.push(KINDS[wire.readUint32()]);
    } else if (tag === field(2, VARINT)) accepts.push(KINDS[wire.readUint32()]);
    else wire.skip(tag, bytes.length);
  }
  return { queries, accepts };
}

function readQuery(wire: WireReader, end: number): ReadQuery {
  let fromMs = 0;
  let toMs = 0;
  const matchers: Matcher[] = [];
  while (wire.at < end) {
    const tag = wire.readUint32();
    if (tag === field(1, VARINT)) fromMs = wire.readInt64();
    else if (tag === field(2, VARINT)) toMs = wire.readInt64();
    else if (tag === field(3, BYTES)) matchers.push(readMatcher(wire, wire.readEnd(end)));
    else wire.skip(tag, end);
  }
  return { fromMs, toMs, matchers };
}

function readMatcher(wire: WireReader, end: number): Matcher {
  let op: Matcher['op'] | undefined = '=';
  let label = '';
  let value = '';
  while (wire.at < end) {
    const tag = wire.readUint32();
    if (tag === field(1, VARINT)) op = OPS[wire.readUint32()];
    else if (tag === field(2, BYTES)) label = readText(wire, end);
    else if (tag === field(3, BYTES)) value = readText(wire, end);
    else wire.skip(tag, end);
  }
  if (op === undefined) throw wire.broken();
  return { label, op, value };
}

function readText(wire: WireReader, end: number): string {
  const to = wire.readEnd(end);
  const bytes = wire.bytes.subarray(wire.at, to);
  wire.at = to;
  try {
    return decoder.decode(bytes);
  } catch {
    throw wire.broken();
  }
}

function field(number: number, type: number): number {
  return number * 8 + type;
}
