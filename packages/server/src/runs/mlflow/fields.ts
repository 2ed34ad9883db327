import { CURVE_LIMITS } from '@vitrine/model/curve-store.ts';
import { invalidValue, MlflowError } from './mlflow-error.ts';

/**
 * A request's fields, of its body or of its address, where all values are text. Fields that nobody asks for are ignored. Every
 * method throws MlflowError INVALID_PARAMETER_VALUE that names the field where it is not what is asked for.
 */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(values: Readonly<Record<string, unknown>>, path = '') {
    this.#values = values;
    this.#path = path;
  }

  /** undefined where it is not there, or null. */
  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'string') return value;
    throw invalidValue(this.#at(name), value, 'Value was not a string.');
  }

  /** Text of at least one character. */
  neededText(name: string): string {
    return this.text(name) || this.#missing(name);
  }

  /** Text, or a number where clients write ids as such; "" where it is not there. */
  id(name: string): string {
    const value = this.#value(name);
    return typeof value === 'number' ? String(value) : (this.text(name) ?? '');
  }

  neededId(name: string): string {
    return this.id(name) || this.#missing(name);
  }

  /** The run's: clients of all ages send one or both of the two names. */
  runId(): string {
    return this.text('run_id') || this.text('run_uuid') || this.#missing('run_id');
  }

  /** A whole number, or its digits. */
  whole(name: string, bounds: { readonly least: number; readonly most: number; readonly why: string }): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^[+-]?\d{1,30}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) {
      throw invalidValue(this.#at(name), value, 'Value was not a whole number.');
    }
    if (number < bounds.least || number > bounds.most) throw invalidValue(this.#at(name), value, bounds.why);
    // Never -0.
    return number + 0;
  }

  step(name: string): number | undefined {
    const why = 'Step must be a whole number between -2^51 and 2^51, the largest that Vitrine keeps.';
    return this.whole(name, { least: -CURVE_LIMITS.step, most: CURVE_LIMITS.step, why });
  }

  timeMs(name: string): number | undefined {
    const why = `Timestamp must be a number of milliseconds between 0 and ${Math.floor(CURVE_LIMITS.timeMs)}, in the year 2041.`;
    return this.whole(name, { least: 0, most: CURVE_LIMITS.timeMs, why });
  }

  neededTimeMs(name: string): number {
    return this.timeMs(name) ?? this.#missing(name);
  }

  /** A number, its digits, or one of "NaN", "Infinity" and "-Infinity", which JSON has no numbers for. */
  neededDouble(name: string): number {
    const value = this.#value(name) ?? this.#missing(name);
    if (typeof value === 'number') return value;
    if (typeof value === 'string') {
      const number = Number(value);
      if (value.trim() !== '' && (value === 'NaN' || !Number.isNaN(number))) return number;
    }
    throw invalidValue(this.#at(name), value, 'Please specify value as a valid double (64-bit floating point).');
  }

  boolean(name: string): boolean {
    const value = this.#value(name);
    return value === true || value === 'true';
  }

  /** Texts; one alone stands for itself, as in an address. */
  texts(name: string): string[] {
    return this.#list(name).map((value, index) => {
      if (typeof value === 'string') return value;
      if (typeof value === 'number') return String(value);
      throw invalidValue(`${this.#at(name)}[${index}]`, value, 'Value was not a string.');
    });
  }

  objects(name: string): Fields[] {
    return this.#list(name).map((value, index) => objectFields(value, `${this.#at(name)}[${index}]`));
  }

  /** The fields of an object that is one; none where it is not there. */
  object(name: string): Fields {
    return objectFields(this.#value(name) ?? {}, this.#at(name));
  }

  /** As JSON would give it. */
  json(name: string): unknown {
    return this.#value(name);
  }

  /** What a message calls the field. */
  at(name: string): string {
    return this.#at(name);
  }

  #list(name: string): readonly unknown[] {
    const value = this.#value(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    if (typeof value === 'string') return [value];
    throw invalidValue(this.#at(name), value, 'Value was not a list.');
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined;
  }

  #missing(name: string): never {
    const sentence = `Missing value for required parameter '${this.#at(name)}'. See the API docs for more information about request parameters.`;
    throw new MlflowError('INVALID_PARAMETER_VALUE', sentence);
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}

function objectFields(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return new Fields(value as Readonly<Record<string, unknown>>, path);
  }
  throw invalidValue(path, value, 'Value was not an object.');
}
