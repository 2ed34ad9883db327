/** Characters of keys that are kept, all together. */
const MOST_CHARS = 32 * 1024 * 1024;
/** What an entry takes beside its characters, counted as characters. */
const ENTRY_CHARS = 200;

/**
 * Remembers what was made of a text: senders say the same names again and again. Bounded in memory: when it is full, all
 * is forgotten.
 */
export class TextCache<T> {
  readonly #known = new Map<string, T>();
  readonly #mostChars: number;
  #chars = 0;

  constructor(mostChars = MOST_CHARS) {
    this.#mostChars = mostChars;
  }

  get(text: string): T | undefined {
    return this.#known.get(text);
  }

  /** `chars` is what the value itself takes. */
  set(text: string, value: T, chars = 0): void {
    const cost = text.length + chars + ENTRY_CHARS;
    if (this.#chars + cost > this.#mostChars) this.clear();
    this.#chars += cost;
    this.#known.set(ownText(text), value);
  }

  clear(): void {
    this.#known.clear();
    this.#chars = 0;
  }
}

/** Copied, because a slice keeps the whole text that it is of in memory. */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
