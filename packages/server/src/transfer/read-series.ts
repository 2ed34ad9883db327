import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const BLANKS = /[ \t]*/y;
const ESCAPE = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/gs;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' };

/**
 * Reads `up{job="a"}`, `{"a metric", job="a"}` and `{__name__="up", job="a"}` from a place on. Answers the labels and where they end,
 * or what is wrong.
 */
export function readSeries(text: string, from = 0): { readonly labels: Labels; readonly end: number } | string {
  const pairs: [string, string][] = [];
  let at = from;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found;
  };
  const sign = (wanted: string): boolean => {
    take(BLANKS);
    if (text[at] !== wanted) return false;
    at++;
    return true;
  };
  const name = take(NAME)?.[0];
  if (name !== undefined) pairs.push([METRIC_NAME, name]);
  if (!sign('{'))
    return name === undefined ? 'has no series such as up{job="a"}' : { labels: Labels.from(pairs), end: from + name.length };
  while (!sign('}')) {
    const quoted = take(QUOTED)?.[1];
    const label = quoted === undefined ? take(NAME)?.[0] : unescaped(quoted);
    if (label === undefined) return 'has no name where a label should stand';
    if (sign('=')) {
      take(BLANKS);
      const value = take(QUOTED)?.[1];
      if (value === undefined) return `has no value in quotes for the label ${label.slice(0, 60)}`;
      if (pairs.some(([other]) => other === label)) return `has the label ${label.slice(0, 60)} twice`;
      pairs.push([label, unescaped(value)]);
    } else if (quoted !== undefined && !pairs.some(([other]) => other === METRIC_NAME)) pairs.push([METRIC_NAME, label]);
    else return `has no "=" behind the label ${label.slice(0, 60)}`;
    if (sign(',')) continue;
    if (!sign('}')) return 'has labels without a "}" behind them';
    break;
  }
  return { labels: Labels.from(pairs), end: at };
}

/** As Go writes strings, and exposition formats, which know fewer. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (_, code: string) => {
    const point = /^[xuU]./.test(code) ? Number.parseInt(code.slice(1), 16) : Number.NaN;
    if (point <= 0x10ffff) return String.fromCodePoint(point);
    return ESCAPED[code] ?? code;
  });
}
