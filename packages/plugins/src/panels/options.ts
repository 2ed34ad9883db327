import { BadRequest } from '@vitrine/model/bad-request.ts';

/** Reads a panel's options one by one: a missing one takes its default, a wrong one is named in a sentence. */
export class Options {
  readonly #input: Readonly<Record<string, unknown>>;

  constructor(input: unknown) {
    if (input !== undefined && input !== null && (typeof input !== 'object' || Array.isArray(input))) {
      throw new BadRequest('options', 'expected an object');
    }
    this.#input = (input ?? {}) as Readonly<Record<string, unknown>>;
  }

  oneOf<const Choice extends string>(name: string, choices: readonly Choice[], otherwise: Choice): Choice {
    const value = this.#input[name];
    if (value === undefined || value === null) return otherwise;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new BadRequest(`options.${name}`, `expected one of ${choices.join(', ')}, not ${show(value)}`);
    return found;
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.#input[name];
    if (value === undefined || value === null) return otherwise;
    if (typeof value !== 'boolean') throw new BadRequest(`options.${name}`, `expected true or false, not ${show(value)}`);
    return value;
  }

  number(name: string, range: { readonly min: number; readonly max: number }, otherwise: number): number {
    const value = this.#input[name];
    if (value === undefined || value === null) return otherwise;
    if (typeof value !== 'number' || !(value >= range.min && value <= range.max)) {
      throw new BadRequest(`options.${name}`, `expected a number from ${range.min} to ${range.max}, not ${show(value)}`);
    }
    return value;
  }

  /** Any finite number, or none. */
  optionalNumber(name: string): number | undefined {
    const value = this.#input[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new BadRequest(`options.${name}`, `expected a number, not ${show(value)}`);
    return value;
  }

  text(name: string, longest: number, otherwise: string): string {
    const value = this.#input[name];
    if (value === undefined || value === null) return otherwise;
    if (typeof value !== 'string') throw new BadRequest(`options.${name}`, `expected text, not ${show(value)}`);
    if (value.length > longest)
      throw new BadRequest(`options.${name}`, `holds ${value.length} characters; at most ${longest} fit`);
    return value;
  }
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
