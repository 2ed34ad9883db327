import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corpusFolder } from '../../testing/corpus-folder.ts';
import type { ExpositionFormat } from './exposition.ts';
import { parseExposition, parseExpositionNumber } from './parse-exposition.ts';
import { SeriesCache } from './series-cache.ts';

function parse(text: string, format: ExpositionFormat = 'text') {
  return parseExposition(Buffer.from(text), format);
}

/** Each sample as `series value @timestamp`. */
function lines(text: string, format: ExpositionFormat = 'text'): string[] {
  const parsed = parse(text, format);
  return parsed.series.map((series, i) => {
    const at = parsed.timestampsMs[i] as number;
    return `${Labels.fromKey(series.key as string)} ${parsed.values[i]}${Number.isNaN(at) ? '' : ` @${at}`}`;
  });
}

describe('text 0.0.4', () => {
  test.each([
    ['a 1', 'a 1'],
    ['a{} 3\n', 'a 3'],
    ['a{b="c"} 1 1395066363000\n', 'a{b="c"} 1 @1395066363000'],
    ['  a\t{ b = "c" , }-Inf  \n', 'a{b="c"} -Infinity'],
    ['a +Inf -3982045\n', 'a Infinity @-3982045'],
    ['a nan', 'a NaN'],
    ['a 1\r\nb 2\r\n', 'a 1|b 2'],
    ['a -3e3\nb .5\nc 5.\nd 1.458255915e9\ne 123456789012345678\n', 'a -3000|b 0.5|c 5|d 1458255915|e 123456789012345680'],
    ['a{b="x\\\\y\\n\\"z\\t"} 1', 'a{b="x\\\\y\\n\\"z\\\\t"} 1'],
    ['a{b="}"} 1\na{b="{,\\"}"} 2', 'a{b="}"} 1|a{b="{,\\"}"} 2'],
    ['{"my.metric", "error.message"="Not Found"} 1', 'my.metric{error.message="Not Found"} 1'],
    ['a{b="größe 🙂"} 1', 'a{b="größe 🙂"} 1'],
    ['a:b:c{z="1",y="2"} 1', 'a:b:c{y="2", z="1"} 1'],
    ['a{empty=""} 1', 'a 1'],
    ['#a comment\n# another\n#\n\n\na 1\n', 'a 1'],
    ['', ''],
  ])('%j reads as %s', (text, want) => {
    expect(lines(text).join('|')).toBe(want);
  });

  test.each([
    ['a 1\nb\n', 'line 2: expected a value such as 1.5, NaN or +Inf, found the end of the line'],
    ['a{b="c"} blubb\n', 'line 1: expected a value such as 1.5, NaN or +Inf, found "blubb"'],
    ['a 0x1p-3', 'line 1: expected a value such as 1.5, NaN or +Inf, found "0x1p-3"'],
    ['a 1_000', 'line 1: expected a value such as 1.5, NaN or +Inf, found "1_000"'],
    ['a 1e400', 'line 1: expected a value such as 1.5, NaN or +Inf, found "1e400"'],
    ['\n\na 1 2.72\n', 'line 3: expected a timestamp in whole milliseconds, found "2.72"'],
    ['a 1 2 3\n', 'line 1: expected the end of the line, found "3"'],
    ['a{b="c} 1\nd 2\n', 'line 1: expected a closing double quote for the value of label "b" on the same line, found "\\"c} 1"'],
    ['a{b=c} 1\n', 'line 1: expected a value in double quotes for the label "b", found "c} 1"'],
    ['a{b+="c"} 1\n', 'line 1: expected "=" after the label name "b", found "+=\\"c\\"} 1"'],
    ['a{b="c"+} 1\n', 'line 1: expected "," or "}" after the label "b", found "+} 1"'],
    ['a{@="c"} 1\n', 'line 1: expected a label name or "}", found "@=\\"c\\"} 1"'],
    ['a{b="c",,} 1\n', 'line 1: expected a label name or "}", found ",} 1"'],
    ['a{b="c",b="d"} 1\n', 'line 1: the label "b" stands twice'],
    ['a{"b"} 1\n', 'line 1: the metric has a second name "b"'],
    ['{b="c"} 1\n', 'line 1: expected a metric name, found only labels, found "{b=\\"c\\"} 1"'],
    ['@a 1\n', 'line 1: expected a metric name, found "@a 1"'],
    ['9a 1\n', 'line 1: expected a metric name, found "9a 1"'],
    ['a{b="', 'line 1: expected a closing double quote for the value of label "b" on the same line, found "\\""'],
    ['a{b="\\', 'line 1: expected a closing double quote for the value of label "b" on the same line, found "\\"\\\\"'],
    ['# TYPE a blob\n', 'line 1: "blob" is not a metric type; expected counter, gauge, histogram, summary, untyped, unknown'],
    ['# TYPE met-ric counter\n', 'line 1: expected a space after the metric name "met", found "-ric counter"'],
    ['<html>\n', 'line 1: expected a metric name, found "<html>"'],
  ])('%j is refused', (text, sentence) => {
    expect(() => parse(text)).toThrow(sentence);
  });

  test('text that is not UTF-8 is refused with the line', () => {
    const text = Buffer.concat([Buffer.from('a 1\nb{c="'), Buffer.from([0xff]), Buffer.from('"} 1\n')]);
    expect(() => parseExposition(text, 'text')).toThrow('line 2: the value of label "c" is not valid UTF-8');
  });

  test('HELP and TYPE become metadata', () => {
    expect(parse('# HELP a two\\nlines \\\\ "q"\n# TYPE a counter\n#  TYPE \t b untyped\n').metadata).toEqual([
      { metric: 'a', type: 'counter', help: 'two\nlines \\ "q"', unit: '' },
      { metric: 'b', type: 'unknown', help: '', unit: '' },
    ]);
  });

  test('a label value of 1 MB and 100,000 labels are read', () => {
    const long = 'x'.repeat(1_000_000);
    expect(lines(`a{b="${long}"} 1`)[0]).toHaveLength(long.length + 'a{b=""} 1'.length);
    const many = Array.from({ length: 100_000 }, (_, i) => `l${i}="v"`).join(',');
    expect(Labels.fromKey(parse(`a{${many}} 1`).series[0]?.key as string).size).toBe(100_001);
  });

  test('binary garbage never does worse than an error with a line', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('text', 'openmetrics'), (bytes, format) => {
        try {
          parseExposition(bytes, format);
        } catch (error) {
          expect((error as Error).message).toMatch(/^line \d+: /);
        }
      }),
    );
  });
});

