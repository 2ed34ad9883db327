import { gzipSync } from 'node:zlib';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { parseUploadMapping } from '@vitrine/model/parse/upload-mapping.ts';
import type { SampleBatch } from '@vitrine/model/sample-store.ts';
import { describe, expect, test } from 'vitest';
import { type ReadAnswer, readUpload } from './read-upload.ts';
import { CSV, listed, MAPPING } from '../../testing/uploaded-csv.ts';

/** Reads as the thread does, in pieces that end anywhere. */
async function read(
  file: string | Uint8Array,
  mapping: unknown = MAPPING,
  pieceBytes = 10_007,
): Promise<{ readonly answer: ReadAnswer; readonly taken: SampleBatch[] }> {
  const whole = Buffer.from(file);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < whole.length; at += pieceBytes) yield whole.subarray(at, at + pieceBytes);
  }
  const taken: SampleBatch[] = [];
  const answer = await readUpload({
    file: { kind: 'stream', bytes: pieces() },
    mapping: parseUploadMapping(mapping),
    unpackedBytes: 100_000_000,
    take: ({ batch }) => {
      taken.push(batch);
      return Promise.resolve({ accepted: batch.values.length, refused: [], told: [] });
    },
  });
  return { answer, taken };
}

const SAMPLES = [
  'fit_learning_rate{job="train", run="a"} 1767225600000 0.1',
  'fit_learning_rate{job="train", run="a"} 1767225610000 0.1',
  'fit_loss{job="train", run="a"} 1767225600000 0.5',
  'fit_loss{job="train", run="b"} 1767225620000 NaN',
];

test.each([
  ['CSV in gzip', gzipSync(CSV)],
  ['CSV with ; and line ends of Windows', CSV.replaceAll(',', ';').replaceAll('\n', '\r\n')],
  ['CSV with tabs and a byte order mark', `\u{feff}${CSV.replaceAll(',', '\t')}`],
  ['CSV with quotes and empty lines', CSV.replaceAll('a,', '"a",').replaceAll('\n', '\n\n')],
  [
    'JSONL, with NaN as Python writes it',
    '{"time":1767225600,"run":"a","loss":0.5,"lr":0.1}\n{"time":1767225610,"run":"a","loss":null,"lr":0.1}\n\n{"time":1767225620,"run":"b","loss":NaN,"lr":"x"}',
  ],
])('%s says the same, in whatever pieces it comes', async (_, file) => {
  for (const pieceBytes of [1, 3, 1_000]) {
    const { taken, answer } = await read(file, MAPPING, pieceBytes);
    expect(listed(taken)).toEqual(SAMPLES);
    expect(answer).toMatchObject({ accepted: 4, refused: 1, series: 3, fromMs: 1767225600000, toMs: 1767225620000 });
  }
});

test.each([
  [undefined, ['loss 1000 1.5', 'loss 2000 2']],
  [',', ['loss 1000 1.5', 'loss 2000 2']],
  ['.', ['loss 2000 2']],
])('the decimal sign of a CSV is found out unless said: %j', async (decimal, want) => {
  const mapping = { time: { column: 'time', format: 'unix-s' }, values: ['loss'], csv: { decimal } };
  expect(listed((await read('time;loss\n1;1,5\n2;2\n', mapping)).taken)).toEqual(want);
});

test('columns may be one metric with the column as a label, or rows without times', async () => {
  const { taken } = await read('step,train,val\n0,1,2\n1,3,4\n', {
    time: { startMs: 1_000, everyMs: 500 },
    values: ['train', 'val'],
    metric: { name: 'loss', label: 'split' },
  });
  expect(listed(taken)).toEqual([
    'loss{split="train"} 1000 1',
    'loss{split="train"} 1500 3',
    'loss{split="val"} 1000 2',
    'loss{split="val"} 1500 4',
  ]);
});

test.each([
  ['CSV', 'loss\n1\n2,2\n3\n'],
  ['JSONL', '{"loss":1}\n[2]\n{"loss":3}\n'],
])('a row of %s that is refused keeps its time', async (_, file) => {
  const { taken } = await read(file, { time: { startMs: 1_000, everyMs: 500 }, values: ['loss'] });
  expect(listed(taken)).toEqual(['loss 1000 1', 'loss 2000 3']);
});

test('a series stands once in a batch, however many there are', async () => {
  const silent = Array.from({ length: 99_999 }, (_, i) => `0,r${i},,\n`).join('');
  const { taken } = await read(`time,run,loss,lr\n${silent}1,a,1,\n2,b,1,\n3,a,2,\n`);
  expect(taken.map(({ seriesKeys }) => seriesKeys.length)).toEqual([2]);
});

test('the first hundred refused rows are told, the others counted', async () => {
  const { answer } = await read(`time,run,loss,lr\n${'never,a,1,1\n'.repeat(500)}1767225600,a,1,1\n`);
  expect(answer).toMatchObject({ rows: 501, accepted: 2, refused: 500 });
  expect(answer.rowsRefused).toHaveLength(100);
  expect(answer.rowsRefused[0]).toEqual({
    row: 2,
    column: 'time',
    reason: 'not a time',
    sentence: '"never" is not a time as unix seconds',
  });
  expect(answer.reasons).toHaveLength(1);
});

