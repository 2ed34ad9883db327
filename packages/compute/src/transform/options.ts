import { BadRequest } from '@vitrine/model/bad-request.ts';

/** A transformation's options, as careless JSON may hold them: what is absent or of another type is the default. */
export class Options {
  readonly all: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    this.all = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  }

  has(key: string): boolean {
    return Object.hasOwn(this.all, key) && this.all[key] !== undefined && this.all[key] !== null;
  }

  /** Numbers read as text too. */
  text(key: string, fallback = ''): string {
    const value = this.get(key);
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : fallback;
  }

  /** Numbers written as text count; an empty text does not. */
  number<T>(key: string, fallback: T): number | T {
    const value = this.get(key);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : fallback;
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.get(key);
    return typeof value === 'boolean' ? value : fallback;
  }

  /** Throws BadRequest for a text that is none of the choices. */
  choice<const T extends string>(key: string, choices: readonly T[], fallback: T): T {
    const value = this.get(key);
    if (typeof value !== 'string' || value === '') return fallback;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new BadRequest(key, `"${value}" is none of ${choices.join(', ')}`);
    return found;
  }

  texts(key: string): string[] {
    const value = this.get(key);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  /** A member that is an object itself; empty where it isn't. */
  inner(key: string): Options {
    return new Options(this.get(key));
  }

  list(key: string): Options[] {
    const value = this.get(key);
    return Array.isArray(value) ? value.map((item) => new Options(item)) : [];
  }

  /** The members that an object holds under its keys. */
  map(key: string): Map<string, unknown> {
    return new Map(Object.entries(this.inner(key).all));
  }

  /** Any member, own keys only. */
  get(key: string): unknown {
    return Object.hasOwn(this.all, key) ? this.all[key] : undefined;
  }
}