describe('OpenMetrics 1.0', () => {
  test.each([
    ['a 1\n# EOF', 'a 1'],
    ['a_total{} 0 123.456 # {a="b"} 0.5\n# EOF\n', 'a_total 0 @123456'],
    ['a 1 -0.5\n# EOF\n', 'a 1 @-500'],
    ['a_created 1.520430000123e+09\n# EOF\n', 'a_created 1520430000.123'],
    ['{"a.b",c="d"} 1\n# EOF\n', 'a.b{c="d"} 1'],
  ])('%j reads as %s', (text, want) => {
    expect(lines(text, 'openmetrics').join('|')).toBe(want);
  });

  test.each([
    ['a 1\n', 'line 2: expected "# EOF" as the last line of OpenMetrics text, found the end of the line'],
    ['# EOF\na 1\n', 'line 2: expected nothing after "# EOF", found "a 1"'],
    ['a 1\n\n# EOF\n', 'line 2: expected a metric name, found the end of the line'],
    ['a  1\n# EOF\n', 'line 1: expected a value such as 1.5, NaN or +Inf, found " 1"'],
    ['a 1 NaN\n# EOF\n', 'line 1: expected a timestamp in seconds, found "NaN"'],
    ['# TYPE a untyped\n# EOF\n', 'line 1: "untyped" is not a metric type'],
    ['# UNIT a_seconds bytes\n# EOF\n', 'line 1: the unit "bytes" is not the end of the metric\'s name "a_seconds"'],
    ['a 1 # {b="c"}\n# EOF\n', "line 1: expected one space and the exemplar's value, found the end of the line"],
    ['a 1 # \n# EOF\n', 'line 1: expected the end of the line or an exemplar'],
    ['#comment\n# EOF\n', 'line 1: expected "# HELP", "# TYPE", "# UNIT" or "# EOF", found "#comment"'],
  ])('%j is refused', (text, sentence) => {
    expect(() => parse(text, 'openmetrics')).toThrow(sentence);
  });

  test('exemplars and units are kept', () => {
    const parsed = parse(
      '# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 3 # {trace_id="x \\"y"} 0.67 1.5\n# EOF\n',
      'openmetrics',
    );
    expect(parsed.exemplars).toEqual([{ sample: 0, labels: [['trace_id', 'x "y']], value: 0.67, timestampMs: 1500 }]);
    expect(parsed.metadata).toEqual([{ metric: 'a_seconds', type: 'counter', help: '', unit: 'seconds' }]);
  });
});

