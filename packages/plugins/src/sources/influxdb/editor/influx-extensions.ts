import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { StreamLanguage } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorState } from '@codemirror/state';

import type { InfluxLanguage } from '../spec.ts';
import { askNames } from './ask-names.ts';

interface Words {
  readonly keywords: readonly string[];
  readonly functions: readonly string[];
  /** What stands for the range, the step and the like. */
  readonly macros: readonly string[];
  readonly comment: RegExp;
}

const list = (text: string): string[] => text.split(' ');

const WORDS: Readonly<Record<InfluxLanguage, Words>> = {
  InfluxQL: {
    keywords: list(
      'SELECT FROM WHERE GROUP BY ORDER LIMIT OFFSET SLIMIT SOFFSET AND OR AS ASC DESC SHOW TAG FIELD KEYS VALUES WITH KEY MEASUREMENTS MEASUREMENT DATABASES RETENTION POLICIES SERIES ON IN fill tz time',
    ),
    functions: list(
      'mean sum count min max first last median mode spread stddev percentile distinct integral top bottom sample derivative non_negative_derivative difference non_negative_difference moving_average cumulative_sum elapsed holt_winters abs ceil floor round sqrt pow log2 log10',
    ),
    macros: list('$timeFilter $__interval $__interval_ms'),
    comment: /^(?:--.*|\/\*[^]*?(?:\*\/|$))/,
  },
  Flux: {
    keywords: list('import option and or not if then else return true false'),
    functions: list(
      'from range filter aggregateWindow group mean sum count min max first last median quantile derivative difference increase map keep drop rename pivot join union sort limit window yield fill cumulativeSum movingAverage buckets',
    ),
    macros: list('v.timeRangeStart v.timeRangeStop v.windowPeriod v.bucket v.defaultBucket v.organization'),
    comment: /^\/\/.*/,
  },
  SQL: {
    keywords: list(
      'SELECT FROM WHERE GROUP BY ORDER LIMIT OFFSET AND OR NOT AS ASC DESC IN IS NULL BETWEEN LIKE CASE WHEN THEN ELSE END JOIN ON WITH DISTINCT HAVING UNION SHOW TABLES COLUMNS interval timestamp',
    ),
    functions: list(
      'avg sum count min max median stddev approx_percentile_cont date_bin date_bin_gapfill date_trunc selector_first selector_last selector_max selector_min first_value last_value locf interpolate coalesce now',
    ),
    macros: list(
      '$__timeFilter(time) $__dateBin(time) $__dateBinAlias(time) $__timeGroup(time,5m) $__timeFrom $__timeTo $__interval',
    ),
    comment: /^(?:--.*|\/\*[^]*?(?:\*\/|$))/,
  },
};

/** A language's colours, and its completion by its own words and the names that the data source has. */
export function influxExtensions(language: InfluxLanguage, ask: (path: string) => Promise<unknown>): Extension {
  const words = WORDS[language];
  // One function for all: the editor takes another for another completion, and begins anew without ever showing it.
  const data = [{ autocomplete: (context: CompletionContext) => complete(words, ask, context) }];
  return [colours(language, words), EditorState.languageData.of(() => data)];
}

function colours(language: InfluxLanguage, { keywords, functions, comment }: Words): Extension {
  const isAny = language !== 'Flux';
  const lower = (text: string): string => (isAny ? text.toLowerCase() : text);
  const known = new Set(keywords.map(lower));
  const called = new Set(functions.map(lower));
  return StreamLanguage.define({
    token(stream) {
      if (stream.eatSpace()) return null;
      if (stream.match(comment) !== null) return 'comment';
      if (stream.match(/^\$\{[^}]*\}|^\$\w+|^\[\[[^\]]*\]\]|^v\.\w+/) !== null) return 'labelName';
      if (stream.match(/^"(?:[^"\\]|\\.)*"?/) !== null) return isAny ? 'propertyName' : 'string';
      if (stream.match(/^'(?:[^'\\]|\\.)*'?/) !== null) return 'string';
      if (stream.match(/^\d[\w.]*/) !== null) return 'number';
      const word = stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u);
      if (word !== null && typeof word === 'object') {
        const text = lower(word[0]);
        return known.has(text) ? 'keyword' : called.has(text) ? 'variableName.function' : null;
      }
      stream.next();
      return null;
    },
    tokenTable: {},
  });
}

async function complete(
  { keywords, functions, macros }: Words,
  ask: (path: string) => Promise<unknown>,
  context: CompletionContext,
): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[$\w.]*/);
  if (word === null || (word.text === '' && !context.explicit)) return null;
  const text = context.state.doc.toString();
  const measurement =
    /\bfrom\s+(?:"((?:[^"\\]|\\.)+)"|([A-Za-z_]\w*))/i.exec(text) ?? /_measurement"?\]?\s*==\s*"([^"]+)"/.exec(text);
  const name = measurement?.[1] ?? measurement?.[2] ?? '';
  const of = name === '' ? {} : { measurement: name };
  const [measurements, tags, fields] = await Promise.all([
    askNames(ask, 'measurements', {}),
    askNames(ask, 'tag-keys', of),
    askNames(ask, 'field-keys', of),
  ]);
  const options: Completion[] = [
    ...macros.map((label) => ({ label, detail: 'of the page', boost: 1 })),
    ...measurements.map((label) => ({ label, detail: 'measurement' })),
    ...fields.map((label) => ({ label, detail: 'field' })),
    ...tags.map((label) => ({ label, detail: 'tag' })),
    ...functions.map((label) => ({ label, apply: `${label}(`, detail: 'function' })),
    ...keywords.map((label) => ({ label, boost: -1 })),
  ];
  return { from: word.from, options, validFor: /^[$\w.]*$/ };
}
