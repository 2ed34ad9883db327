import { deserialize, serialize } from 'node:v8';

/**
 * What the server and the process of a plugin's data source say to each other: each message is its length in bytes as uint32
 * LE, then the value as V8 writes it, so that typed arrays travel as their bytes.
 */
export type ToProcess =
  | Load
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }
  /** Nobody waits for that answer any longer. */
  | { readonly type: 'give-up'; readonly id: number }
  | { readonly type: 'fetched'; readonly id: number; readonly outcome: FetchOutcome }
  /** Whoever does not answer it with `awake` is busy without a break. */
  | { readonly type: 'wake' };

export type FromProcess =
  | { readonly type: 'answer'; readonly id: number; readonly outcome: Outcome }
  | { readonly type: 'fetch'; readonly id: number; readonly request: FetchRequest }
  | { readonly type: 'give-up-fetch'; readonly id: number }
  | { readonly type: 'awake' };

/** The first message: which module to load, and what to connect it with. */
export interface Load {
  readonly type: 'load';
  readonly contract: number;
  /** The plugin's folder. */
  readonly folder: string;
  /** Path of the module below it. */
  readonly module: string;
  /** SHA-256 in hex of what may be loaded, by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly kind: string;
  /** As saved, with name, url and secrets. */
  readonly settings: unknown;
}

export type Question =
  | { readonly method: 'query'; readonly refId: string; readonly spec: unknown; readonly context: AskedContext }
  | { readonly method: 'options' | 'annotations'; readonly spec: unknown; readonly context: AskedContext }
  | { readonly method: 'check' }
  | { readonly method: 'suggest'; readonly path: string; readonly search: string };

/** Of a QueryContext what is no function. */
export interface AskedContext {
  readonly [name: string]: unknown;
}

export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

export interface WireError {
  readonly name: string;
  readonly message: string;
  /** Of a BadRequest. */
  readonly field?: string;
  /** Of a QueryError. */
  readonly code?: string;
}

export interface FetchRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | undefined;
}

export type FetchOutcome =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Uint8Array;
    }
  | { readonly ok: false; readonly message: string };

/** What a plugin asks while it stands still: to fill in variables. It travels over a pipe of its own. */
export interface ReplaceRequest {
  readonly id: number;
  readonly text: string;
  /** undefined is the way that fits no format. A function is run by the process itself. */
  readonly format: string | undefined;
  readonly isFormatted: boolean;
  readonly macros: Readonly<Record<string, string>> | undefined;
}

export type ReplaceOutcome =
  | {
      readonly ok: true;
      readonly text: string;
      /** Where the process formats values itself: what stands for them in the text, and what they are. */
      readonly values: readonly {
        readonly mark: string;
        readonly value: string | readonly string[];
        readonly variable: { readonly name: string; readonly multi: boolean };
      }[];
    }
  | { readonly ok: false; readonly error: WireError };

const PREFIX_BYTES = 4;

export function encodeMessage(message: unknown): Buffer {
  const body = serialize(message);
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES + body.length);
  bytes.writeUInt32LE(body.length);
  body.copy(bytes, PREFIX_BYTES);
  return bytes;
}

/** A message longer than may be. */
export class MessageTooLong extends Error {
  override readonly name = 'MessageTooLong';
}

/** Puts messages together from what arrives of a pipe. */
export class MessageReader {
  readonly #mostBytes: number;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The messages that are whole with this chunk. Throws MessageTooLong before more of such a one is kept, and an error for what is no message. */
  push(chunk: Buffer): unknown[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const messages: unknown[] = [];
    for (;;) {
      if (this.#length < PREFIX_BYTES) return messages;
      const size = this.#peekLength();
      if (size > this.#mostBytes) throw new MessageTooLong();
      if (this.#length < PREFIX_BYTES + size) return messages;
      const all = Buffer.concat(this.#chunks);
      messages.push(deserialize(all.subarray(PREFIX_BYTES, PREFIX_BYTES + size)));
      const rest = all.subarray(PREFIX_BYTES + size);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#length = rest.length;
    }
  }

  #peekLength(): number {
    const [first] = this.#chunks as [Buffer];
    if (first.length < PREFIX_BYTES) this.#chunks = [Buffer.concat(this.#chunks)];
    return (this.#chunks[0] as Buffer).readUInt32LE();
  }
}