// What Prometheus' own parsers take and refuse when it scrapes (model/textparse), in other words.
describe('as Prometheus scrapes', () => {
  test.each<[format: ExpositionFormat, text: string, want: string]>([
    [
      'text',
      '# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 3\nh_count{le="1"} 1',
      'h_bucket{le="1.0"} 2|h_bucket{le="+Inf"} 3|h_count{le="1.0"} 1',
    ],
    [
      'text',
      '# TYPE s summary\ns{quantile="0"} 1\ns{quantile="0.99"} 2\ns{quantile="1e2"} 2',
      's{quantile="0.0"} 1|s{quantile="0.99"} 2|s{quantile="100.0"} 2',
    ],
    ['text', '# TYPE c counter\nc{le="1"} 1\nh_bucket{le="1"} 1\n', 'c{le="1"} 1|h_bucket{le="1"} 1'],
    ['text', '# TYPE h histogram\nh_bucket{le="many"} 1\n', 'h_bucket{le="many"} 1'],
    [
      'openmetrics',
      '# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="1e6"} 2\n# EOF\n',
      'h_bucket{le="1.0"} 2|h_bucket{le="1e+06"} 2',
    ],
    ['text', 'a { q = "2.0" b = "c" } 1\n', 'a{b="c", q="2.0"} 1'],
    ['text', '# Hrandom\n#\n# HELP a\n# HELP b \na 33  \t123123\n', 'a 33 @123123'],
    ['text', 'a{b="x\u0000"} 1', 'a{b="x\\u0000"} 1'],
    ['openmetrics', 'a{b="\u0000ss"} 1\n# EOF\n', 'a{b="\\u0000ss"} 1'],
    ['openmetrics', 'a{b="\u0000"} 1\n# EOF', 'a{b="\\u0000"} 1'],
    ['openmetrics', '{q="0.9","http.status",a="b"} 1\n# EOF\n', 'http.status{a="b", q="0.9"} 1'],
    ['openmetrics', '# UNIT nounit \n# HELP h \\ \\n \\\\ \\" \\x\na 1\n# EOF\n', 'a 1'],
    ['openmetrics', '# TYPE s summary\ns_sum 1 # {id="x"} 1 123.321\n# EOF\n', 's_sum 1'],
  ])('%s %j reads as %s', (format, text, want) => {
    expect(lines(text, format).join('|')).toBe(want);
  });

  test.each([
    'a',
    "a{b='c'} 1\n",
    'a{b=\n',
    'a{ÿ="foo"} 1\n',
    '{"a", "b = "c"}',
    '{"a",b\\nc="d"} 1',
    'a true\n',
    'a{b="',
    'a{=""} 0',
    'a 1_2\n',
    'a 0x1P-3\n',
    'a 0 1_2\n',
    '{a="ok"} 1',
    '# TYPE #\n#EOF\n',
    '# HELP #\n#EOF\n',
    'a{b=\u0000"ssss"} 1\n',
    'a{b="\u0000',
    'a{b\u0000="x"}\t1',
    'a\u0000{b="x"} 1',
    'a 0 1\u0000',
  ])('text %j is refused', (text) => {
    expect(() => parse(text)).toThrow(/^line \d+: /);
  });

  const exemplar = (text: string): string => `a_total 1 # ${text}`;
  test.each([
    '',
    '\n',
    'a',
    'a 1',
    'a 1\n',
    exemplar('{b="c"} 4'),
    'a\n#EOF\n',
    '\n\n#EOF\n',
    ' a 1\n#EOF\n',
    '9\n#EOF\n',
    '# TYPE u untyped\n#EOF\n',
    '# TYPE c counter \n#EOF\n',
    '#  TYPE c counter\n# EOF\n',
    '# TYPE  c counter\n# EOF\n',
    '# TYPE \n#EOF\n',
    '# TYPE m\n#EOF\n',
    '# UNIT metricsuffix suffix\n#EOF\n',
    '# UNIT m suffix\n#EOF\n',
    '# UNIT \n#EOF\n',
    '# UNIT m\n#EOF\n',
    '# HELP \n#EOF\n',
    '# HELP m\n#EOF\n',
    'a\t1\n#EOF\n',
    'a 1\t2\n#EOF\n',
    'a 1 2 \n#EOF\n',
    'a 1 2 #\n#EOF\n',
    'a 1 1z\n#EOF\n',
    ' # EOF\n',
    '# EOF\na 1',
    '# EOF\n\n',
    '# EOFa 1',
    '#\tTYPE c counter\n',
    '# TYPE c  counter\n# EOF\n',
    'a 1 1 1\n# EOF\n',
    "a{b='c'} 1\n# EOF\n",
    'a{,b="c"} 1\n# EOF\n',
    'a{b="c"d="e"} 1\n# EOF\n',
    'a{b="c",,d="e"} 1\n# EOF\n',
    'a{b=\n# EOF\n',
    'a{ÿ="foo"} 1\n# EOF\n',
    '{"a","b = "c"}\n# EOF\n',
    'a true\n# EOF\n',
    'a{b="\n# EOF\n',
    'a{=""} 0\n# EOF\n',
    'a 1_2\n# EOF\n',
    'a 0 1_2\n# EOF\n',
    ...[
      '{a=b}',
      '{a="b"}',
      '{b}',
      '{b, a="d"}',
      '{a="b",,c="d"} 1',
      '{a="b"} 1_2',
      '{a="b"} 0x1p-3',
      '{a="b"} true',
      '{a="b",c=}',
    ].map((text) => `${exemplar(text)}\n# EOF\n`),
    '{b="c",} 1\n# EOF\n',
    'a 1 NaN\n# EOF\n',
    'a 1 -Inf\n# EOF\n',
    'a 1 Inf\n# EOF\n',
    `${exemplar('{a="b"} 4 NaN')}\n# EOF\n`,
    `${exemplar('{a="b"} 4 -Inf')}\n# EOF\n`,
    'a{b=\u0000"ssss"} 1\n# EOF\n',
    'a{b\u0000="x"} 1\n# EOF\n',
    '#',
    '# H',
  ])('OpenMetrics %j is refused', (text) => {
    expect(() => parse(text, 'openmetrics')).toThrow(/^line \d+: /);
  });

  test('not UTF-8 is refused in names and values', () => {
    for (const head of ['a{', 'a{b="']) {
      const text = Buffer.concat([Buffer.from(head), Buffer.from([0xff]), Buffer.from('="x"} 1\n# EOF\n')]);
      expect(() => parseExposition(text, 'openmetrics')).toThrow(/^line 1: /);
      expect(() => parseExposition(text, 'text')).toThrow(/^line 1: /);
    }
  });

  test('types and units are labels where that is asked for', () => {
    const text = [
      '# TYPE a_seconds counter',
      '# UNIT a_seconds seconds',
      'a_seconds_total{__unit__="mine"} 1',
      '# TYPE h histogram',
      'h_bucket{le="1"} 1',
      'untold 1',
      '# EOF\n',
    ].join('\n');
    const { series } = parseExposition(Buffer.from(text), 'openmetrics', new SeriesCache(), { typeAndUnitLabels: true });
    expect(series.map(({ key }) => String(Labels.fromKey(key as string)))).toEqual([
      'a_seconds_total{__type__="counter", __unit__="seconds"}',
      'h_bucket{__type__="histogram", le="1.0"}',
      'untold',
    ]);
  });

  test('lines about creation, wherever they stand, say since when their metric counts', () => {
    const text = [
      '# TYPE foo counter',
      'foo_total 17.0 1520879607.789 # {id="counter-test"} 5',
      'foo_created 1520872607.123',
      'foo_total{a="b"} 17.0',
      'foo_created{a="b"} 1520872607.5',
      'foo_total{le="1"} 10.0',
      '# TYPE bar summary',
      'bar_created 1520430004',
      'bar_count 21',
      'bar{quantile="0.95"} 123.8',
      '# TYPE fizz_created gauge',
      'fizz_created 17.0',
      '# TYPE thing histogram',
      'thing_bucket{le="1"} 2',
      'thing_created 1520430001',
      'thing_sum 324789.4',
      'untold_total 17.0',
      'untold_created 1520872607.123',
      '# EOF\n',
    ].join('\n');
    const { series, startsMs, values } = parseExposition(Buffer.from(text), 'openmetrics', new SeriesCache(), {
      startTimes: true,
    });
    const told = series.flatMap(({ key }, i) =>
      key === undefined ? [] : [`${Labels.fromKey(key)} ${values[i]} since ${startsMs?.[i]}`],
    );
    expect(told).toEqual([
      'foo_total 17 since 1520872607123',
      'foo_total{a="b"} 17 since 1520872607500',
      'foo_total{le="1"} 10 since NaN',
      'bar_count 21 since 1520430004000',
      'bar{quantile="0.95"} 123.8 since 1520430004000',
      'fizz_created 17 since NaN',
      'thing_bucket{le="1.0"} 2 since 1520430001000',
      'thing_sum 324789.4 since 1520430001000',
      'untold_total 17 since NaN',
      'untold_created 1520872607.123 since NaN',
    ]);
  });
});

