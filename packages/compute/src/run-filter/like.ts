/**
 * SQL's LIKE: `%` is any text, `_` any one character, and a backslash before either makes it stand for itself. In time bounded by the
 * product of both lengths.
 */
export function likeMatcher(pattern: string): (text: string) => boolean {
  const parts = [...readPattern(pattern)];
  return (text) => {
    const chars = Array.from(text);
    let at = 0;
    let part = 0;
    /** Where to go on after the last `%`, which then takes one character more. */
    let backPart = -1;
    let backAt = 0;
    while (at < chars.length) {
      const wanted = parts[part];
      if (wanted === 'any') {
        backPart = ++part;
        backAt = at;
      } else if (wanted !== undefined && (wanted === 'one' || wanted.char === chars[at])) {
        at++;
        part++;
      } else if (backPart >= 0) {
        part = backPart;
        at = ++backAt;
      } else {
        return false;
      }
    }
    while (parts[part] === 'any') part++;
    return part === parts.length;
  };
}

function* readPattern(pattern: string): Generator<'any' | 'one' | { readonly char: string }> {
  let isEscaped = false;
  for (const char of pattern) {
    if (isEscaped) {
      yield { char };
      isEscaped = false;
    } else if (char === '\\') isEscaped = true;
    else if (char === '%') yield 'any';
    else if (char === '_') yield 'one';
    else yield { char };
  }
  if (isEscaped) yield { char: '\\' };
}
