import { expect, test } from 'vitest';
import { writeCsv } from './write-csv.ts';

test('times are instants, what is missing is empty, and cells neither break the file nor run in a spreadsheet', () => {
  const csv = writeCsv({
    refId: 'A',
    shape: 'series',
    length: 2,
    fields: [
      { name: 'time', type: 'time', values: Float64Array.of(0, 1_000) },
      { name: 'loss, "train"', type: 'number', values: Float64Array.of(0.1, 0), present: Uint8Array.of(1, 0) },
      { name: 'run', type: 'string', values: ['=HYPERLINK("x")', 'a\nb'] },
    ],
  });
  expect(csv).toBe(
    'time,"loss, ""train""",run\r\n1970-01-01T00:00:00.000Z,0.1,"\'=HYPERLINK(""x"")"\r\n1970-01-01T00:00:01.000Z,,"a\nb"\r\n',
  );
});
