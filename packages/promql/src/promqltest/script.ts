import { RE2JS } from 're2js';
import type { Labels } from '@vitrine/model/labels.ts';
import { parseDurationMs } from '@vitrine/model/duration.ts';
import { unquote } from '../quote.ts';
import { parseBareNumber, parseSeriesDescription, parseStartDescription } from './series-description.ts';
import type { SequenceValue, SeriesDescription, StartDescription } from './series-description.ts';

/** A test script: its commands in order. Time 0 of a script is the Unix epoch. */
export type Command =
  | { readonly kind: 'clear' }
  | { readonly kind: 'load'; readonly stepMs: number; readonly withNhcb: boolean; readonly series: readonly LoadedSeries[] }
  | EvalCommand;

/** A series to load, and since when each of its samples has counted (see StartDescription) where that is told. */
export interface LoadedSeries extends SeriesDescription {
  readonly startOffsetsMs: StartDescription['offsetsMs'] | undefined;
}

/** A question and what its answer must be. */
export interface EvalCommand {
  readonly kind: 'eval';
  /** From 1. */
  readonly line: number;
  readonly expr: string;
  readonly isRange: boolean;
  /** The grid of the expected values; of an instant query start and end are the same unless a range vector is expected. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly expectsRangeVector: boolean;
  readonly ordered: boolean;
  /** undefined: must succeed. */
  readonly fail: TextTest | undefined;
  /** No test: not looked at. Else each test must match an annotation and each annotation a test. */
  readonly warn: readonly TextTest[];
  readonly info: readonly TextTest[];
  readonly noWarn: boolean;
  readonly noInfo: boolean;
  readonly scalar: SequenceValue | undefined;
  readonly string: string | undefined;
  /** By `Labels.key`, in the order written. */
  readonly series: ReadonlyMap<string, ExpectedSeries>;
}

export interface ExpectedSeries {
  readonly labels: Labels;
  readonly values: readonly SequenceValue[];
  /** Place among the lines, from 1: counts where the order is expected. */
  readonly position: number;
}

/** What a message must be, with words for the report. */
export interface TextTest {
  readonly matches: (text: string) => boolean;
  readonly wanted: string;
}

const LOAD = /^load(?:_(with_nhcb))?\s+(.+?)$/;
const EVAL_INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$/;
const EVAL_RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/;
const EXPECT = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/;
const EXPECT_RANGE = /^expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)$/;
const ANYTHING: TextTest = { matches: () => true, wanted: 'anything' };

/** Reads a promqltest script. Throws an Error whose message starts with `line N:`. */
export function parseScript(text: string): readonly Command[] {
  const lines = text.split('\n').map((line) => {
    const trimmed = line.trim();
    return trimmed.startsWith('#') ? '' : trimmed;
  });
  const commands: Command[] = [];
  for (let at = 0; at < lines.length; at++) {
    const head = lines[at]!;
    if (head === '') continue;
    // A command goes on until the next blank line.
    let end = at + 1;
    while (end < lines.length && lines[end] !== '') end++;
    const word = /^\S+/.exec(head)![0].toLowerCase();
    try {
      if (word === 'clear') {
        commands.push({ kind: 'clear' });
      } else if (word.startsWith('load')) {
        commands.push(parseLoad(head, lines.slice(at + 1, end)));
        at = end - 1;
      } else if (word.startsWith('eval')) {
        const { command, taken } = parseEval(head, lines.slice(at + 1, end), at + 1);
        commands.push(command);
        at += taken;
      } else {
        throw new Error(`invalid command "${head}"`);
      }
    } catch (error) {
      throw new Error(`line ${at + 1}: ${(error as Error).message}`, { cause: error });
    }
  }
  return commands;
}

function parseLoad(head: string, lines: readonly string[]): Command {
  const [, nhcb, step] = LOAD.exec(head) ?? [];
  if (step === undefined) throw new Error(`"${head}" is not "load <step>"`);
  // Of a label set that stands twice in a block the last line counts.
  const byKey = new Map<string, LoadedSeries>();
  let starts: StartDescription | undefined;
  for (const line of lines) {
    const description = parseStartDescription(line);
    if (description !== undefined) {
      if (starts !== undefined) throw new Error('a line with @st is not followed by its series');
      starts = description;
      continue;
    }
    const series = parseSeriesDescription(line);
    if (starts !== undefined && starts.labels.key !== series.labels.key) {
      throw new Error('a line with @st is not followed by its series');
    }
    if (starts !== undefined && starts.offsetsMs.length !== series.values.length) {
      throw new Error(`the line with @st has ${starts.offsetsMs.length} values, its series ${series.values.length}`);
    }
    byKey.set(series.labels.key, { ...series, startOffsetsMs: starts?.offsetsMs });
    starts = undefined;
  }
  if (starts !== undefined) throw new Error('a line with @st is not followed by its series');
  return { kind: 'load', stepMs: parseDurationMs(step), withNhcb: nhcb !== undefined, series: [...byKey.values()] };
}

