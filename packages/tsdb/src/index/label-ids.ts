import { ESCAPE, Labels, NAME_END, PAIR_END } from '@vitrine/model/labels.ts';

/** A label's name and the ids of its values. */
export interface Label {
  readonly name: string;
  readonly ids: Map<string, number>;
}

/** Small numbers for labels with their values: a key becomes a row of them. */
export class LabelIds {
  readonly labels = new Map<string, Label>();
  readonly #labelOf: Label[] = [];
  readonly #valueOf: string[] = [];
  readonly #free: number[] = [];
  #characters = 0;
  /** The key that was read last, in parts: most keys differ from the one before in few. */
  #parts: string[] = [];
  #row = new Uint32Array(64);

  /** What `read` read last. */
  get row(): Uint32Array {
    return this.#row;
  }

  /** One more than the greatest id ever given. */
  get limit(): number {
    return this.#labelOf.length;
  }

  /** Characters of all values that have ids. */
  get characters(): number {
    return this.#characters;
  }

  labelOf(id: number): Label {
    return this.#labelOf[id] as Label;
  }

  valueOf(id: number): string {
    return this.#valueOf[id] as string;
  }

  /**
   * Makes `row` that of a key and returns how long it is; -1 for what is no key and, where `creates` is false, for a key with
   * a part that has no id.
   */
  read(key: string, creates: boolean): number {
    if (key.includes(ESCAPE)) return this.#readEscaped(key, creates);
    const parts = this.#parts;
    let count = 0;
    for (let at = 0; at < key.length; count++) {
      const same = parts[count];
      if (same !== undefined && key.startsWith(same, at)) {
        at += same.length;
        continue;
      }
      const nameEnd = key.indexOf(NAME_END, at);
      const end = key.indexOf(PAIR_END, nameEnd);
      if (nameEnd < 0 || end < 0) {
        this.#parts = [];
        return -1;
      }
      const id = this.#id(key.slice(at, nameEnd), key.slice(nameEnd + 1, end), creates);
      if (id === undefined) {
        parts.length = count;
        return -1;
      }
      this.#set(count, id);
      parts[count] = key.slice(at, end + 1);
      at = end + 1;
    }
    return count;
  }

  /** Says that no row has this id any more: it may become another's. */
  free(id: number): void {
    const label = this.labelOf(id);
    label.ids.delete(this.valueOf(id));
    this.#characters -= this.valueOf(id).length;
    if (label.ids.size === 0) this.labels.delete(label.name);
    this.#valueOf[id] = '';
    this.#free.push(id);
    this.#parts = [];
  }

  #readEscaped(key: string, creates: boolean): number {
    this.#parts = [];
    let labels: Labels;
    try {
      labels = Labels.fromKey(key);
    } catch {
      return -1;
    }
    const { names, values } = labels;
    for (let i = 0; i < names.length; i++) {
      const id = this.#id(names[i] as string, values[i] as string, creates);
      if (id === undefined) return -1;
      this.#set(i, id);
    }
    return names.length;
  }

  #set(at: number, id: number): void {
    if (at >= this.#row.length) {
      const row = new Uint32Array(this.#row.length * 2);
      row.set(this.#row);
      this.#row = row;
    }
    this.#row[at] = id;
  }

  #id(name: string, value: string, creates: boolean): number | undefined {
    let label = this.labels.get(name);
    const known = label?.ids.get(value);
    if (known !== undefined || !creates) return known;
    if (label === undefined) {
      const own = ownText(name);
      this.labels.set(own, (label = { name: own, ids: new Map() }));
    }
    const id = this.#free.pop() ?? this.#labelOf.length;
    const own = ownText(value);
    label.ids.set(own, id);
    this.#characters += own.length;
    this.#labelOf[id] = label;
    this.#valueOf[id] = own;
    return id;
  }
}

/** A part of a longer text keeps all of that in memory: this one stands alone. */
function ownText(text: string): string {
  return text.isWellFormed() ? Buffer.from(text, 'utf8').toString('utf8') : text;
}