test('what was read before damage is kept', async () => {
  const packed = gzipSync(
    `time,run,loss,lr\n${Array.from({ length: 60_000 }, (_, i) => `${1767225600 + i},a,${Math.sin(i)},1\n`).join('')}`,
  );
  const { answer, taken } = await read(packed.subarray(0, packed.length - 20_000));
  expect(answer.stopped).toBe('file: is cut off: its gzip has no end');
  expect(answer.accepted).toBeGreaterThan(50_000);
  expect(listed(taken)).toHaveLength(answer.accepted);
});

test.each([
  ['', 'file: is empty'],
  ['\u{0}\u{1}', 'file: is not text: CSV, JSONL (both perhaps packed by gzip) and Parquet can be read'],
  ['PK\u{3}\u{4}rest', 'file: is a ZIP archive or an Excel workbook: save the sheet as CSV, or unpack it first'],
  ['[{"a":1}]', 'file: is a list in JSON: JSONL has one object a line, as jq -c ".[]" writes them'],
  ['PAR1', 'file: is Parquet'],
  ['a,b\n1,2\n', 'mapping: names the column "time", and the file has a, b; is another delimiter meant?'],
  [
    `time,run,loss,lr\n"${'x'.repeat(2_000_000)}`,
    'file: has a row of more than 1 MiB near line 2; is it CSV, and does every quote have an end?',
  ],
  [`{"time":"${'x'.repeat(2_000_000)}`, 'file: has a line of more than 1 MiB: line 1; JSONL has one object a line'],
  [
    Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(','),
    'file: has 100000 columns, and at most 2000 can be read; split it',
  ],
])('a file that starts %.12j is refused with a sentence', async (file, sentence) => {
  await expect(read(file)).rejects.toThrow(
    new BadRequest(sentence.slice(0, sentence.indexOf(':')), sentence.slice(sentence.indexOf(':') + 2)),
  );
});

test.each([
  [{ ...MAPPING, values: [] }, 'mapping.values: is empty: name at least one column of numbers'],
  [
    { ...MAPPING, values: ['a b', 'a-b'] },
    'mapping.values[1]: "a b" and "a-b" would both be fit_a_b; give one of them another name',
  ],
  [
    { ...MAPPING, time: undefined },
    'mapping.time: is missing: say {"column": …, "format": …}, or {"startMs": …, "everyMs": …} for a file without times',
  ],
  [
    { ...MAPPING, time: { column: 'time', format: 'date', zone: 'Mars' } },
    'mapping.time.zone: is not a time zone such as Europe/Berlin or UTC',
  ],
  [
    { ...MAPPING, labels: ['run'], fixed: { run: 'a' } },
    'mapping.labels: the label run is said twice; call one of them otherwise',
  ],
  [
    { ...MAPPING, colour: 1 },
    'mapping.colour: is not known here; known are format, csv, time, values, labels, fixed, prefix, metric',
  ],
])('a mapping that is wrong is refused: %j', (mapping, sentence) => {
  expect(() => parseUploadMapping(mapping)).toThrow(sentence);
});

describe('a CSV that is not UTF-8', () => {
  const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
  const not = 'is not UTF-8, which is expected; is it Latin-1 or Windows-1252? Save the file as UTF-8';

  test.each([1, 3, 10_007])('loses the rows that are not, and no others, in pieces of %i bytes', async (pieceBytes) => {
    const file = Buffer.concat([
      Buffer.from('time,run,loss,lr\n1767225600,München,1,1\n'),
      latin('1767225601,München,2,2\n'),
      Buffer.from('1767225602,Köln,3,3\n'),
      latin('1767225603,a,4,4é'),
    ]);
    const { answer, taken } = await read(file, MAPPING, pieceBytes);
    expect(answer).toMatchObject({ rows: 4, accepted: 4, refused: 2 });
    expect(answer.rowsRefused).toEqual([3, 5].map((row) => ({ row, column: '', reason: 'not UTF-8', sentence: not })));
    expect(listed(taken).filter((line) => line.startsWith('fit_loss'))).toEqual([
      'fit_loss{job="train", run="Köln"} 1767225602000 3',
      'fit_loss{job="train", run="München"} 1767225600000 1',
    ]);
  });

  test('is not one that holds the sign for what could not be read', async () => {
    const { answer } = await read('time,run,loss,lr\n1767225600,M\u{fffd}nchen,1,1\n');
    expect(answer).toMatchObject({ accepted: 2, refused: 0 });
  });

  test('is refused where the columns’ names are not', async () => {
    await expect(read(latin('time,run,loss,lr,größe\n1767225600,a,1,1,1\n'))).rejects.toThrow(
      `file: has columns’ names that are not UTF-8`,
    );
  });
});

test('JSON that is nested without end costs its line', async () => {
  const bomb = `{"time":1,"loss":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
  const good = '{"time":1767225600,"loss":1}';
  const mapping = { time: { column: 'time', format: 'unix-s' }, values: ['loss'] };
  const { answer } = await read([good, bomb, deep, good].join('\n'), mapping);
  expect(answer).toMatchObject({ rows: 4, accepted: 2 });
  expect(answer.rowsRefused.map(({ row }) => row)).toEqual([2, 3]);
});

test('keys that objects share are columns like others, or none', async () => {
  const mapping = { time: { column: 'time', format: 'unix-s' }, values: ['loss', 'constructor.name', '__proto__.x'] };
  const { answer } = await read('{"time":1767225600,"loss":1,"__proto__":{"x":2}}\n', { ...mapping, prefix: 'm_' });
  expect(answer).toMatchObject({ accepted: 2, refused: 0 });
});
