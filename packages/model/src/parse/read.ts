import { BadRequest } from '../bad-request.ts';

/** Longer than any title, query or page of markdown. */
const MAX_LETTERS = 1_000_000;
const MAX_ITEMS = 100_000;
const MAX_DEPTH = 100;
/** Keys that would reach into what all objects share. */
const RESERVED = ['__proto__', 'constructor', 'prototype'];

/** One value of a parsed JSON or YAML document with the way to it, so that a complaint names the field. */
export class Read {
  readonly path: string;
  readonly value: unknown;

  constructor(path: string, value: unknown) {
    this.path = path;
    this.value = value;
  }

  /** A member of this object; a missing one has the value undefined. */
  at(key: string): Read {
    return new Read(this.path === '' ? key : `${this.path}.${key}`, this.object()[key]);
  }

  get missing(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** What `parse` makes of the value, or `fallback` where there is none. */
  or<T>(fallback: T, parse: (read: this) => T): T {
    return this.missing ? fallback : parse(this);
  }

  object(): Readonly<Record<string, unknown>> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) return this.#refuse('an object');
    return this.value as Record<string, unknown>;
  }

  /** An object that its reader knows, such as a plugin: only what would harm anybody is refused. */
  tree(): Readonly<Record<string, unknown>> {
    this.any();
    return this.object();
  }

  /** Any value that JSON can say, not nested without end. */
  any(): unknown {
    const visit = (value: unknown, depth: number): void => {
      if (typeof value !== 'object' || value === null) return;
      if (depth > MAX_DEPTH) this.fail(`is nested more than ${MAX_DEPTH} deep`);
      for (const [key, member] of Object.entries(value)) {
        if (RESERVED.includes(key)) this.fail(`has a member "${key}", which is not allowed`);
        visit(member, depth + 1);
      }
    };
    visit(this.value, 1);
    return this.value;
  }

  array(): Read[] {
    if (!Array.isArray(this.value)) return this.#refuse('a list');
    if (this.value.length > MAX_ITEMS) this.fail(`holds ${this.value.length} items, and the limit is ${MAX_ITEMS}`);
    return this.value.map((item, index) => new Read(`${this.path}[${index}]`, item));
  }

  /** A list of no more than `most` of what `what` calls them. */
  atMost(most: number, what: string): Read[] {
    const items = this.array();
    return items.length <= most ? items : this.fail(`holds ${items.length} ${what}, and at most ${most} fit`);
  }

  string(): string {
    if (typeof this.value !== 'string') return this.#refuse('text');
    if (this.value.length > MAX_LETTERS)
      this.fail(`has ${this.value.length} letters, and the limit is ${MAX_LETTERS}; make it shorter`);
    return this.value;
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.#refuse('true or false');
  }

  number(): number {
    return typeof this.value === 'number' && Number.isFinite(this.value) ? this.value : this.#refuse('a number');
  }

  integer(min: number, max: number): number {
    const value = this.number();
    if (!Number.isInteger(value) || value < min || value > max) return this.#refuse(`a whole number from ${min} to ${max}`);
    return value;
  }

  oneOf<const T extends string>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.value);
    return found ?? this.#refuse(`one of ${choices.join(', ')}`);
  }

  /** Refuses keys that are not in the list, so that a typing error does not pass in silence. */
  only(keys: readonly string[]): this {
    for (const key of Object.keys(this.object())) {
      if (!keys.includes(key)) throw new BadRequest(this.at(key).path, `is not known here; known are ${keys.join(', ')}`);
    }
    return this;
  }

  fail(problem: string): never {
    throw new BadRequest(this.path === '' ? 'document' : this.path, problem);
  }

  #refuse(wanted: string): never {
    return this.fail(`expected ${wanted}, found ${describe(this.value)}`);
  }
}

/** Short, whatever it is: a deeply nested value is not written out. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'a list';
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0 ? '{}' : 'an object';
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 100) : value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
