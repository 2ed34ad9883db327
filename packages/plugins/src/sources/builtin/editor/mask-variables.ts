/** A text that parses where the query with its variables would, and the way back from its positions. */
export interface MaskedText {
  readonly text: string;
  /** The position in the query of a position in `text`. */
  positionOf(at: number): number;
}

/** `$name`, `${name:format}`, `[[name]]`, at the beginning of what is left. */
const REFERENCE = /^(?:\$\{[^}]*\}|\$\w+|\[\[\w+(?::\w+)?\]\])/;
const WINDOW = '5m';

/**
 * Puts a duration in the place of variables that stand in a window or after `offset`; those inside of strings stay, since a string
 * may hold anything. undefined where a variable stands elsewhere: what it holds may be an operator as well as a name, so only the
 * server, which knows its value, can tell whether the query parses.
 */
export function maskVariables(query: string): MaskedText | undefined {
  let text = '';
  const shifts: { readonly at: number; readonly by: number }[] = [];
  let quote = '';
  let inWindow = false;
  for (let at = 0; at < query.length;) {
    const char = query[at]!;
    if (quote !== '') {
      const step = char === '\\' && quote !== '`' ? 2 : 1;
      if (char === quote) quote = '';
      text += query.slice(at, at + step);
      at += step;
      continue;
    }
    if (char === '#') {
      const end = query.indexOf('\n', at);
      text += query.slice(at, end === -1 ? undefined : end);
      at = end === -1 ? query.length : end;
      continue;
    }
    const reference = REFERENCE.exec(query.slice(at))?.[0];
    if (reference !== undefined && (char === '$' || reference.startsWith('[['))) {
      if (!inWindow && !/\boffset\s+-?$/.test(text)) return undefined;
      text += WINDOW;
      at += reference.length;
      shifts.push({ at: text.length, by: reference.length - WINDOW.length });
      continue;
    }
    if (char === '"' || char === "'" || char === '`') quote = char;
    if (char === '[') inWindow = true;
    if (char === ']') inWindow = false;
    text += char;
    at += 1;
  }
  return {
    text,
    positionOf: (at) => Math.min(query.length, at + shifts.reduce((sum, shift) => sum + (at >= shift.at ? shift.by : 0), 0)),
  };
}
