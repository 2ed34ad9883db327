import { describe, expect, test } from 'vitest';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Expr, ParseOptions } from '../ast.ts';
import { parse } from '../parse.ts';
import { printPretty } from '../print-pretty.ts';
import { print } from '../print.ts';
import { hasCorpus, readCorpus } from './corpus.ts';
import { parseSeriesDescription } from './series-description.ts';

/** The flags that Prometheus' parser tests run under. */
const OPTIONS: ParseOptions = { experimentalFunctions: true, durationExpressions: true, extendedRangeSelectors: true };

/** Rows that pass; they only rise. */
const FLOOR = { parse: 353, roundTrip: 206, print: 86, pretty: 62, series: 23 } as const;

/** Cases whose row joins the position of Prometheus' first error with the text of its second: the text of the first. */
const MISREAD: ReadonlyMap<string, string> = new Map([
  ['foo and bool 10', 'bool modifier can only be used on comparison operators'],
  ['foo[5s%0d]', 'modulo by zero'],
  ['foo[9.5e10]', 'duration out of range'],
]);

const NODES: Readonly<Record<Expr['kind'], string>> = {
  number: 'NumberLiteral',
  string: 'StringLiteral',
  vectorSelector: 'VectorSelector',
  matrixSelector: 'MatrixSelector',
  subquery: 'SubqueryExpr',
  call: 'Call',
  aggregation: 'AggregateExpr',
  binary: 'BinaryExpr',
  unary: 'UnaryExpr',
  paren: 'ParenExpr',
  stepInvariant: 'StepInvariantExpr',
};

interface ParseCase {
  /** null where the table has a Go expression instead. */
  readonly input: string | { readonly latin1: string } | null;
  readonly fail: boolean;
  readonly errors: readonly { readonly start: number; readonly end: number; readonly msg: string }[];
  readonly ast?: string;
}

interface PrintCase {
  readonly in: string;
  readonly out?: string;
}

interface SeriesCase {
  readonly input: string;
  readonly fail: boolean;
  readonly values?: readonly (number | null)[];
}

/** Cases of the parser's tables, by their file's name. */
interface Tables {
  readonly parse_cases: ParseCase;
  readonly printer_cases: PrintCase;
  readonly prettier_cases: PrintCase;
  readonly series_desc_cases: SeriesCase;
}

function table<Name extends keyof Tables>(name: Name): readonly Tables[Name][] {
  return JSON.parse(readCorpus(`promql-parser/${name}.json`)) as Tables[Name][];
}

/** Runs every row and asserts that as many pass as before. */
function ratchet<T>(rows: readonly T[], floor: number, check: (row: T) => string | undefined): void {
  const failures = rows.map(check).filter((failure) => failure !== undefined);
  expect(rows.length - failures.length, failures.join('\n')).toBeGreaterThanOrEqual(floor);
}

describe.skipIf(!hasCorpus)("Prometheus' own parser tables [needs ../shared/corpus]", () => {
  test('expressions: the kind of tree, or the first message and its position', () => {
    const rows = table('parse_cases').filter((row) => row.input !== null);
    expect(rows).toHaveLength(353);
    ratchet(rows, FLOOR.parse, checkParse);
  });

  test('what parses is printed so that it parses to the same again', () => {
    const rows = table('parse_cases').filter((row) => row.input !== null && !row.fail);
    ratchet(rows, FLOOR.roundTrip, ({ input }) => {
      const printed = print(parse(input as string, OPTIONS));
      const again = print(parse(printed, OPTIONS));
      return again === printed ? undefined : `${printed} became ${again}`;
    });
  });

  test('the canonical form', () => {
    ratchet(table('printer_cases'), FLOOR.print, (row) => {
      const printed = print(parse(row.in, { ...OPTIONS, binaryFill: true }));
      return printed === (row.out ?? row.in) ? undefined : `${row.in}: ${printed}, not ${row.out ?? row.in}`;
    });
  });

  test('the form over several lines', () => {
    ratchet(table('prettier_cases'), FLOOR.pretty, (row) => {
      // Prometheus' tests lower the limit so that short expressions split.
      const printed = printPretty(parse(row.in, OPTIONS), 10);
      return printed === row.out ? undefined : `${row.in}:\n${printed}\n--- not\n${row.out}`;
    });
  });

  test('series of the test language', () => {
    ratchet(table('series_desc_cases'), FLOOR.series, ({ input, fail, values }) => {
      let read: readonly unknown[] | undefined;
      try {
        read = parseSeriesDescription(input).values.map((value) => (value.kind === 'value' ? value.value : null));
      } catch {
        read = undefined;
      }
      const wanted = fail ? undefined : values;
      return JSON.stringify(read) === JSON.stringify(wanted) ? undefined : `${input}: ${JSON.stringify(read)}`;
    });
  });
});

function checkParse({ input, fail, errors, ast }: ParseCase): string | undefined {
  const text = typeof input === 'string' ? input : decodeUtf8(input!.latin1);
  try {
    const { kind } = parse(text, OPTIONS);
    return !fail && NODES[kind] === ast ? undefined : `${text}: parsed to ${NODES[kind]}`;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const [wanted] = errors;
    const got = `${error.from}-${error.to} ${error.message}`;
    if (!fail) return `${text}: ${got}`;
    if (wanted === undefined) return undefined;
    return got === `${wanted.start}-${wanted.end} ${MISREAD.get(text) ?? wanted.msg}` ? undefined : `${text}: ${got}`;
  }
}

/** Bytes that are not UTF-8 arrive as U+FFFD, as they would over HTTP. */
function decodeUtf8(latin1: string): string {
  return new TextDecoder().decode(Uint8Array.from(latin1, (char) => char.charCodeAt(0)));
}
