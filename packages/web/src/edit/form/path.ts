type Json = Readonly<Record<string, unknown>>;

/** What stands at "legend.placement"; undefined where the way there ends. */
export function readPath(from: unknown, path: string): unknown {
  let at = from;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Json)[key];
  }
  return at;
}

/**
 * A copy with `value` at "legend.placement", or at "series.0.x" of a list; undefined takes the member away. What is on no way there is
 * shared.
 */
export function writePath(into: unknown, path: string, value: unknown): Json {
  return written(isObject(into) ? into : {}, path.split('.'), value) as Json;
}

function written(into: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  // Lists grow by one at most: a wild place in one is no reason to make it long.
  if (Array.isArray(into) || (into === undefined && key === '0')) {
    const list: readonly unknown[] = into ?? [];
    const at = Math.min(Number(key), list.length);
    return [...list.slice(0, at), rest.length === 0 ? value : written(list[at], rest, value), ...list.slice(at + 1)];
  }
  const before = isObject(into) ? into : {};
  const next = rest.length === 0 ? value : written(before[key], rest, value);
  if (next !== undefined) return { ...before, [key]: next };
  const { [key]: _, ...others } = before;
  return others;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
