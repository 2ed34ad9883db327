import type { LogLines } from '@vitrine/compute/log-lines.ts';

import { formatInstant } from '../chart/time-axis.ts';

/** A line longer than this is shown by its start; its details hold the whole. */
const MOST_LETTERS = 20_000;

export type TimePrecision = 'ms' | 'ns';

/** Lines stand below each other: all have their milliseconds, and their nanoseconds where these are asked for and known. */
export function lineTime(lines: LogLines, line: number, timeZone: string, precision: TimePrecision): string {
  const atMs = lines.times[line]!;
  if (Number.isNaN(atMs)) return 'no time';
  const text = formatInstant(atMs, timeZone);
  const nanos = precision === 'ns' ? lines.nanosAt(line) : undefined;
  return `${/\.\d+$/.test(text) ? text : `${text}.000`}${nanos === undefined ? '' : String(nanos).padStart(6, '0')}`;
}

export function lineMatches(lines: LogLines, line: number, part: string): boolean {
  if (plainBody(lines, line).toLowerCase().includes(part)) return true;
  return Object.entries(lines.labelsAt(line)).some(([name, value]) => `${name}=${value}`.toLowerCase().includes(part));
}

/** Colours and cursor moves as terminals read them. */
const TERMINAL = new RegExp(`${String.fromCodePoint(27)}\\[[\\d;?]*[A-Za-z]`, 'g');

/** A line as it reads on a page: without what it told a terminal. */
export function plainBody(lines: LogLines, line: number): string {
  return lines.bodies[line]!.replaceAll(TERMINAL, '');
}

export interface TextLook {
  /** Labels that stand instead of the line; empty shows the line. */
  readonly displayed: readonly string[];
  /** Lays out lines that are JSON. */
  readonly prettify: boolean;
  readonly wrap: boolean;
}

export function lineText(lines: LogLines, line: number, { displayed, prettify, wrap }: TextLook): string {
  if (displayed.length > 0) {
    const labels = lines.labelsAt(line);
    return displayed.map((name) => `${name}=${Object.hasOwn(labels, name) ? labels[name] : '–'}`).join(' ');
  }
  const body = plainBody(lines, line);
  const text = prettify ? (prettyJson(body) ?? body) : wrap ? body : body.replaceAll(/[\r\n]+/g, ' ↵ ');
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}

/** JSON laid out; undefined where it is none. */
export function prettyJson(body: string): string | undefined {
  if (!/^\s*[[{]/.test(body)) return undefined;
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return undefined;
  }
}

/** A stretch of a line: `found` is what was searched for, the others what the words are. */
export interface TextPart {
  readonly kind: 'plain' | 'found' | 'name' | 'text' | 'number';
  readonly text: string;
}

const MOST_MARKS = 100;

/** The text with what was searched for set apart; `part` is in lower case. */
export function markedParts(text: string, part: string): readonly TextPart[] {
  const lower = text.toLowerCase();
  // Lower case may be longer than what it stands for; then nothing is marked rather than the wrong letters.
  if (part === '' || lower.length !== text.length) return [{ kind: 'plain', text }];
  const parts: TextPart[] = [];
  let from = 0;
  for (let at = lower.indexOf(part); at >= 0 && parts.length < 2 * MOST_MARKS; at = lower.indexOf(part, from)) {
    parts.push({ kind: 'plain', text: text.slice(from, at) }, { kind: 'found', text: text.slice(at, at + part.length) });
    from = at + part.length;
  }
  return [...parts, { kind: 'plain', text: text.slice(from) }];
}

/** What comes after is plain: nobody reads colours so far to the right. */
const COLOURED_LETTERS = 2_000;
/** `"name":` and `name=`, then text in quotes, then numbers with what they count in. */
const TOKEN =
  /("[^"\\]{1,80}"(?=\s*:)|\b[\w.-]{1,80}(?==))|("(?:[^"\\]|\\.)*")|(?<![\w.-]|\d:)(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:ns|[uµm]?s|%|[KMGT]i?B)?)(?![\w.:]|-\d)/gi;

/** The text with names, quoted text and numbers set apart. */
export function colouredParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  const head = text.slice(0, COLOURED_LETTERS);
  let from = 0;
  for (const match of head.matchAll(TOKEN)) {
    if (match.index > from) parts.push({ kind: 'plain', text: head.slice(from, match.index) });
    parts.push({ kind: match[1] !== undefined ? 'name' : match[2] !== undefined ? 'text' : 'number', text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: 'plain', text: text.slice(from) });
  return parts;
}
