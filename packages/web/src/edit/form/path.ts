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

/** A copy with `value` at "legend.placement"; undefined takes the member away. What is on no way there is shared. */
export function writePath(into: unknown, path: string, value: unknown): Json {
  const [key = '', ...rest] = path.split('.');
  const before: Json = typeof into === 'object' && into !== null && !Array.isArray(into) ? (into as Json) : {};
  const next = rest.length === 0 ? value : writePath(before[key], rest.join('.'), value);
  if (next !== undefined) return { ...before, [key]: next };
  const { [key]: _, ...others } = before;
  return others;
}