function parseEval(head: string, lines: readonly string[], line: number): { command: EvalCommand; taken: number } {
  const instant = EVAL_INSTANT.exec(head);
  const range = instant === null ? EVAL_RANGE.exec(head) : null;
  const [, mode, first, second, third, expr] = instant === null ? (range ?? []) : [...instant.slice(0, 3), '', '', instant[3]];
  if (expr === undefined) throw new Error(`"${head}" is neither an instant nor a range evaluation`);
  const isRange = instant === null;
  let startMs = parseDurationMs(first ?? '0');
  let endMs = isRange ? parseDurationMs(second!) : startMs;
  let stepMs = isRange ? parseDurationMs(third!) : 0;
  let expectsRangeVector = false;
  let ordered = mode === 'ordered';
  let fail = mode === 'fail' ? ANYTHING : undefined;
  const warn: TextTest[] = mode === 'warn' ? [ANYTHING] : [];
  const info: TextTest[] = mode === 'info' ? [ANYTHING] : [];
  let noWarn = false;
  let noInfo = false;
  let scalar: SequenceValue | undefined;
  let string: string | undefined;
  const series = new Map<string, ExpectedSeries>();
  let taken = 0;
  let position = 0;
  for (const text of lines) {
    taken++;
    position++;
    const legacy = mode === 'fail' ? /^expected_fail_(message|regexp)(.*)$/.exec(text) : null;
    const rangeVector = EXPECT_RANGE.exec(text);
    if (legacy !== null) {
      fail = textTest(legacy[1] === 'regexp' ? 'regex' : 'msg', legacy[2]!);
      break;
    } else if (rangeVector !== null) {
      [startMs, endMs, stepMs] = [rangeVector[1]!, rangeVector[2]!, rangeVector[3]!].map(parseDurationMs) as [
        number,
        number,
        number,
      ];
      expectsRangeVector = true;
    } else if (text.startsWith('expect string ')) {
      string = unquote(text.slice('expect string '.length).trim());
    } else if (/^expect(?: |$)/.test(text)) {
      position--;
      const [, what, match, wanted] = EXPECT.exec(text) ?? [];
      const test = match === undefined ? ANYTHING : textTest(match, wanted!);
      if (what === 'ordered') ordered = true;
      else if (what === 'warn') warn.push(test);
      else if (what === 'info') info.push(test);
      else if (what === 'no_warn') noWarn = true;
      else if (what === 'no_info') noInfo = true;
      else if (what === 'fail' && (fail === undefined || mode === 'fail')) fail = test;
      else throw new Error(`"${text}" is not an expectation, or stands twice`);
    } else {
      const value = parseBareNumber(text);
      if (value !== undefined) {
        scalar = { kind: 'value', value };
        break;
      }
      const { labels, values } = parseSeriesDescription(text);
      if (values.length > 1 && !isRange && !expectsRangeVector) {
        throw new Error('an instant evaluation has one value a series, unless "expect range vector" stands before');
      }
      series.set(labels.key, { labels, values, position });
    }
  }
  if ((warn.length > 0 && noWarn) || (info.length > 0 && noInfo)) {
    throw new Error('warn and no_warn, or info and no_info, exclude each other');
  }
  return {
    taken,
    command: {
      kind: 'eval',
      line,
      expr,
      isRange,
      startMs,
      endMs,
      stepMs,
      expectsRangeVector,
      ordered,
      fail,
      warn,
      info,
      noWarn,
      noInfo,
      scalar,
      string,
      series,
    },
  };
}

function textTest(match: string, text: string): TextTest {
  const wanted = text.trim();
  if (match === 'msg') return { matches: (message) => message === wanted, wanted };
  const regex = RE2JS.compile(wanted);
  return { matches: (message) => regex.matcher(message).find(), wanted: `/${wanted}/` };
}
