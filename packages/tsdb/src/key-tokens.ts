import { ESCAPE } from '@vitrine/model/labels.ts';
import type { BatchSeries } from './batch-series.ts';
import { LONGEST_KEY } from './committer.ts';
import { LabelIds } from './index/label-ids.ts';
import { SeriesRows } from './index/series-rows.ts';

/**
 * Series keys are long and come again with every scrape, and copying them between threads costs more than all else of
 * an append: so each goes over once and afterwards as a number. Sender and receiver count alike.
 */

/** What is remembered at most; beyond it both sides start over, so that a storm of new series does not stay in memory. */
const KEYS_REMEMBERED = 1_200_000;
const CHARACTERS_REMEMBERED = 128 * 1024 * 1024;
const TEXTS_REMEMBERED = 100_000;

/** A batch's keys on their way: `tokens[i]` stands for key i; those from `known` on are `newKeys`, in order. */
export interface SentKeys {
  readonly tokens: Uint32Array<ArrayBuffer>;
  readonly newKeys: readonly string[];
  /** Keys that the receiver must know already; 0: it is to forget all it knew. */
  readonly known: number;
}

export class KeySender {
  /** The first so many keys stand as texts, and are found the fastest. */
  readonly #tokens = new Map<string, number>();
  /** By token. */
  #texts: string[] = [];
  /** The others as rows of numbers: a million texts would take 300 MB. */
  #ids = new LabelIds();
  #rows = new SeriesRows();
  #size = 0;
  readonly #limit: number;
  readonly #characterLimit: number;
  readonly #textLimit: number;
  /** Of the keys that stand as texts. */
  #characters = 0;

  constructor(limit = KEYS_REMEMBERED, characterLimit = CHARACTERS_REMEMBERED, textLimit = TEXTS_REMEMBERED) {
    this.#limit = limit;
    this.#characterLimit = characterLimit;
    this.#textLimit = textLimit;
  }

  send(keys: readonly string[]): SentKeys {
    if (this.#size > this.#limit || this.#characters + this.#ids.characters > this.#characterLimit) this.#startOver();
    const known = this.#size;
    const tokens = new Uint32Array(keys.length);
    const newKeys: string[] = [];
    // Senders repeat themselves: after a key mostly comes the one that came after it before.
    let next = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      let token = this.#texts[next] === key ? next : (this.#tokens.get(key) ?? this.#rowOf(key));
      if (token === undefined) {
        token = this.#learn(key);
        newKeys.push(key);
      }
      tokens[i] = token;
      next = token + 1;
    }
    return { tokens, newKeys, known };
  }

  #rowOf(key: string): number | undefined {
    if (this.#rows.size === 0 || key.includes(ESCAPE)) return undefined;
    const count = this.#ids.read(key, false);
    return count === -1 ? undefined : this.#rows.find(this.#ids.row, count);
  }

  #learn(key: string): number {
    const token = this.#size++;
    // Two texts with escapes in them may mean the same labels, and are to have tokens of their own.
    const isText = token < this.#textLimit || key.length > LONGEST_KEY || key.includes(ESCAPE);
    const count = isText ? -1 : this.#ids.read(key, true);
    if (count === -1) {
      // What is too long to be stored is sent anew each time: it must not make looking up slow.
      if (key.length <= LONGEST_KEY) this.#tokens.set(key, token);
      this.#characters += key.length;
    } else this.#rows.add(token, this.#ids.row, count);
    if (token < this.#textLimit) this.#texts.push(key);
    return token;
  }

  #startOver(): void {
    this.#tokens.clear();
    this.#texts = [];
    this.#ids = new LabelIds();
    this.#rows = new SeriesRows();
    this.#size = 0;
    this.#characters = 0;
  }
}

/** Which series there are, as a receiver needs it. */
export interface KnownSeries {
  refOf(key: string): number | undefined;
  keyOf(ref: number): string;
}

/** Knows what tokens stand for: the refs of series that exist, the keys of others. */
export class KeyReceiver {
  readonly #series: KnownSeries;
  #table: TokenTable;
  /** Tables that were replaced while batches waited that speak of them. */
  readonly #older = new Set<TokenTable>();

  constructor(series: KnownSeries) {
    this.#series = series;
    this.#table = new TokenTable(series);
  }

  /** Must see every message of its sender, in order. `done` is to be called when the batch is not looked at any more. */
  receive({ tokens, newKeys, known }: SentKeys): { readonly series: BatchSeries; readonly done: () => void } {
    if (known === 0) {
      if (this.#table.waiting > 0) this.#older.add(this.#table);
      this.#table = new TokenTable(this.#series);
    }
    const table = this.#table;
    table.learn(newKeys);
    table.waiting++;
    return {
      series: {
        length: tokens.length,
        refOf: (i) => table.refOf(tokens[i] as number),
        keyOf: (i) => table.keyOf(tokens[i] as number),
      },
      done: () => {
        // The keys of series that exist by now need not be kept.
        if (newKeys.length > 0) for (const token of tokens) table.refOf(token);
        if (--table.waiting === 0) this.#older.delete(table);
      },
    };
  }

  /** To be called before these refs cease to be series: they may become others. */
  forget(refs: ReadonlySet<number>): void {
    this.#table.forget(refs);
    for (const table of this.#older) table.forget(refs);
  }
}

const UNKNOWN = -1;

class TokenTable {
  /** Batches that wait and have tokens of this table. */
  waiting = 0;
  readonly #series: KnownSeries;
  #size = 0;
  /** By token. */
  #refs = new Int32Array(1024);
  /** By ref, a token plus 1. */
  #tokens = new Int32Array(1024);
  /** By token, of those whose series did not exist when they were looked at last. */
  readonly #keys = new Map<number, string>();

  constructor(series: KnownSeries) {
    this.#series = series;
  }

  learn(keys: readonly string[]): void {
    const size = this.#size + keys.length;
    this.#refs = reserve(this.#refs, size);
    for (const key of keys) {
      this.#refs[this.#size] = UNKNOWN;
      this.#keys.set(this.#size++, key);
    }
  }

  refOf(token: number): number | undefined {
    const known = this.#refs[token] as number;
    if (known !== UNKNOWN) return known;
    const key = this.#keys.get(token) as string;
    const ref = this.#series.refOf(key);
    // What is not well-formed is another key's series, too: such a key is looked up every time.
    if (ref === undefined || !key.isWellFormed()) return ref;
    this.#keys.delete(token);
    this.#refs[token] = ref;
    this.#tokens = reserve(this.#tokens, ref + 1);
    this.#tokens[ref] = token + 1;
    return ref;
  }

  keyOf(token: number): string {
    const ref = this.#refs[token] as number;
    return ref === UNKNOWN ? (this.#keys.get(token) as string) : this.#series.keyOf(ref);
  }

  forget(refs: ReadonlySet<number>): void {
    for (const ref of refs) {
      const token = (this.#tokens[ref] ?? 0) - 1;
      if (token === -1) continue;
      this.#keys.set(token, this.#series.keyOf(ref));
      this.#refs[token] = UNKNOWN;
      this.#tokens[ref] = 0;
    }
  }
}

function reserve(column: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (length <= column.length) return column;
  const larger = new Int32Array(Math.max(length, Math.ceil(column.length * 1.5)));
  larger.set(column);
  return larger;
}