describe('numbers', () => {
  test('every double that JavaScript prints is read back bit for bit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        const text = value === Infinity ? '+Inf' : Object.is(value, -0) ? '-0' : String(value).replace('Infinity', 'Inf');
        expect(parse(`a ${text}\n`).values[0]).toBe(value);
      }),
    );
  });

  test.each(['1e', 'e5', '.', '+', '--1', '1..2', '1.2.3', '0x10', 'infinit', ''])('%j is no number', (text) => {
    expect(parseExpositionNumber(text)).toBeUndefined();
    expect(() => parse(`a ${text}\n`)).toThrow(/^line 1: expected a value/);
  });
});

describe('the series cache', () => {
  test('scrapes in any order mean what a fresh parse says', () => {
    const series = ['a', 'a{b="c"}', 'a {b="c"}', 'ab', 'a{b="d"}', 'b{x="y",z="}"}', '{"a"}'];
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom(...series), { maxLength: 12 }), { maxLength: 6 }), (scrapes) => {
        const cache = new SeriesCache();
        for (const [n, scrape] of scrapes.entries()) {
          const text = Buffer.from(scrape.map((name, i) => `${name} ${i}\n`).join(''));
          const parsed = parseExposition(text, 'text', cache);
          expect(parsed.series.map((found) => found.key)).toEqual(parseExposition(text, 'text').series.map((found) => found.key));
          for (const found of parsed.series) found.seenInScrape = n + 1;
          cache.takeUnseen(n + 1);
          expect(cache.size).toBe(new Set(scrape).size);
        }
      }),
    );
  });

  test('what was seen is not resolved again', () => {
    let resolved = 0;
    const cache = new SeriesCache((labels) => {
      resolved++;
      return labels;
    });
    for (let scrape = 1; scrape <= 3; scrape++) {
      for (const found of parseExposition(Buffer.from('a{b="c"} 1\na{b="d"} 2\n'), 'text', cache).series)
        found.seenInScrape = scrape;
      cache.takeUnseen(scrape);
    }
    expect(resolved).toBe(2);
  });
});

