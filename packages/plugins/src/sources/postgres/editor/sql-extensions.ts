import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { LanguageSupport, StreamLanguage } from '@codemirror/language';
import type { StringStream } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

type Ask = (path: string) => Promise<unknown>;

const KEYWORDS =
  'all and any array as asc between by case cast cross current_date current_timestamp desc distinct else end except exists extract false filter first following from full group grouping having ilike in inner intersect interval is join last lateral left like limit natural not null nulls offset on or order outer over partition preceding range right row rows select sets similar table tablesample then time timestamp timestamptz to true unbounded union using values when where window with within zone'.split(
    ' ',
  );
const KEYWORD_SET = new Set(KEYWORDS);
const FUNCTIONS =
  'abs avg ceil coalesce concat corr count date_bin date_part date_trunc extract first_value floor generate_series greatest lag last_value lead least ln lower max min mode now nullif percentile_cont percentile_disc power rank regexp_replace round row_number split_part sqrt stddev string_agg substring sum time_bucket to_char to_timestamp trim upper variance width_bucket'.split(
    ' ',
  );
const MACROS: readonly (readonly [text: string, says: string])[] = [
  ['$__timeFilter(time)', 'within the range of the page'],
  ['$__timeGroup(time, $__interval)', 'the start of the group of a time'],
  ['$__timeGroupAlias(time, $__interval)', 'the same, called time'],
  ['$__timeGroup(time, $__interval, NULL)', 'the same, with gaps filled: NULL, previous or a number'],
  ['$__time(time)', 'the column, called time'],
  ['$__timeEpoch(time)', 'in seconds of the epoch'],
  ['$__timeFrom()', 'the start of the range'],
  ['$__timeTo()', 'its end'],
  ['$__interval', 'the step of the panel'],
  ['$__interval_ms', 'the same in milliseconds'],
  ['$__unixEpochFilter(time)', 'a column of seconds within the range'],
  ['$__unixEpochFrom()', 'the start of the range in seconds'],
  ['$__unixEpochTo()', 'its end in seconds'],
  ['$__unixEpochGroup(time, $__interval)', 'the group of a column of seconds'],
  ['$__unixEpochGroupAlias(time, $__interval)', 'the same, called time'],
  ['$__unixEpochNanoFilter(time)', 'a column of nanoseconds within the range'],
  ['$__unixEpochNanoFrom()', 'the start of the range in nanoseconds'],
  ['$__unixEpochNanoTo()', 'its end in nanoseconds'],
];

interface State {
  /** What ends the string or comment that goes on over a line's end; "" in plain code. */
  until: string;
}

/** SQL's colours, and completion of its words, the macros, the variables, and the tables and columns that the user may read. */
export function sqlExtensions(ask: Ask, variables: readonly string[]): Extension {
  const complete = completionSource(ask, variables);
  const language = StreamLanguage.define<State>({
    name: 'sql',
    startState: () => ({ until: '' }),
    token: readToken,
    languageData: {
      commentTokens: { line: '--', block: { open: '/*', close: '*/' } },
      closeBrackets: { brackets: ['(', '[', "'", '"'] },
    },
  });
  return new LanguageSupport(language, language.data.of({ autocomplete: complete }));
}

function readToken(stream: StringStream, state: State): string | null {
  if (state.until !== '') return readOn(stream, state, state.until === '*/' ? 'comment' : 'string');
  if (stream.eatSpace()) return null;
  if (stream.match('--')) {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match('/*')) {
    state.until = '*/';
    return readOn(stream, state, 'comment');
  }
  if (stream.match("'")) {
    state.until = "'";
    return readOn(stream, state, 'string');
  }
  if (stream.match(/^"(?:[^"]|"")*"?/)) return 'propertyName';
  if (stream.match(/^\$\{[^}]*\}|^\$\w+|^\[\[\w+(?::\w+)?\]\]/)) return 'labelName';
  if (stream.match(/^\d+(?:\.\d+)?(?:e[+-]?\d+)?/i)) return 'number';
  const word = stream.match(/^[\p{L}_][\p{L}\d_$]*/u);
  if (word !== null && typeof word === 'object') {
    const text = word[0].toLowerCase();
    if (KEYWORD_SET.has(text)) return /^(?:true|false|null)$/.test(text) ? 'bool' : 'keyword';
    return stream.peek() === '(' ? 'function' : null;
  }
  stream.next();
  return null;
}

function readOn(stream: StringStream, state: State, style: string): string {
  if (stream.skipTo(state.until)) {
    stream.match(state.until);
    state.until = '';
  } else stream.skipToEnd();
  return style;
}

/** `table, column, type` of what the user may read. */
type Row = readonly [table: string, column: string, type: string];

function completionSource(ask: Ask, variables: readonly string[]) {
  let rows: Promise<readonly Row[]> | undefined;
  // Whoever types goes on typing where the server does not answer; the next completion asks again.
  const known = () =>
    (rows ??= ask('/completions').then(
      (answer) => answer as readonly Row[],
      () => ((rows = undefined), []),
    ));
  const words: readonly Completion[] = [
    ...KEYWORDS.map((label): Completion => ({ label: label.toUpperCase(), type: 'keyword', boost: -1 })),
    ...FUNCTIONS.map((label): Completion => ({ label, apply: `${label}(`, type: 'function' })),
  ];
  const macros: readonly Completion[] = [
    ...MACROS.map(([label, detail]): Completion => ({ label, detail, type: 'function' })),
    ...variables.map((name): Completion => ({ label: `$${name}`, detail: 'variable', type: 'variable' })),
  ];

  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const macro = context.matchBefore(/\$\w*/);
    if (macro !== null) return { from: macro.from, options: macros, validFor: /^\$\w*$/ };
    const dotted = context.matchBefore(/[\w"]+\.[\w"]*/);
    const word = context.matchBefore(/[\w"]+/);
    if (word === null && dotted === null && !context.explicit) return null;
    const all = await known();
    if (dotted !== null) {
      const [table = ''] = dotted.text.split('.');
      const text = context.state.doc.toString();
      // `c.` may be the alias of a table: FROM cpu AS c.
      const aliased = new RegExp(`([\\w".]+)\\s+(?:as\\s+)?${table.replaceAll(/\W/g, '')}\\b`, 'i').exec(text)?.[1];
      const options = all
        .filter(([name]) => name === table || name === aliased || name.startsWith(`${table}.`))
        .map(([name, column, type]): Completion =>
          name.startsWith(`${table}.`)
            ? { label: name.slice(table.length + 1), type: 'class' }
            : { label: column, detail: type, type: 'property' },
        );
      return { from: dotted.from + table.length + 1, options: distinct(options), validFor: /^[\w"]*$/ };
    }
    const tables = all.map(([label]): Completion => ({ label, detail: 'table', type: 'class', boost: 1 }));
    const named = new Set(context.state.doc.toString().match(/[\w".]+/g));
    const columns = all
      .filter(([table]) => named.has(table))
      .map(([table, label, type]): Completion => ({ label, detail: `${type} of ${table}`, type: 'property', boost: 2 }));
    return { from: word?.from ?? context.pos, options: distinct([...columns, ...tables, ...words]), validFor: /^[\w"]*$/ };
  };
}

function distinct(options: readonly Completion[]): Completion[] {
  return [...new Map(options.map((option) => [option.label, option])).values()];
}
