import { Labels } from '@vitrine/model/labels.ts';
import type { Selector } from '@vitrine/model/sample-store.ts';
import { literalValues } from '@vitrine/promql/match.ts';
import { type Label, LabelIds } from './label-ids.ts';
import { addPosting, postingsLength, removePostings, type Postings } from './postings.ts';
import { SeriesRows } from './series-rows.ts';
import { TestBudget } from './test-budget.ts';
import { valueTest } from './value-test.ts';

/** Labels of this many series are kept as objects; those of others are put together when asked for. */
const LABELS_KEPT = 200_000;

/** Answers that are kept until series come or go, and how many series one may have: evaluation threads ask the same, each for its part. */
const MATCHES_KEPT = 8;
const KEPT_MATCH_SERIES = 100_000;

/**
 * Which series exist and which carry a label value. A series is known by its ref, a small integer that is also its row
 * id on disk, and a label with one of its values by an id: a series is a row of ids. Values are looked up, regular
 * expressions are tried once a value, never once a series.
 */
export class LabelIndex {
  readonly #rows = new SeriesRows();
  readonly #ids = new LabelIds();
  /** By id: the series that carry it. */
  readonly #postings: (Postings | undefined)[] = [];
  #kept = new Map<number, Labels>();
  readonly #matches = new Map<string, readonly number[]>();
  /** `#marks[x] === #mark` where a ref or an id is in the set that is being put together. */
  #marks = new Uint32Array(1024);
  #mark = 0;

  get size(): number {
    return this.#rows.size;
  }

  /** One more than the greatest ref that was ever in use. */
  get refLimit(): number {
    return this.#rows.limit;
  }

  refOf(key: string): number | undefined {
    const count = this.#ids.read(key, false);
    return count === -1 ? undefined : this.#rows.find(this.#ids.row, count);
  }

  has(ref: number): boolean {
    return this.#rows.has(ref);
  }

  keyOf(ref: number): string {
    return this.labelsOf(ref).key;
  }

