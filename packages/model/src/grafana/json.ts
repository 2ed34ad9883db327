/** Foreign JSON, of which nothing is sure. These read what is there and leave the complaint to whoever knows the field. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objectsOf(value: unknown): readonly Json[] {
  return listOf(value).filter(isObject);
}

/** Text, or a number or a switch written as text. */
export function textOf(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : otherwise;
}

/** A number, also one that stands as text: "0.9". */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Whether there is anything: null, "", [] and {} say nothing. */
export function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

export function omit(object: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Leaves out what is undefined, so that "not said" is not there at all. */
export function defined<T extends object>(object: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}

/** Puts `extra` under `base`, object by object. What `base` says stays; lists are not mixed. */
export function underlay(base: Json, extra: Json): Json {
  const all: Record<string, unknown> = { ...extra };
  for (const [key, value] of Object.entries(base)) {
    const under = extra[key];
    if (value === undefined && Object.hasOwn(extra, key)) continue;
    all[key] = isObject(value) && isObject(under) ? underlay(value, under) : value;
  }
  return all;
}
