import { BadRequest } from '@vitrine/model/bad-request.ts';

/** Reads a panel's options one by one: a missing one takes its default, a wrong one is named in a sentence. */
export class Options {
  readonly #input: Readonly<Record<string, unknown>>;
  /** Where these options stand, for sentences. */
  readonly #path: string;

  constructor(input: unknown, path = 'options') {
    this.#path = path;
    if (input !== undefined && input !== null && (typeof input !== 'object' || Array.isArray(input))) {
      throw new BadRequest(path, 'expected an object');
    }
    this.#input = (input ?? {}) as Readonly<Record<string, unknown>>;
  }

  oneOf<const Choice extends string>(name: string, choices: readonly Choice[], otherwise: Choice): Choice {
    const value = this.#input[name];
    if (value === undefined || value === null) return otherwise;
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      throw new BadRequest(`${this.#path}.${name}`, `expected one of ${choices.join(', ')}, not ${show(value)}`);
    return found;
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.#input[name];
    if (value === undefined || value === null) return otherwise;
    if (typeof value !== 'boolean') throw new BadRequest(`${this.#path}.${name}`, `expected true or false, not ${show(value)}`);
    return value;
  }

  number(name: string, range: { readonly min: number; readonly max: number }, otherwise: number): number {
    const value = this.#input[name];
    if (value === undefined || value === null) return otherwise;
    if (typeof value !== 'number' || !(value >= range.min && value <= range.max)) {
      throw new BadRequest(`${this.#path}.${name}`, `expected a number from ${range.min} to ${range.max}, not ${show(value)}`);
    }
    return value;
  }

  /** Any finite number, or none. */
  optionalNumber(name: string): number | undefined {
    const value = this.#input[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new BadRequest(`${this.#path}.${name}`, `expected a number, not ${show(value)}`);
    return value;
  }

  text(name: string, longest: number, otherwise: string): string {
    const value = this.#input[name];
    if (value === undefined || value === null) return otherwise;
    if (typeof value !== 'string') throw new BadRequest(`${this.#path}.${name}`, `expected text, not ${show(value)}`);
    if (value.length > longest)
      throw new BadRequest(`${this.#path}.${name}`, `holds ${value.length} characters; at most ${longest} fit`);
    return value;
  }

  /** Options that stand together under one name; all at their defaults where there are none. */
  group(name: string): Options {
    return new Options(this.#input[name], `${this.#path}.${name}`);
  }

  /** A list of texts; what is no text is named. */
  texts(name: string, most = 1000): readonly string[] {
    return this.list(name, most).map((entry, index) => {
      if (typeof entry !== 'string') {
        throw new BadRequest(`${this.#path}.${name}[${index}]`, `expected text, not ${show(entry)}`);
      }
      return entry;
    });
  }

  /** A list of anything; empty where there is none. */
  list(name: string, most = 1000): readonly unknown[] {
    const value = this.#input[name];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw new BadRequest(`${this.#path}.${name}`, `expected a list, not ${show(value)}`);
    if (value.length > most) {
      throw new BadRequest(`${this.#path}.${name}`, `holds ${value.length} entries; at most ${most} fit`);
    }
    return value;
  }

  /** As it was saved, for what takes several forms. */
  raw(name: string): unknown {
    return this.#input[name];
  }
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
