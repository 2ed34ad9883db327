import { readDurationMs } from '@vitrine/model/duration.ts';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { ConfigError } from '../config/read-config.ts';

interface Source {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: Document;
}

/** A place in a YAML file that knows how to say where it is. Each reader throws ConfigError: `file:line: key path: sentence`. */
export class YamlField {
  /** As in `scrape_configs[0].relabel_configs[1].regex`; "" at the top. */
  readonly path: string;
  readonly #source: Source;
  readonly #node: Node | null;
  readonly #offset: number;

  private constructor(source: Source, node: Node | null, path: string, offset: number) {
    this.#source = source;
    this.#node = isAlias(node) ? (node.resolve(source.document) ?? null) : node;
    this.path = path;
    this.#offset = offset;
  }

  /** The top of a file. Throws ConfigError where the text is no YAML. */
  static parse(file: string, text: string): YamlField {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const top = new YamlField({ file, lines, document }, document.contents, '', 0);
    const problem = document.errors[0];
    if (problem !== undefined) {
      const sentence = (problem.message.split('\n')[0] as string)
        .replace(/ at line \d+, column \d+:?$/, '')
        .replace(/[.:]+$/, '');
      throw new ConfigError(`${file}:${lines.linePos(problem.pos[0]).line}: ${sentence}.`);
    }
    return top;
  }

  get empty(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  /** `file:line`. */
  get where(): string {
    return `${this.#source.file}:${this.#source.lines.linePos(this.#offset).line}`;
  }

  fail(problem: string, options?: ErrorOptions): never {
    throw new ConfigError(`${this.where}: ${this.path === '' ? '' : `${this.path}: `}${problem}.`, options);
  }

  /** The keys of a mapping in their order; none where the field is empty. `<<` is merged. */
  entries(): Map<string, YamlField> {
    if (this.empty) return new Map();
    if (!isMap(this.#node)) return this.fail('expected keys and values');
    const own = new Map<string, YamlField>();
    const merged: YamlField[] = [];
    for (const pair of this.#node.items) {
      const key = pair.key as Node;
      const name = isScalar(key) ? String(key.value) : this.fail('expected a plain key');
      const value = (pair.value ?? null) as Node | null;
      const offset = key.range?.[0] ?? this.#offset;
      const field = new YamlField(this.#source, value, this.path === '' ? name : `${this.path}.${name}`, offset);
      if (name === '<<') merged.push(...(isSeq(field.#node) ? field.list() : [field]));
      else own.set(name, field);
    }
    for (const field of merged) for (const [name, value] of field.entries()) if (!own.has(name)) own.set(name, value);
    return own;
  }

  /** The items of a list; none where the field is empty. */
  list(): YamlField[] {
    if (this.empty) return [];
    if (!isSeq(this.#node)) return this.fail('expected a list');
    return this.#node.items.map((item, i) => {
      const node = item as Node;
      return new YamlField(this.#source, node, `${this.path}[${i}]`, node.range?.[0] ?? this.#offset);
    });
  }

  /** A text; a number or a boolean counts as it is written. "" where the field is empty. */
  text(): string {
    if (this.empty) return '';
    if (!isScalar(this.#node)) return this.fail('expected one value');
    return typeof this.#node.value === 'string' ? this.#node.value : (this.#node.source ?? String(this.#node.value));
  }

  /** Whatever stands there, as JSON has it. */
  json(): unknown {
    return this.#node?.toJS(this.#source.document) ?? null;
  }

  boolean(): boolean {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    return typeof value === 'boolean' ? value : this.fail('expected true or false');
  }

  /** A whole number of at least 0. */
  count(): number {
    const value = Number(this.text());
    return Number.isSafeInteger(value) && value >= 0 && this.text() !== ''
      ? value
      : this.fail(`"${this.text()}" is not a whole number of at least 0`);
  }

  /** Milliseconds, more than 0. */
  durationMs(): number {
    const ms = readDurationMs(this.text());
    if (ms === undefined || ms <= 0) return this.fail(`"${this.text()}" is not a duration such as 15s or 1m`);
    return ms;
  }

  /** "10MB" is 10 * 2^20 as in Prometheus, and so is "10MiB". */
  bytes(): number {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([KMGTP]?)i?B?$/i.exec(this.text()) ?? [];
    if (digits === undefined || unit === undefined) return this.fail(`"${this.text()}" is not a size such as 10MB`);
    return Math.round(Number(digits) * 1024 ** ' KMGTP'.indexOf(unit.toUpperCase() || ' '));
  }

  oneOf<T extends string>(values: readonly T[]): T {
    const text = this.text();
    return values.find((value) => value === text) ?? this.fail(`"${text}" is not one of ${values.join(', ')}`);
  }
}