  labelsOf(ref: number): Labels {
    let labels = this.#kept.get(ref);
    if (labels === undefined) {
      labels = this.#labelsOf(ref);
      if (this.#kept.size >= LABELS_KEPT) this.#kept = new Map();
      this.#kept.set(ref, labels);
    }
    return labels;
  }

  /** The value of a series' label; undefined where it has none. */
  valueOf(ref: number, label: string): string | undefined {
    const wanted = this.#ids.labels.get(label);
    if (wanted === undefined) return undefined;
    const id = this.#idOf(ref, wanted);
    return id === undefined ? undefined : this.#ids.valueOf(id);
  }

  /** Throws where the key is none. */
  add(ref: number, key: string): void {
    const count = this.#ids.read(key, true);
    if (count === -1) throw new Error(`"${key.slice(0, 100)}" is no key of labels.`);
    this.#matches.clear();
    this.#rows.add(ref, this.#ids.row, count);
    for (let i = 0; i < count; i++) {
      const id = this.#ids.row[i] as number;
      this.#postings[id] = addPosting(this.#postings[id], ref);
    }
  }

  remove(refs: ReadonlySet<number>): void {
    const byId = new Map<number, number[]>();
    for (const ref of [...refs].sort((a, b) => a - b)) {
      if (!this.has(ref)) continue;
      const { ids } = this.#rows;
      for (let i = this.#rows.start(ref), end = this.#rows.end(ref); i < end; i++) {
        const id = ids[i] as number;
        const gone = byId.get(id);
        if (gone === undefined) byId.set(id, [ref]);
        else gone.push(ref);
      }
      this.#rows.remove(ref);
      this.#kept.delete(ref);
    }
    for (const [id, gone] of byId) {
      const left = removePostings(this.#postings[id] as Postings, gone);
      this.#postings[id] = left;
      if (left === undefined) this.#ids.free(id);
    }
    this.#matches.clear();
  }

  /** The refs of all series, ascending. */
  all(): number[] {
    const refs: number[] = [];
    for (let ref = 0; ref < this.#rows.limit; ref++) if (this.#rows.has(ref)) refs.push(ref);
    return refs;
  }

  /**
   * The refs of the series that satisfy every matcher, ascending. Throws QueryError where an expression does not compile,
   * or takes too long.
   */
  match(selector: Selector): readonly number[] {
    const text = JSON.stringify(selector);
    const known = this.#matches.get(text);
    if (known !== undefined) return known;
    const refs = this.#match(selector);
    if (refs.length <= KEPT_MATCH_SERIES) {
      if (this.#matches.size >= MATCHES_KEPT) this.#matches.delete(this.#matches.keys().next().value as string);
      this.#matches.set(text, refs);
    }
    return refs;
  }

  #match(selector: Selector): number[] {
    const budget = new TestBudget();
    const terms = selector.map((matcher): Term => {
      const label = this.#ids.labels.get(matcher.label);
      const test = budget.meter(matcher, valueTest(matcher));
      // Where "" satisfies the matcher so do series without the label: look for those that do not satisfy it.
      const keeps = !test('');
      const literals = keeps ? literalValues(matcher) : undefined;
      const listed = literals && this.#listed(label, literals);
      return { label, test, keeps, listed, size: listed === undefined ? Infinity : this.#count(listed) };
    });
    // What can be looked up comes first, and of that what finds the fewest series: it is where to start, and the others only take away.
    terms.sort((a, b) => a.size - b.size || (a.label?.ids.size ?? 0) - (b.label?.ids.size ?? 0));
    const at = terms.findIndex(({ keeps }) => keeps);
    const [start] = at === -1 ? [] : terms.splice(at, 1);
    let refs = start === undefined ? this.all() : this.#union(start.listed ?? this.#tried(start));
    for (const term of terms) {
      if (refs.length === 0) break;
      refs = this.#narrow(refs, term);
    }
    return refs;
  }

  labelNames(): string[] {
    return [...this.#ids.labels.keys()];
  }

  /** How many values a label has. */
  valueCount(label: string): number {
    return this.#ids.labels.get(label)?.ids.size ?? 0;
  }

  /** Every value of a label; what comes or goes meanwhile may or may not be among them. */
  values(label: string): Iterable<string> {
    return this.#ids.labels.get(label)?.ids.keys() ?? [];
  }

  /** Every value of a label with the id of the two, a small number. Ids of what goes are given again. */
  idsOf(label: string): Iterable<readonly [value: string, id: number]> {
    return this.#ids.labels.get(label)?.ids ?? [];
  }

  /** Calls back with the id of every label of a series, and tells how many they are. */
  eachId(ref: number, visit: (id: number) => void): number {
    const { ids } = this.#rows;
    const start = this.#rows.start(ref);
    const end = this.#rows.end(ref);
    for (let i = start; i < end; i++) visit(ids[i] as number);
    return end - start;
  }

  /** Calls back with every value of a label and the series that carry it, until the answer is false. */
  eachValue(label: string, visit: (value: string, postings: Postings) => boolean | void): void {
    for (const [value, id] of this.#ids.labels.get(label)?.ids ?? []) {
      if (visit(value, this.#postings[id] as Postings) === false) return;
    }
  }

  /** The series that carry a label's value; undefined where none does. */
  postings(label: string, value: string): Postings | undefined {
    const id = this.#ids.labels.get(label)?.ids.get(value);
    return id === undefined ? undefined : this.#postings[id];
  }

  /** Calls back with every label and value of a series. */
  eachLabel(ref: number, visit: (name: string, value: string) => void): void {
    const { ids } = this.#rows;
    for (let i = this.#rows.start(ref), end = this.#rows.end(ref); i < end; i++) {
      const id = ids[i] as number;
      visit(this.#ids.labelOf(id).name, this.#ids.valueOf(id));
    }
  }

  #labelsOf(ref: number): Labels {
    const names: string[] = [];
    const values: string[] = [];
    this.eachLabel(ref, (name, value) => {
      names.push(name);
      values.push(value);
    });
    return Labels.fromSorted(names, values);
  }

  #idOf(ref: number, label: Label): number | undefined {
    const { ids } = this.#rows;
    for (let i = this.#rows.start(ref), end = this.#rows.end(ref); i < end; i++) {
      const id = ids[i] as number;
      if (this.#ids.labelOf(id) === label) return id;
    }
    return undefined;
  }

  #listed(label: Label | undefined, values: readonly string[]): number[] {
    const ids = new Set<number>();
    for (const value of values) {
      const id = label?.ids.get(value);
      if (id !== undefined) ids.add(id);
    }
    return [...ids];
  }

  /** The ids of the values that decide: those that satisfy a term that keeps, and those that do not where it takes away. */
  #tried({ label, test, keeps }: Term): number[] {
    const ids: number[] = [];
    if (label !== undefined) for (const [value, id] of label.ids) if (test(value) === keeps) ids.push(id);
    return ids;
  }

  #count(ids: readonly number[]): number {
    return ids.reduce((sum, id) => sum + postingsLength(this.#postings[id] as Postings), 0);
  }

  /** The refs that satisfy the term, too. */
  #narrow(refs: number[], term: Term): number[] {
    const { label, test, keeps, listed } = term;
    if (label === undefined) return keeps ? [] : refs;
    // The value of each series is tried where there are fewer series than values, or than series to mark.
    if (listed === undefined && refs.length < label.ids.size) {
      const tried = new Map<number, boolean>();
      return refs.filter((ref) => {
        const id = this.#idOf(ref, label);
        if (id === undefined) return !keeps;
        let answer = tried.get(id);
        if (answer === undefined) tried.set(id, (answer = test(this.#ids.valueOf(id))));
        return answer;
      });
    }
    const ids = listed ?? this.#tried(term);
    if (this.#count(ids) > refs.length * 4) {
      const mark = this.#markNext(this.#ids.limit);
      const marks = this.#marks;
      for (const id of ids) marks[id] = mark;
      return refs.filter((ref) => {
        const id = this.#idOf(ref, label);
        return (id !== undefined && marks[id] === mark) === keeps;
      });
    }
    const mark = this.#markSeries(ids);
    const marks = this.#marks;
    return refs.filter((ref) => (marks[ref] === mark) === keeps);
  }

  #markNext(limit: number): number {
    if (this.#marks.length < limit || this.#mark === 0xffff_ffff) {
      this.#marks = new Uint32Array(Math.max(limit, Math.ceil(this.#marks.length * 1.5)));
      this.#mark = 0;
    }
    return ++this.#mark;
  }

  #union(ids: readonly number[]): number[] {
    const [only] = ids;
    if (only === undefined) return [];
    if (ids.length === 1) {
      const postings = this.#postings[only] as Postings;
      return typeof postings === 'number' ? [postings] : postings.slice();
    }
    // The values of one label have no series in common.
    const count = this.#count(ids);
    if (count * 16 < this.#rows.limit) return this.#sorted(ids, count);
    const mark = this.#markSeries(ids);
    const marks = this.#marks;
    const refs: number[] = [];
    for (let ref = 0; ref < this.#rows.limit; ref++) if (marks[ref] === mark) refs.push(ref);
    return refs;
  }

  #sorted(ids: readonly number[], count: number): number[] {
    const refs = new Uint32Array(count);
    let at = 0;
    for (const id of ids) {
      const postings = this.#postings[id] as Postings;
      if (typeof postings === 'number') refs[at++] = postings;
      else for (const ref of postings) refs[at++] = ref;
    }
    return Array.from(refs.sort());
  }

  #markSeries(ids: readonly number[]): number {
    const mark = this.#markNext(this.#rows.limit);
    const marks = this.#marks;
    for (const id of ids) {
      const postings = this.#postings[id] as Postings;
      if (typeof postings === 'number') marks[postings] = mark;
      else for (const ref of postings) marks[ref] = mark;
    }
    return mark;
  }
}

/** One matcher, looked up: its series are kept, or, where `keeps` is false, taken away. */
interface Term {
  /** Undefined where no series has it. */
  readonly label: Label | undefined;
  readonly test: (value: string) => boolean;
  readonly keeps: boolean;
  /** The ids of its values where those can be listed. */
  readonly listed: readonly number[] | undefined;
  /** Series that it finds; Infinity where values have to be tried. */
  readonly size: number;
}
