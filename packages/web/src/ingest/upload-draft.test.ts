import type { UploadPreview } from '@vitrine/model/upload.ts';
import { expect, test } from 'vitest';
import {
  ambiguousTime,
  asksZone,
  curlOf,
  draftOf,
  exprOf,
  mappingJson,
  readDraft,
  seriesText,
  withColumn,
} from './upload-draft.ts';
import type { UploadDraft } from './upload-draft.ts';

const NO_TIME = { timeFormat: undefined, nearestFormat: undefined, looksTimely: false, isAmbiguous: false, distinct: 2 } as const;
const PREVIEW: UploadPreview = {
  format: 'csv',
  gzip: false,
  csv: { delimiter: ';', decimal: ',' },
  columns: [
    { ...NO_TIME, name: 'when', type: 'time', role: 'time', timeFormat: 'date', nearestFormat: 'date', looksTimely: true },
    { ...NO_TIME, name: 'run', type: 'text', role: 'label' },
    { ...NO_TIME, name: 'GPU power', type: 'number', role: 'value' },
    { ...NO_TIME, name: 'note', type: 'text', role: 'ignore' },
  ],
  rows: [
    ['2026-03-01 12:00', undefined, '1,5', 'x'],
    ['2026-03-01 12:01', 'b', '2', 'y'],
  ],
  rowCount: undefined,
  notices: [],
};
const DRAFT = draftOf(PREVIEW, 'power log.csv.gz', 1_000_000);

test('what the server guessed is a mapping already', () => {
  expect(mappingJson(DRAFT, PREVIEW)).toEqual({
    format: 'csv',
    csv: { delimiter: ';', decimal: ',' },
    time: { column: 'when', format: 'date', zone: 'UTC' },
    values: ['GPU power'],
    labels: ['run'],
  });
});

const changed = (change: Partial<UploadDraft>): UploadDraft => ({ ...DRAFT, ...change });

test.each<[string, UploadDraft, string]>([
  ['as guessed', DRAFT, 'GPU_power{run="b"}'],
  ['with a prefix and a unit', withColumn(changed({ prefix: 'lab_' }), 2, { unit: 'watts' }), 'lab_GPU_power_watts{run="b"}'],
  ['under another name', withColumn(DRAFT, 2, { called: 'power' }), 'power{run="b"}'],
  ['with a label of every sample', changed({ fixed: [{ name: 'site', value: 'a' }] }), 'GPU_power{run="b", site="a"}'],
  ['as one metric of the file’s name', changed({ isOne: true }), 'power_log{column="GPU power", run="b"}'],
])('a column %s becomes its series', (_, draft, want) => {
  const mapping = readDraft(draft, PREVIEW);
  expect(typeof mapping === 'string' ? mapping : seriesText(mapping, 'GPU power', PREVIEW)).toBe(want);
});

test.each<[string, UploadDraft, string]>([
  ['no values', withColumn(DRAFT, 2, { role: 'ignore' }), 'Choose at least one column of values.'],
  [
    'a column like times that is left out',
    withColumn(DRAFT, 0, { role: 'ignore' }),
    'The column when looks like times, and it is not read: choose it as the Time, with how it says them, or say that the rows are spaced evenly.',
  ],
  [
    'a column like times that is a label',
    withColumn(DRAFT, 0, { role: 'label' }),
    'The column when looks like times, and it is not read: choose it as the Time, with how it says them, or say that the rows are spaced evenly.',
  ],
  [
    'no time',
    withColumn(changed({ start: 'soon', isSpaced: true }), 0, { role: 'ignore' }),
    'The time of the first row is no time such as 2026-03-01T12:00:00Z.',
  ],
  [
    'rows that stand still',
    withColumn(changed({ everySeconds: '0', isSpaced: true }), 0, { role: 'ignore' }),
    'The seconds between rows must be a number above 0.',
  ],
  [
    'a label that is none',
    changed({ fixed: [{ name: '1st', value: 'a' }] }),
    '"1st" is no name: expected letters, digits and _, not starting with a digit.',
  ],
  [
    'a label twice',
    changed({ fixed: [{ name: 'run', value: 'a' }] }),
    'The label run is said twice; call one of them otherwise.',
  ],
])('%s is said in words for whoever fills in the form', (_, draft, want) => {
  expect(readDraft(draft, PREVIEW)).toBe(want);
});

test('there is one time: another column that becomes it takes its place', () => {
  const { columns } = withColumn(DRAFT, 3, { role: 'time', timeFormat: 'rfc3339' });
  expect(columns.map(({ role }) => role)).toEqual(['ignore', 'label', 'value', 'time']);
  expect(asksZone({ ...DRAFT, columns }, PREVIEW)).toBe(false);
  expect(asksZone(DRAFT, PREVIEW)).toBe(true);
});

test('without a time the last row is put where the file was written', () => {
  expect(mappingJson(withColumn(DRAFT, 0, { role: 'ignore' }), PREVIEW)['time']).toEqual({ startMs: 998_000, everyMs: 1_000 });
});

test('a column that is chosen as the time by hand is read as suits its cells best', () => {
  const [when, ...others] = PREVIEW.columns;
  const columns = [
    { ...NO_TIME, ...when, name: 'when', type: 'text', role: 'ignore', nearestFormat: 'day-first' } as const,
    ...others,
  ];
  const unread = { ...PREVIEW, columns: columns.map((column) => ({ ...column, timeFormat: undefined })) };
  const draft = withColumn(draftOf(unread, 'x.csv', 0), 0, { role: 'time' });
  expect(mappingJson(draft, unread)['time']).toEqual({ column: 'when', format: 'day-first', zone: 'UTC' });
});

test.each([
  ['month-first', '01/02/2026 is taken for month first, and may be day first'],
  ['day-first', '01/02/2026 is taken for day first, and may be month first'],
  ['date', undefined],
] as const)('dates that can be read both ways are told as %s', (timeFormat, want) => {
  const preview = {
    ...PREVIEW,
    columns: PREVIEW.columns.map((column, at) => ({ ...column, isAmbiguous: at === 0 })),
    rows: [[undefined], ['01/02/2026']],
  };
  const told = ambiguousTime(withColumn(DRAFT, 0, { timeFormat }), preview);
  expect(told?.includes(want ?? '') ?? false).toBe(want !== undefined);
  expect(ambiguousTime(DRAFT, PREVIEW)).toBeUndefined();
});

test('the command survives quotes and what curl takes for its own', () => {
  const command = curlOf({ csv: { delimiter: ';' }, prefix: "it's" }, 'a b.csv', 'http://localhost:9470');
  expect(command).toContain(String.raw`-F mapping='{"csv":{"delimiter":"\u003b"},"prefix":"it'\''s"}'`);
  expect(command).toContain("-F file=@'a b.csv'");
});

test.each([
  [['loss'], 'loss'],
  [['loss', 'lr'], '{__name__=~"loss|lr"}'],
])('%j is asked as %s', (metrics, want) => {
  expect(exprOf(metrics)).toBe(want);
});