const openMetricsFolder = corpusFolder('openmetrics');
describe.skipIf(openMetricsFolder === undefined)('texts of other projects [needs ../shared/corpus]', () => {
  const folder = openMetricsFolder ?? '';
  const seeds = join(folder, 'prometheus_common/expfmt/fuzz/corpus');
  const names = existsSync(seeds) ? readdirSync(seeds) : [];

  test.each(names.filter((name) => /parse_\d+$|minimal/.test(name)))('%s is read', (name) => {
    expect(() => parseExposition(readFileSync(join(seeds, name)), 'text')).not.toThrow();
  });

  // These break rules of meaning, which Prometheus does not look at when it scrapes; the strict check refuses them.
  const lenient = new Set([0, 1, 7, 12, 13, 14, 19].map((n) => `from_test_parse_error_${n}`));
  test.each(names.filter((name) => name.includes('error')))('%s is refused unless only its meaning is wrong', (name) => {
    const read = (): unknown => parseExposition(readFileSync(join(seeds, name)), 'text');
    if (lenient.has(name)) expect(read).not.toThrow();
    else expect(read).toThrow(/^line \d+: /);
  });

  test.each([
    ['prometheus_textparse/alltypes.237mfs.prom.txt', 'text', 237],
    ['prometheus_textparse/alltypes.237mfs.nometa.prom.txt', 'text', 0],
    ['prometheus_textparse/alltypes.5mfs.om.txt', 'openmetrics', 5],
    ['prometheus_textparse/1histogram.om.txt', 'openmetrics', 1],
    ['prometheus_common/expfmt/testdata/text', 'text', undefined],
  ] as const)('%s is read', (name, format, families) => {
    const body = readFileSync(join(folder, name));
    const parsed = parseExposition(body, format);
    const samples = body
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(parsed.length).toBe(samples.length);
    if (families !== undefined) expect(parsed.metadata).toHaveLength(families);
  });
});
