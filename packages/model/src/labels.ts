/** Ends a label's name in a key, whose parts are sorted by name. */
export const NAME_END = '\u0001';
/** Ends a label's value in a key. */
export const PAIR_END = '\u0002';
/** Stands in a key before what would end a part of it. */
export const ESCAPE = '\u0000';
const NEEDS_ESCAPE = new RegExp(`[${ESCAPE}${NAME_END}${PAIR_END}]`, 'g');
const ESCAPED = new RegExp(`${ESCAPE}([0-2])`, 'g');

/** The label that carries the metric's name. */
export const METRIC_NAME = '__name__';

/**
 * A series' identity: label names and values, sorted by name in UTF-16 order, without empty values
 * (to Prometheus an empty value means the label is absent). Immutable.
 */
export class Labels {
  static readonly empty = new Labels([], []);

  readonly names: readonly string[];
  /** `values[i]` belongs to `names[i]`. */
  readonly values: readonly string[];
  #key: string | undefined;

  private constructor(names: readonly string[], values: readonly string[], key?: string) {
    this.names = names;
    this.values = values;
    this.#key = key;
  }

  /** Takes pairs in any order. Of a name that stands twice the last value counts. */
  static from(pairs: Iterable<readonly [name: string, value: string]> | Readonly<Record<string, string>>): Labels {
    const byName = new Map(Symbol.iterator in pairs ? (pairs as Iterable<readonly [string, string]>) : Object.entries(pairs));
    const names: string[] = [];
    for (const [name, value] of byName) if (value !== '') names.push(name);
    names.sort(byCodeUnit);
    return new Labels(
      names,
      names.map((name) => byName.get(name) as string),
    );
  }

  /** Takes names that are already sorted, distinct and have values that are not empty. The arrays are kept, not copied. */
  static fromSorted(names: readonly string[], values: readonly string[]): Labels {
    return new Labels(names, values);
  }

  /** Reads back what `key` gave. Throws where it is none. */
  static fromKey(key: string): Labels {
    const names: string[] = [];
    const values: string[] = [];
    for (let at = 0; at < key.length;) {
      const nameEnd = key.indexOf(NAME_END, at);
      const pairEnd = key.indexOf(PAIR_END, nameEnd);
      if (nameEnd < 0 || pairEnd < 0) throw new Error(`"${key.slice(0, 100)}" is no key of labels.`);
      names.push(unescape(key.slice(at, nameEnd)));
      values.push(unescape(key.slice(nameEnd + 1, pairEnd)));
      at = pairEnd + 1;
    }
    return new Labels(names, values, key);
  }

  /** The identity as one string: equal keys mean equal labels. For maps and for travelling between threads. */
  get key(): string {
    if (this.#key === undefined) {
      let key = '';
      for (let i = 0; i < this.names.length; i++) {
        key += escape(this.names[i] as string) + NAME_END + escape(this.values[i] as string) + PAIR_END;
      }
      this.#key = key;
    }
    return this.#key;
  }

  get size(): number {
    return this.names.length;
  }

  /** The metric's name, or "" where there is none. */
  get metricName(): string {
    return this.get(METRIC_NAME);
  }

  /** The value of a label, or "" where it is absent. */
  get(name: string): string {
    const at = this.names.indexOf(name);
    return at === -1 ? '' : (this.values[at] as string);
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** These labels with one set, or removed where the value is "". */
  with(name: string, value: string): Labels {
    const map = new Map(this);
    map.set(name, value);
    return Labels.from(map);
  }

  /** These labels without the named ones. */
  without(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => !names.has(name));
  }

  /** Only the named ones of these labels. */
  keep(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => names.has(name));
  }

  toObject(): Record<string, string> {
    const { names, values } = this;
    // Assigning to this one name would not make a property of it.
    if (names.includes('__proto__')) return Object.fromEntries(this);
    const object: Record<string, string> = {};
    for (let i = 0; i < names.length; i++) object[names[i] as string] = values[i] as string;
    return object;
  }

  /** What JSON.stringify makes of `toObject()`, but for the order of names that are numbers; several times as fast. */
  toJsonText(): string {
    const { names, values } = this;
    let json = '{';
    for (let i = 0; i < names.length; i++) {
      json += `${i === 0 ? '' : ','}${quoted(names[i] as string)}:${quoted(values[i] as string)}`;
    }
    return `${json}}`;
  }

  /** `metric{a="b"}` as PromQL would write it, for messages and legends. */
  toString(): string {
    const name = this.metricName;
    const rest = [...this]
      .filter(([label]) => label !== METRIC_NAME)
      .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    return rest.length === 0 && name !== '' ? name : `${name}{${rest.join(', ')}}`;
  }

  *[Symbol.iterator](): Iterator<[string, string]> {
    for (let i = 0; i < this.names.length; i++) yield [this.names[i] as string, this.values[i] as string];
  }

  #filter(keep: (name: string) => boolean): Labels {
    const names: string[] = [];
    const values: string[] = [];
    for (let i = 0; i < this.names.length; i++) {
      if (!keep(this.names[i] as string)) continue;
      names.push(this.names[i] as string);
      values.push(this.values[i] as string);
    }
    return names.length === this.names.length ? this : new Labels(names, values);
  }
}

/** Label order: pair by pair, name before value; the shorter set first where one is the start of the other. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.size, b.size);
  for (let i = 0; i < shared; i++) {
    const order =
      byCodeUnit(a.names[i] as string, b.names[i] as string) || byCodeUnit(a.values[i] as string, b.values[i] as string);
    if (order !== 0) return order;
  }
  return a.size - b.size;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What JSON says as it stands, within quotes. */
const NEEDS_NO_ESCAPE = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return NEEDS_NO_ESCAPE.test(text) ? `"${text}"` : JSON.stringify(text);
}

function escape(text: string): string {
  return text.replace(NEEDS_ESCAPE, (char) => ESCAPE + char.charCodeAt(0));
}

function unescape(text: string): string {
  return text.includes(ESCAPE) ? text.replace(ESCAPED, (_, digit: string) => String.fromCharCode(Number(digit))) : text;
}
