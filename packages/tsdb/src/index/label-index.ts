import { Labels } from '@vitrine/model/labels.ts';
import type { Matcher, Selector } from '@vitrine/model/sample-store.ts';
import { literalValues } from '@vitrine/promql/match.ts';
import { valueTest } from './value-test.ts';
import { addPosting, postingsLength, removePostings, type Postings } from './postings.ts';

/** Labels of this many series are kept as objects; those of others are read from their keys when asked for. */
const LABELS_KEPT = 200_000;

/**
 * Which series exist and which carry a label value. A series is known by its ref, a small integer that is also its row
 * id on disk; label values are looked up, regular expressions are tried once a value, never once a series.
 */
export class LabelIndex {
  readonly #refs = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  /** The ref that was found last by its key. */
  #found = -1;
  readonly #values = new Map<string, Map<string, Postings>>();
  #labels = new Map<number, Labels>();
  /** `#marks[ref] === #mark` where the ref is in the set that is being put together. */
  #marks = new Uint32Array(1024);
  #mark = 0;

  get size(): number {
    return this.#refs.size;
  }

  /** One more than the greatest ref that was ever in use. */
  get refLimit(): number {
    return this.#keys.length;
  }

  refOf(key: string): number | undefined {
    // Senders repeat themselves, so most series are asked for in the order in which they were made.
    const next = this.#found + 1;
    if (this.#keys[next] === key) return (this.#found = next);
    const ref = this.#refs.get(key);
    if (ref !== undefined) this.#found = ref;
    return ref;
  }

  has(ref: number): boolean {
    return this.#keys[ref] !== undefined;
  }

  keyOf(ref: number): string {
    return this.#keys[ref] as string;
  }

  labelsOf(ref: number): Labels {
    let labels = this.#labels.get(ref);
    if (labels === undefined) {
      labels = Labels.fromKey(this.keyOf(ref));
      if (this.#labels.size >= LABELS_KEPT) this.#labels = new Map();
      this.#labels.set(ref, labels);
    }
    return labels;
  }

  add(ref: number, key: string): void {
    while (this.#keys.length <= ref) this.#keys.push(undefined);
    this.#keys[ref] = key;
    this.#refs.set(key, ref);
    const { names, values } = Labels.fromKey(key);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const value = values[i] as string;
      let postings = this.#values.get(name);
      if (postings === undefined) this.#values.set(name, (postings = new Map()));
      const known = postings.get(value);
      const grown = addPosting(known, ref);
      if (grown !== known) postings.set(value, grown);
    }
  }

  remove(refs: ReadonlySet<number>): void {
    const touched = new Map<string, Set<string>>();
    for (const ref of refs) {
      const key = this.#keys[ref];
      if (key === undefined) continue;
      const { names, values } = Labels.fromKey(key);
      for (let i = 0; i < names.length; i++) {
        const name = names[i] as string;
        let seen = touched.get(name);
        if (seen === undefined) touched.set(name, (seen = new Set()));
        seen.add(values[i] as string);
      }
      this.#refs.delete(key);
      this.#keys[ref] = undefined;
      this.#labels.delete(ref);
    }
    for (const [name, values] of touched) {
      const postings = this.#values.get(name) as Map<string, Postings>;
      for (const value of values) {
        const left = removePostings(postings.get(value) as Postings, refs);
        if (left === undefined) postings.delete(value);
        else postings.set(value, left);
      }
      if (postings.size === 0) this.#values.delete(name);
    }
  }

  /** The refs of all series, ascending. */
  all(): number[] {
    const refs: number[] = [];
    for (let ref = 0; ref < this.#keys.length; ref++) if (this.#keys[ref] !== undefined) refs.push(ref);
    return refs;
  }

  /** The refs of the series that satisfy every matcher, ascending. Throws QueryError where an expression does not compile. */
  match(selector: Selector): number[] {
    const terms = selector.map((matcher) => this.#term(matcher));
    // The term that finds the fewest series is where to start; the others only take away.
    let start: Term | undefined;
    for (const term of terms) if (term.keeps && (start === undefined || term.size < start.size)) start = term;
    let refs = start === undefined ? this.all() : union(start.postings);
    for (const term of terms) {
      if (term === start || refs.length === 0) continue;
      const mark = this.#markAll(term.postings);
      const marks = this.#marks;
      const keeps = term.keeps;
      refs = refs.filter((ref) => (marks[ref] === mark) === keeps);
    }
    return refs;
  }

  labelNames(): string[] {
    return [...this.#values.keys()];
  }

  /** Every value of a label with the series that carry it. */
  valuesOf(label: string): ReadonlyMap<string, Postings> {
    return this.#values.get(label) ?? new Map<string, Postings>();
  }

  #term(matcher: Matcher): Term {
    const postings = this.valuesOf(matcher.label);
    const test = valueTest(matcher);
    // Where "" satisfies the matcher so do series without the label: look for those that do not satisfy it.
    const keeps = !test('');
    const found: Postings[] = [];
    const literals = keeps ? literalValues(matcher) : undefined;
    if (literals === undefined) {
      for (const [value, refs] of postings) if (test(value) === keeps) found.push(refs);
    } else {
      for (const value of new Set(literals)) {
        const refs = postings.get(value);
        if (refs !== undefined) found.push(refs);
      }
    }
    return { keeps, postings: found, size: found.reduce<number>((size, refs) => size + postingsLength(refs), 0) };
  }

  #markAll(postings: readonly Postings[]): number {
    if (this.#marks.length < this.#keys.length) {
      this.#marks = new Uint32Array(this.#keys.length * 2);
      this.#mark = 0;
    }
    const mark = ++this.#mark;
    for (const refs of postings) {
      if (typeof refs === 'number') this.#marks[refs] = mark;
      else for (const ref of refs) this.#marks[ref] = mark;
    }
    return mark;
  }
}

/** One matcher, looked up: its series are kept, or, where `keeps` is false, taken away. */
interface Term {
  readonly keeps: boolean;
  readonly postings: readonly Postings[];
  readonly size: number;
}

function union(postings: readonly Postings[]): number[] {
  const [only] = postings;
  if (postings.length === 1 && only !== undefined) return typeof only === 'number' ? [only] : only.slice();
  // The values of one label have no series in common.
  const refs: number[] = [];
  for (const part of postings) {
    if (typeof part === 'number') refs.push(part);
    else for (const ref of part) refs.push(ref);
  }
  return refs.sort((a, b) => a - b);
}
