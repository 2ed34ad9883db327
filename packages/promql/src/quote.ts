const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  // As written it would be refused as the trace of bytes that are not UTF-8.
  '\uFFFD': '\\ufffd',
};
const UNESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Writes text in quotes, escaped as Go does it: the form PromQL reads back and Prometheus' messages use. */
export function quote(text: string, mark: '"' | "'" = '"'): string {
  let quoted = mark;
  for (const char of text) {
    const escape = ESCAPES[char];
    if (escape !== undefined) quoted += escape;
    else if (char === mark) quoted += `\\${char}`;
    else if (PRINTABLE.test(char)) quoted += char;
    else quoted += codePointEscape(char.codePointAt(0)!);
  }
  return quoted + mark;
}

/**
 * Reads a literal with its quotes: "…" and '…' with escapes, `…` as it stands. The lexer has made sure that the escapes
 * are well formed. Bytes (\xFF, \377) are read as UTF-8; a byte that is none becomes a lone surrogate (U+DC00 plus the
 * byte), so that the text is not well formed and quote() can name the byte.
 */
export function unquote(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`') || !body.includes('\\')) return body;
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  const escape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))|[^\\]+/gsu;
  for (const [whole, hex, short, long, octal, char] of body.matchAll(escape)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (char !== undefined) bytes.push(...encoder.encode(UNESCAPES[char] ?? char));
    else if (short === undefined && long === undefined) for (const byte of encoder.encode(whole)) bytes.push(byte);
    else bytes.push(...encoder.encode(String.fromCodePoint(Number.parseInt(short ?? long!, 16))));
  }
  return decode(Uint8Array.from(bytes));
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
const STRICT_UTF8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const STRAY_BYTE = 0xdc00;

function decode(bytes: Uint8Array): string {
  const text = UTF8.decode(bytes);
  if (!text.includes('\uFFFD')) return text;
  let exact = '';
  for (let at = 0; at < bytes.length;) {
    const char = [1, 2, 3, 4].map((length) => strictly(bytes.subarray(at, at + length))).find((found) => found !== undefined);
    exact += char ?? String.fromCharCode(STRAY_BYTE + bytes[at]!);
    at += char === undefined ? 1 : new TextEncoder().encode(char).length;
  }
  return exact;
}

function strictly(bytes: Uint8Array): string | undefined {
  try {
    return STRICT_UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function codePointEscape(point: number): string {
  if (point >= STRAY_BYTE + 0x80 && point <= STRAY_BYTE + 0xff) return `\\x${(point - STRAY_BYTE).toString(16)}`;
  if (point < 0x80) return `\\x${point.toString(16).padStart(2, '0')}`;
  return point < 0x10000 ? `\\u${point.toString(16).padStart(4, '0')}` : `\\U${point.toString(16).padStart(8, '0')}`;
}
