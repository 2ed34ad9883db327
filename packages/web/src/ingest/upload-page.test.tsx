// @vitest-environment happy-dom
import type { UploadAnswer, UploadPreview } from '@vitrine/model/upload.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPage } from '../testing/open-page.tsx';

const NO_TIME = { timeFormat: undefined, nearestFormat: undefined, looksTimely: false, isAmbiguous: false, distinct: 2 } as const;
const PREVIEW: UploadPreview = {
  format: 'csv',
  gzip: false,
  csv: { delimiter: ',', decimal: '.' },
  columns: [
    { ...NO_TIME, name: 'time', type: 'number', role: 'time', timeFormat: 'unix-s', nearestFormat: 'unix-s', looksTimely: true },
    { ...NO_TIME, name: 'loss', type: 'number', role: 'value' },
  ],
  rows: [
    ['1767225600', '0.5'],
    ['1767225610', 'oops'],
  ],
  rowCount: undefined,
  notices: [],
};
const ANSWER: UploadAnswer = {
  format: 'csv',
  bytes: 40,
  dryRun: true,
  rows: 2,
  accepted: 1,
  refused: 1,
  metrics: ['loss'],
  series: 1,
  fromMs: 1767225600000,
  toMs: 1767225600000,
  reasons: [{ reason: 'not a number', count: 1, sentence: 'Row 3, column loss: "oops" is not a number.' }],
  rowsRefused: [{ row: 3, column: 'loss', reason: 'not a number', sentence: '"oops" is not a number' }],
  stopped: undefined,
};

/** What was sent, and what the server answers to it: [status, JSON], or undefined where it never does. */
const sent: { readonly url: string; readonly form: FormData }[] = [];
let answerTo: (url: string) => readonly [number, unknown] | undefined;
let unmount: (() => void) | undefined;

class FakeRequest extends EventTarget {
  readonly upload = new EventTarget();
  status = 0;
  responseText = '';
  #url = '';

  open(_method: string, url: string): void {
    this.#url = url;
  }

  send(form: FormData): void {
    sent.push({ url: this.#url, form });
    queueMicrotask(() => {
      this.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded: 1, total: 4 }));
      const answer = answerTo(this.#url);
      if (answer === undefined) return;
      this.status = answer[0];
      this.responseText = JSON.stringify(answer[1]);
      this.dispatchEvent(new Event('load'));
    });
  }

  abort(): void {
    this.dispatchEvent(new Event('abort'));
  }
}

beforeEach(() => {
  sent.length = 0;
  answerTo = (url) => {
    if (url.startsWith('/api/ingest/preview')) return [200, PREVIEW];
    return [200, { ...ANSWER, dryRun: url.includes('dryRun=true') }];
  };
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  const session = { user: { name: 'owner', role: 'editor' }, version: '1', nowMs: Date.now() };
  vi.stubGlobal('fetch', async (path: string) =>
    path.startsWith('/api/session')
      ? Response.json(session)
      : Response.json({ error: { code: 'x', message: 'no' } }, { status: 404 }),
  );
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
});

afterEach(() => {
  unmount?.();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

async function openWith(file: File): Promise<void> {
  unmount = openPage('/ingest/upload').close;
  await shows('Bring samples in a file');
  const area = document.querySelector('section[aria-label="The file"]');
  area?.dispatchEvent(Object.assign(new Event('drop', { bubbles: true, cancelable: true }), { dataTransfer: { files: [file] } }));
}

async function shows(text: string): Promise<void> {
  await expect.poll(() => document.body.textContent, { timeout: 5_000 }).toContain(text);
}

function button(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name);
  if (found === undefined) throw new Error(`there is no button ${name}`);
  return found;
}

const FILE = new File(['time,loss\n1767225600,0.5\n1767225610,oops\n'], 'train.csv');

test('a dropped file is gone through before anything is stored, then imported and explored', async () => {
  await openWith(FILE);
  await shows('→ loss');
  await shows('1 sample would be stored');
  await shows('Row 3, column loss: "oops" is not a number.');
  expect(sent.map(({ url }) => /preview|dryRun=\w+/.exec(url)?.[0])).toEqual(['preview', 'dryRun=true']);
  expect([...(sent[1]?.form.keys() ?? [])]).toEqual(['mapping', 'file']);
  expect(JSON.parse(sent[1]?.form.get('mapping') as string)).toMatchObject({
    time: { column: 'time', format: 'unix-s' },
    values: ['loss'],
  });
  button('Import').click();
  await shows('1 sample is stored');
  expect(sent.at(-1)?.url).toContain('dryRun=false');
  const explore = [...document.querySelectorAll('a')].find(({ textContent }) => textContent === 'Explore it');
  expect(decodeURIComponent(explore?.getAttribute('href') ?? '')).toMatch(/"expr":"loss".*from=2025-12-31T23:59:59/);
});

test('an import that is under way can be cancelled, and says what that means', async () => {
  await openWith(FILE);
  await shows('would be stored');
  answerTo = () => undefined;
  button('Import').click();
  await shows('Importing');
  button('Cancel').click();
  await shows('to import the file again does not double them');
  expect(button('Import').disabled).toBe(false);
});

test('a column like times that cannot be read is asked about before anything is stored', async () => {
  const columns = PREVIEW.columns.map((column) => (column.name === 'time' ? { ...column, role: 'ignore' } : column));
  const answerBefore = answerTo;
  answerTo = (url) => (url.startsWith('/api/ingest/preview') ? [200, { ...PREVIEW, columns }] : answerBefore(url));
  await openWith(FILE);
  await shows('The column time looks like times, and it is not read');
  expect(() => button('Import')).toThrow('there is no button');
  expect(sent).toHaveLength(1);
  const spaced = [...document.querySelectorAll('label')].find(({ textContent }) => textContent?.startsWith('Space the rows'));
  spaced?.click();
  await shows('1 sample would be stored');
  await expect.poll(() => button('Import').disabled).toBe(false);
});

test('an import of which nothing is stored says why', async () => {
  await openWith(FILE);
  await shows('would be stored');
  const told = { row: undefined, column: '', reason: 'too old', sentence: 'loss at 2026-01-01T00:00:00.000Z is too old' };
  const reasons = [{ reason: 'too old', count: 2, sentence: 'Samples are older than this server keeps them.' }];
  const nothing = { ...ANSWER, dryRun: false, accepted: 0, refused: 2, reasons, rowsRefused: [told] };
  answerTo = () => [422, { ...nothing, error: { code: 'nothing_stored', message: 'Nothing was stored.' } }];
  await expect.poll(() => button('Import').disabled).toBe(false);
  button('Import').click();
  await shows('Nothing was stored of 2 rows');
  await shows('Samples are older than this server keeps them.');
  await shows('loss at 2026-01-01T00:00:00.000Z is too old');
});

test('what the server refuses is said, with another file to take', async () => {
  answerTo = () => [
    400,
    { error: { code: 'bad_request', message: 'file: is a ZIP archive or an Excel workbook', field: 'file' } },
  ];
  await openWith(new File(['PK'], 'book.xlsx'));
  await shows('book.xlsx: is a ZIP archive or an Excel workbook.');
  button('Choose a file');
});
