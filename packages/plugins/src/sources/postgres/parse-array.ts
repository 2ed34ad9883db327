const MAX_DEPTH = 6;

/** Reads an array as PostgreSQL writes it: `{1,NULL,"a \"b\""}`, `{{1},{2}}`, `[0:1]={1,2}`. NULL is null. */
export function parseArray(text: string, read: (element: string) => unknown): unknown[] {
  let at = text.indexOf('{') + 1;

  function list(depth: number): unknown[] {
    const found: unknown[] = [];
    while (at < text.length) {
      const char = text[at];
      if (char === '}') {
        at++;
        return found;
      }
      if (char === ',') at++;
      else if (char === '{') {
        at++;
        // PostgreSQL has no deeper arrays.
        if (depth >= MAX_DEPTH) return found;
        found.push(list(depth + 1));
      } else found.push(element());
    }
    return found;
  }

  function element(): unknown {
    if (text[at] !== '"') {
      const start = at;
      while (at < text.length && text[at] !== ',' && text[at] !== '}') at++;
      const plain = text.slice(start, at);
      return plain === 'NULL' ? null : read(plain);
    }
    let inside = '';
    for (at++; at < text.length && text[at] !== '"'; at++) {
      if (text[at] === '\\') at++;
      inside += text[at] ?? '';
    }
    at++;
    return read(inside);
  }

  return list(1);
}
