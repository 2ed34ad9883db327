import { CURVE_LIMITS } from '@vitrine/model/curve-store.ts';
import { decodeText, FIXED64, VARINT, BYTES, WireReader } from './wire.ts';

/** What a run's files say of its hyperparameters and its end. */
export interface Hparams {
  /** Values as text, as parameters are kept. */
  readonly params: Readonly<Record<string, string>>;
  /** Runs of one name are one group; "" where there is none. */
  readonly group: string;
  readonly startedMs: number | undefined;
  readonly end: { readonly status: 'finished' | 'failed' | 'running'; readonly endedMs: number | undefined } | undefined;
}

/** The numbers of SessionEndInfo.status. */
const END_STATUS: Readonly<Record<number, 'finished' | 'failed' | 'running'>> = { 1: 'finished', 2: 'failed', 3: 'running' };

/** Reads HParamsPluginData, the content of the plugin "hparams": what starts a session, what ends it, or the experiment's plan. Throws Malformed. */
export function readHparams(content: Uint8Array): Hparams {
  const data = new WireReader().open(content, 0, content.length);
  const params: Record<string, string> = {};
  let group = '';
  let startedMs: number | undefined;
  let end: Hparams['end'];
  while (data.next()) {
    if (data.field === 3 && data.type === BYTES) {
      const start = within(data);
      while (start.next()) {
        if (start.field === 1 && start.type === BYTES) readParam(within(start), params);
        else if (start.field === 4 && start.type === BYTES) group = start.readText();
        else if (start.field === 5 && start.type === FIXED64) startedMs = msOf(start.readDouble());
        else start.skip();
      }
    } else if (data.field === 4 && data.type === BYTES) {
      const session = within(data);
      let status: 'finished' | 'failed' | 'running' = 'finished';
      let endedMs: number | undefined;
      while (session.next()) {
        if (session.field === 1 && session.type === VARINT) status = END_STATUS[session.readUnsigned()] ?? 'finished';
        else if (session.field === 2 && session.type === FIXED64) endedMs = msOf(session.readDouble());
        else session.skip();
      }
      end = { status, endedMs };
    } else data.skip();
  }
  return { params, group, startedMs, end };
}

/** What two records say together: the later one's word counts where both say something. */
export function joinHparams(earlier: Hparams, later: Hparams): Hparams {
  return {
    params: { ...earlier.params, ...later.params },
    group: later.group === '' ? earlier.group : later.group,
    startedMs: later.startedMs ?? earlier.startedMs,
    end: later.end ?? earlier.end,
  };
}

/** One entry of the map of hyperparameters. One without a value says nothing. */
function readParam(entry: WireReader, params: Record<string, string>): void {
  let name = '';
  let value: string | undefined;
  while (entry.next()) {
    if (entry.field === 1 && entry.type === BYTES) name = entry.readText();
    else if (entry.field === 2 && entry.type === BYTES) value = readValue(within(entry));
    else entry.skip();
  }
  if (name !== '' && value !== undefined) Object.defineProperty(params, name, { value, enumerable: true, configurable: true });
}

/** A google.protobuf.Value. */
function readValue(value: WireReader): string | undefined {
  let text: string | undefined;
  while (value.next()) {
    if (value.field === 2 && value.type === FIXED64) text = String(value.readDouble());
    else if (value.field === 3 && value.type === BYTES) text = value.readText();
    else if (value.field === 4 && value.type === VARINT) text = value.readUnsigned() === 0 ? 'false' : 'true';
    else value.skip();
  }
  return text;
}

function within(outer: WireReader): WireReader {
  outer.readRange();
  return new WireReader().open(outer.bytes, outer.rangeStart, outer.rangeEnd);
}

/** Writers leave 0 where they do not know; some write milli- or nanoseconds, which are times in no year that there is. */
function msOf(seconds: number): number | undefined {
  return seconds > 0 && seconds * 1_000 <= CURVE_LIMITS.timeMs ? seconds * 1_000 : undefined;
}

/** What the plugin's name and content are, of a SummaryMetadata. */
export interface ValueMetadata {
  readonly plugin: string;
  readonly content: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export function readMetadata(bytes: Uint8Array, start: number, end: number): ValueMetadata {
  const metadata = new WireReader().open(bytes, start, end);
  let plugin = '';
  let content: Uint8Array = NOTHING;
  while (metadata.next()) {
    if (metadata.field !== 1 || metadata.type !== BYTES) {
      metadata.skip();
      continue;
    }
    const data = within(metadata);
    while (data.next()) {
      if (data.field === 1 && data.type === BYTES) plugin = decodeText(data.readBytes());
      else if (data.field === 2 && data.type === BYTES) content = data.readBytes();
      else data.skip();
    }
  }
  return { plugin, content };
}
