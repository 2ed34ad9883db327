import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkOpenMetrics } from './check-open-metrics.ts';
import { corpusFolder } from '../../testing/corpus-folder.ts';

describe('a text that breaks a rule is answered with the line', () => {
  test.each([
    ['a 1\n', 'line 2: expected "# EOF" as the last line'],
    ['# EOF\nb', 'line 2: expected nothing after "# EOF"'],
    ['# TYPE a counter\na_total 1\n# HELP a x\n# EOF', 'line 3: HELP of a stands after its samples'],
    ['# TYPE a counter\na 1\n# EOF', 'line 2: a counter has no sample called a; expected _total, _created'],
    ['a 1\nb 1\na 2\n# EOF', 'line 3: a clashes with the metric a, or its lines do not stand together'],
    ['# TYPE a counter\na_total -1\n# EOF', 'line 2: a_total must be a number of at least 0'],
    [
      '# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\n# EOF',
      'line 3: the buckets of a fall from le="1" to le="+Inf"',
    ],
    [
      '# TYPE a histogram\na_bucket{le="+Inf"} 1\na_count 2\na_sum 1\n# EOF',
      'line 5: a_count is 2; the bucket with le="+Inf" is 1',
    ],
    ['# TYPE a gauge\na 1\na 2\n# EOF', 'line 3: a stands twice without a timestamp'],
    ['a{b="c} 1\n# EOF', 'line 1: expected a closing double quote for the value of label "b" on the same line, found "\\"c} 1"'],
  ])('%j', (text, sentence) => {
    expect(() => checkOpenMetrics(text)).toThrow(sentence);
  });
});

const folder = corpusFolder('openmetrics/OpenMetrics/tests/testdata/parsers');
describe.skipIf(folder === undefined)("the suite of the format's authors [needs ../shared/corpus]", () => {
  const cases = (folder === undefined ? [] : readdirSync(folder)).map((name) => {
    const { file, shouldParse } = JSON.parse(readFileSync(join(folder as string, name, 'test.json'), 'utf8')) as {
      file: string;
      shouldParse: boolean;
    };
    return { name, shouldParse, text: readFileSync(join(folder as string, name, file), 'utf8') };
  });

  test('has all its cases', () => {
    expect([cases.length, cases.filter(({ shouldParse }) => shouldParse).length]).toEqual([211, 44]);
  });
  test.each(cases.filter(({ shouldParse }) => shouldParse))('$name is right', ({ text }) => {
    expect(() => checkOpenMetrics(text)).not.toThrow();
  });
  test.each(cases.filter(({ shouldParse }) => !shouldParse))('$name is refused with a line', ({ text }) => {
    expect(() => checkOpenMetrics(text)).toThrow(/^line \d+: /);
  });
});
