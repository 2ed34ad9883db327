/**
 * Series keys are long and come again with every scrape, and copying them between threads costs more than all else of
 * an append: so each goes over once and afterwards as a number. Sender and receiver count alike.
 */

/** What is remembered at most; beyond it both sides start over, so that a storm of new series does not stay in memory. */
const KEYS_REMEMBERED = 500_000;
const CHARACTERS_REMEMBERED = 128 * 1024 * 1024;

/** A batch's keys on their way: `tokens[i]` stands for key i; those from `known` on are `newKeys`, in order. */
export interface SentKeys {
  readonly tokens: Uint32Array<ArrayBuffer>;
  readonly newKeys: readonly string[];
  /** Keys that the receiver must know already; 0: it is to forget all it knew. */
  readonly known: number;
}

export class KeySender {
  readonly #tokens = new Map<string, number>();
  /** By token. */
  #keys: string[] = [];
  readonly #limit: number;
  readonly #characterLimit: number;
  #characters = 0;

  constructor(limit = KEYS_REMEMBERED, characterLimit = CHARACTERS_REMEMBERED) {
    this.#limit = limit;
    this.#characterLimit = characterLimit;
  }

  send(keys: readonly string[]): SentKeys {
    if (this.#tokens.size > this.#limit || this.#characters > this.#characterLimit) {
      this.#tokens.clear();
      this.#keys = [];
      this.#characters = 0;
    }
    const known = this.#tokens.size;
    const tokens = new Uint32Array(keys.length);
    const newKeys: string[] = [];
    // Senders repeat themselves: after a key mostly comes the one that came after it before.
    let next = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      let token = this.#keys[next] === key ? next : this.#tokens.get(key);
      if (token === undefined) {
        token = this.#tokens.size;
        this.#tokens.set(key, token);
        this.#keys.push(key);
        this.#characters += key.length;
        newKeys.push(key);
      }
      tokens[i] = token;
      next = token + 1;
    }
    return { tokens, newKeys, known };
  }
}

export class KeyReceiver {
  #keys: string[] = [];

  /** Must see every message of its sender, in order. */
  receive({ tokens, newKeys, known }: SentKeys): string[] {
    if (known === 0) this.#keys = [];
    for (const key of newKeys) this.#keys.push(key);
    const keys: string[] = [];
    for (let i = 0; i < tokens.length; i++) keys.push(this.#keys[tokens[i] as number] as string);
    return keys;
  }
}
