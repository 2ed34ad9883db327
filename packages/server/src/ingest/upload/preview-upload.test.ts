import { gzipSync } from 'node:zlib';
import type { UploadPreview } from '@vitrine/model/upload.ts';
import { expect, test } from 'vitest';
import { previewUpload } from './preview-upload.ts';

async function preview(file: string | Uint8Array, isHead = false): Promise<UploadPreview> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(file);
  }
  const how = {
    format: undefined,
    csv: { delimiter: undefined, decimal: undefined },
    unpackedBytes: 10_000_000,
    isHead,
  } as const;
  return previewUpload({ kind: 'stream', bytes: pieces() }, how, 50);
}
const roles = ({ columns }: UploadPreview): string =>
  columns
    .map(({ name, type, role, timeFormat }) => `${name}:${type}:${role}${role === 'time' ? `:${timeFormat}` : ''}`)
    .join(' ');

test.each([
  ['unix seconds by their name', 'ts,loss\n1767225600,1\n1767225601,2\n', 'ts:number:time:unix-s loss:number:value'],
  ['milliseconds', 'time,loss\n1767225600123,1\n1767225601123,2\n', 'time:number:time:unix-ms loss:number:value'],
  ['microseconds', 'time,loss\n1767225600123000,1\n1767225601123000,2\n', 'time:number:time:unix-us loss:number:value'],
  [
    'nanoseconds beyond 2^53',
    'time,loss\n1767225600123456789,1\n1767225601123456789,2\n',
    'time:number:time:unix-ns loss:number:value',
  ],
  ['RFC 3339', 'when,loss\n2026-01-01T00:00:00Z,1\n2026-01-01T00:00:01+02:00,2\n', 'when:time:time:rfc3339 loss:number:value'],
  ['dates', 'day,loss\n2026-01-01,1\n2026-01-02 10:30,2\n', 'day:time:time:date loss:number:value'],
  ['days first', 'day;loss\n31.12.2026;1,5\n01.12.2026;2\n', 'day:time:time:day-first loss:number:value'],
  ['months first', 'day,loss\n12/31/2026,1\n12/01/2026,2\n', 'day:time:time:month-first loss:number:value'],
  [
    'labels and ids',
    'time,run,id,note\n1767225600,a,1,x\n1767225601,a,2,y\n1767225602,a,3,z\n',
    'time:number:time:unix-s run:text:label id:number:ignore note:text:ignore',
  ],
  [
    'flags and empty columns',
    'time,done,none\n1767225600,true,\n1767225601,false,\n',
    'time:number:time:unix-s done:boolean:value none:empty:ignore',
  ],
  ['no times', 'step,loss\n1,2\n2,1\n', 'step:number:value loss:number:value'],
  [
    'nested JSON',
    '{"ts":1767225600,"m":{"loss":1},"tags":["a"]}\n',
    'ts:number:time:unix-s m.loss:number:value tags:nested:ignore',
  ],
])('guesses %s', async (_, file, want) => {
  expect(roles(await preview(file))).toBe(want);
});

const many = (cell: string, odd: string, header = 'when;loss'): string =>
  `${header}\n${`${cell};1\n`.repeat(99)}${odd};1\n${`${cell};2\n`.repeat(100)}`;

test.each([
  ['a date that is none', many('22.11.2026 20:00', '31.02.2026'), 'when:time:time:day-first loss:number:value'],
  ['a word', many('2026-11-22T20:00:00Z', 'later'), 'when:time:time:rfc3339 loss:number:value'],
  ['a word among unix seconds', many('1767225600', 'never'), 'when:number:time:unix-s loss:number:value'],
  ['zero among unix milliseconds', many('1767225600123', '0'), 'when:number:time:unix-ms loss:number:value'],
])('a column is what nearly all of its cells are: %s', async (_, file, want) => {
  expect(roles(await preview(file))).toBe(want);
});

test.each([
  ['AM and PM', 'when,loss\n11/22/2026 8:00 PM,1\n11/22/2026 9:00 PM,2\n', undefined],
  ['a month in words', 'run,loss\n22. Nov 2026,1\n23. Nov 2026,2\n', undefined],
  ['a month before its day', 'run,loss\n"November 22, 2026",1\n"November 23, 2026",2\n', undefined],
  ['a name alone', 'timestamp,loss\nfoo,1\nbar,2\n', undefined],
  ['two in three', 'run,loss\n22.11.2026,1\n23.11.2026,2\nlater,3\n', 'day-first'],
])('a column that may be the time is told, though it cannot be read: %s', async (_, file, nearestFormat) => {
  const { columns } = await preview(file);
  expect(columns[0]).toMatchObject({ looksTimely: true, timeFormat: undefined, nearestFormat });
  expect(columns[0]?.role).not.toBe('time');
});

test.each([
  ['words', 'baseline'],
  ['addresses', '10.0.10.12:22'],
  ['versions', '2.10.3'],
  ['numbers', '17'],
])('%s are like no times', async (_, cell) => {
  const { columns } = await preview(`run,loss\n${cell},1\n${cell},2\n`);
  expect(columns[0]?.looksTimely).toBe(false);
});

test.each([
  ['01/02/2026', '03/04/2026', 'month-first', true],
  ['01.02.2026', '03.04.2026', 'day-first', true],
  ['01/02/2026', '13/02/2026', 'day-first', false],
  ['01/02/2026', '02/13/2026', 'month-first', false],
  ['01/01/2026', '02/02/2026', 'month-first', false],
  ['2026-01-02', '2026-03-04', 'date', false],
])('%s and %s are %s, and ambiguous: %j', async (a, b, timeFormat, isAmbiguous) => {
  expect((await preview(`day,loss\n${a},1\n${b},2\n`)).columns[0]).toMatchObject({ timeFormat, isAmbiguous });
});

test('of a head leaves out the line that it cuts, also within gzip', async () => {
  const whole = `time,loss\n${'1767225600,0.25\n'.repeat(20)}`;
  expect((await preview(whole.slice(0, -5), true)).rows).toHaveLength(19);
  const long = gzipSync(Array.from({ length: 20_000 }, (_, i) => `${1767225600 + i},${Math.sin(i)}\n`).join(''));
  const { rows, gzip, notices } = await preview(long.subarray(0, 65_536), true);
  expect(gzip).toBe(true);
  expect(rows).toHaveLength(50);
  expect(notices).toEqual(['The first row holds numbers, so it is read as data, and the columns are numbered.']);
});

test('shows empty cells as none, and names that stand twice once each', async () => {
  const { rows, columns, notices } = await preview('time,loss,loss\n1767225600,,NA\n');
  expect(rows).toEqual([['1767225600', undefined, 'NA']]);
  expect(columns.map(({ name }) => name)).toEqual(['time', 'loss', 'loss_2']);
  expect(notices).toEqual(['A column’s name stands twice: the later are numbered, such as loss_2.']);
});

test('says where a row is not UTF-8', async () => {
  const { rows, notices } = await preview(Buffer.from('time,run\n1767225600,M\xfcnchen\n1767225601,a\n', 'latin1'));
  expect(rows).toEqual([['1767225601', 'a']]);
  expect(notices).toEqual(['Row 2 is not UTF-8, which is expected; is it Latin-1 or Windows-1252? Save the file as UTF-8.']);
});
