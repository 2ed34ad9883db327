import { BadRequest } from '@vitrine/model/bad-request.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PointsFormat, readPoints } from './read-points.ts';

const NOW_MS = 5_000;

/** The points as rows: metric, step, time, value, and the epoch where there is one. */
async function read(text: string, format: PointsFormat): Promise<unknown[]> {
  const { curves, curveIndex, steps, timesMs, values, epochs } = await readPoints(Buffer.from(text), format, 'r', NOW_MS);
  return Array.from(curveIndex, (curve, i) => {
    const row = [curves[curve]?.metric, steps[i], timesMs[i], values[i]];
    return epochs === undefined ? row : [...row, epochs[i]];
  });
}

test.each<[PointsFormat, string, unknown[]]>([
  [
    'json',
    '{"step": 1, "loss": 0.5, "acc": -0}',
    [
      ['loss', 1, NOW_MS, 0.5],
      ['acc', 1, NOW_MS, -0],
    ],
  ],
  ['json', '{"step": "7", "loss": "1e-3", "time": "1970-01-01T00:00:01.5Z"}', [['loss', 7, 1_500, 0.001]]],
  [
    'json',
    '{"step": 1.0, "loss": NaN, "gain": -Infinity}',
    [
      ['loss', 1, NOW_MS, Number.NaN],
      ['gain', 1, NOW_MS, -Infinity],
    ],
  ],
  [
    'json',
    '{"step": 1, "a": "nan", "b": "-inf", "c": null, "d": ""}',
    [
      ['a', 1, NOW_MS, Number.NaN],
      ['b', 1, NOW_MS, -Infinity],
    ],
  ],
  ['json', '{"metric": "time", "step": -1, "time": 0.125, "value": 2}', [['time', -1, 0.125, 2]]],
  ['json', '{"metric": 3, "step": 1}', [['metric', 1, NOW_MS, 3]]],
  [
    'json',
    '{"step": 1, "__proto__x": 1, "constructor": 2}',
    [
      ['__proto__x', 1, NOW_MS, 1],
      ['constructor', 1, NOW_MS, 2],
    ],
  ],
  ['json', '[]', []],
  ['json', '{"step": 1, "epoch": 0.5, "loss": 1}', [['loss', 1, NOW_MS, 1, 0.5]]],
  [
    'jsonl',
    '\n{"step":1,"loss":1}\r\n\n{"step":1,"loss":2}',
    [
      ['loss', 1, NOW_MS, 1],
      ['loss', 1, NOW_MS, 2],
    ],
  ],
  ['jsonl', '', []],
  [
    'csv',
    '\u{feff}step,epoch,"train/loss, all"\r\n1,,0.5\r\n2,0.25,inf\r\n',
    [
      ['train/loss, all', 1, NOW_MS, 0.5, Number.NaN],
      ['train/loss, all', 2, NOW_MS, Infinity, 0.25],
    ],
  ],
  ['csv', 'run,metric,step,value\nother,loss,1,123456789012345680000\n', [['loss', 1, NOW_MS, 123456789012345680000]]],
])('%s: %j is read', async (format, text, want) => {
  expect(await read(text, format)).toEqual(want);
});

test.each<[PointsFormat, string, RegExp]>([
  ['csv', '1,2\n3,4\n', /^body: needs a header that names each column once/],
  ['csv', 'step,loss,loss\n1,2,3\n', /^body: needs a header that names each column once/],
  ['csv', 'loss\n1\n', /^row 2: step: is missing/],
  ['csv', 'step,loss\n1,2,3\n', /^row 2: has 3 cells/],
  ['json', '{"step": 1, "loss": true}', /^loss: true is no number/],
  ['json', '{"step": 1, "loss": "0x10"}', /^loss: "0x10" is no number/],
  ['json', '{"step": 1, "": 1}', /^metric: "" is no name of a metric/],
  ['json', '{"step": 1, "loss": 1, "time": "2026-13-01T00:00:00Z"}', /^time: "2026-13-01T00:00:00Z" is no number/],
  ['json', '{"step": 1, "loss": 1, "time": "2042-01-01T00:00:00Z"}', /^time: .*before the year 2041/],
  ['json', '{"step": 1, "loss": 1, "time": 2251799813686}', /^time: .*before the year 2041/],
  ['jsonl', '{"step":1,"loss":1}\n[{"step":1,"loss":1}]', /^line 2: is no object/],
])('%s: %j is refused with the place', async (format, text, sentence) => {
  await expect(read(text, format)).rejects.toThrow(sentence);
});

test('whatever comes is read or refused with a sentence', async () => {
  const texts = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .array(fc.dictionary(fc.constantFrom('step', 'time', 'epoch', 'metric', 'value', 'run', 'a'), fc.jsonValue()))
      .map((rows) => JSON.stringify(rows)),
  );
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom<PointsFormat>('json', 'jsonl', 'csv'), async (text, format) => {
      try {
        await read(text, format);
      } catch (error) {
        expect(error).toBeInstanceOf(BadRequest);
      }
    }),
    { numRuns: 200 },
  );
});
