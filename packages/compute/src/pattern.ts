import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { RE2JS } from 're2js';

/** A regular expression that somebody typed: it answers in time bounded by the text's length. */
export interface Pattern {
  test(text: string): boolean;
  /** The whole match and its groups; undefined where the pattern is not found. Groups that took no part are undefined. */
  exec(
    text: string,
  ):
    | { readonly groups: readonly (string | undefined)[]; readonly named: Readonly<Record<string, string | undefined>> }
    | undefined;
  /**
   * Like String.replace: `$1`, `$<name>` and `$&` stand for what was found. The first match, or all with the flag g. A text that could
   * grow past a million characters stays as it is.
   */
  replace(text: string, replacement: string): string;
}

type Engine = Pick<typeof RE2JS, 'compile' | 'CASE_INSENSITIVE' | 'MULTILINE' | 'DOTALL'>;
let re2: Engine | undefined;

/**
 * Says what runs the patterns that JavaScript's own engine could be slow at; until then those run on short texts only, or not
 * at all. RE2 weighs as much as all charts: a page loads it where a pattern is written, see pattern-engine.ts.
 */
export function setPatternEngine(engine: Engine): void {
  re2 = engine;
}

/** With this many unbounded repetitions one after the other, backtracking costs at most the square of the text's length. */
const FAST_REPETITIONS = 2;
/** What RE2 cannot say (lookaround, back references) may have so many, on texts so long. */
const MOST_REPETITIONS = 4;
const LONGEST_TEXT = 1_000;
/** What `$&` ten thousand times for each letter makes is no name, and more than an engine can hold ends the process. */
const LONGEST_RESULT = 1_000_000;

/** Whether it is written `/…/flags`. */
export function isSlashed(text: string): boolean {
  return /^\/.*\/[a-z]*$/s.test(text);
}

/**
 * Reads `/…/flags`, or an expression without slashes, which must then fit the whole text ("whole") or be found in it ("part").
 * JavaScript's own engine runs what it cannot be slow at; RE2 the rest. Throws BadRequest for what is no expression, and for
 * one that neither can run in bounded time.
 */
export function compilePattern(field: string, text: string, bare: 'whole' | 'part'): Pattern {
  const slashed = /^\/(.*)\/([a-z]*)$/s.exec(text);
  const source = slashed === null ? (bare === 'whole' ? `^${text}$` : text) : slashed[1]!;
  const flags = [...new Set(slashed?.[2] ?? '')].filter((flag) => 'gimsu'.includes(flag)).join('');
  let native: RegExp;
  try {
    native = new RegExp(source, flags.replace('g', ''));
  } catch (cause) {
    throw new BadRequest(field, `"${text}" is not a regular expression`, { cause });
  }
  const all = flags.includes('g');
  const repetitions = countRepetitions(source);
  if (repetitions <= FAST_REPETITIONS) return nativePattern(native, all, Number.POSITIVE_INFINITY);
  const bounded = compileRe2(source, flags);
  if (bounded !== undefined) return re2Pattern(bounded, all);
  if (repetitions <= MOST_REPETITIONS) return nativePattern(native, all, LONGEST_TEXT);
  throw new BadRequest(
    field,
    `"${text}" could take forever: write it without lookaround or back references, or with fewer repetitions`,
  );
}

function nativePattern(regex: RegExp, all: boolean, longest: number): Pattern {
  const global = all ? new RegExp(regex.source, `${regex.flags}g`) : regex;
  return {
    test: (text) => text.length <= longest && regex.test(text),
    exec(text) {
      const match = text.length <= longest ? regex.exec(text) : null;
      return match === null ? undefined : { groups: [...match], named: match.groups ?? {} };
    },
    replace: (text, replacement) =>
      text.length <= longest && staysShort(text, replacement, all) ? text.replace(global, replacement) : text,
  };
}

/** There may be a match at each character and behind the last, and each `$` may stand for the whole text. */
function staysShort(text: string, replacement: string, all: boolean): boolean {
  const matches = all ? text.length + 1 : 1;
  const each = replacement.length + (replacement.split('$').length - 1) * text.length;
  return text.length + matches * each <= LONGEST_RESULT;
}

function re2Pattern(regex: RE2JS, all: boolean): Pattern {
  return {
    test: (text) => regex.test(text),
    exec(text) {
      const matcher = regex.matcher(text);
      if (!matcher.find()) return undefined;
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
      const named = Object.entries(matcher.getNamedGroups()).map(([name, value]) => [name, value ?? undefined]);
      return { groups, named: Object.fromEntries(named) as Record<string, string | undefined> };
    },
    replace(text, replacement) {
      if (!staysShort(text, replacement, all)) return text;
      const matcher = regex.matcher(text);
      return all ? matcher.replaceAll(replacement) : matcher.replaceFirst(replacement);
    },
  };
}

function compileRe2(source: string, flags: string): RE2JS | undefined {
  if (re2 === undefined) return undefined;
  const own = (flags.includes('i') ? re2.CASE_INSENSITIVE : 0) | (flags.includes('m') ? re2.MULTILINE : 0);
  try {
    // RE2 knows named groups in Python's spelling everywhere.
    return re2.compile(source.replaceAll(/\(\?<(?=[A-Za-z_])/g, '(?P<'), own | (flags.includes('s') ? re2.DOTALL : 0));
  } catch {
    return undefined;
  }
}

/** How many unbounded repetitions a source has; infinite where one repeats a group that can itself match in several ways. */
function countRepetitions(source: string): number {
  const open: { ambiguous: boolean }[] = [{ ambiguous: false }];
  let count = 0;
  for (let at = 0; at < source.length; at++) {
    const char = source[at]!;
    if (char === '\\') at++;
    else if (char === '[') at = endOfClass(source, at);
    else if (char === '(') open.push({ ambiguous: false });
    else if (char === '|' || char === '{' || (char === '?' && source[at - 1] !== '(')) open.at(-1)!.ambiguous = true;
    else if (char === ')') {
      const group = open.length > 1 ? open.pop()! : open[0]!;
      const repeats = isRepetition(source, at + 1);
      if (repeats && group.ambiguous) return Number.POSITIVE_INFINITY;
      if (group.ambiguous || repeats || source[at + 1] === '?') open.at(-1)!.ambiguous = true;
      if (repeats) count++;
    } else if (isRepetition(source, at + 1)) {
      count++;
      open.at(-1)!.ambiguous = true;
    }
    // A class or an escape may be repeated too.
    if ((char === '\\' || char === '[') && isRepetition(source, at + 1)) {
      count++;
      open.at(-1)!.ambiguous = true;
    }
  }
  return count;
}

function endOfClass(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === ']') return at;
  }
  return source.length;
}

/** A counted repetition is as bad as an unbounded one where its count is high. */
function isRepetition(source: string, at: number): boolean {
  if (source[at] === '*' || source[at] === '+') return true;
  const counted = /^\{\d+(,(\d*))?\}/.exec(source.slice(at, at + 16));
  if (counted === null) return false;
  return counted[1] !== undefined && (counted[2] === '' || Number(counted[2]) > 3);
}
