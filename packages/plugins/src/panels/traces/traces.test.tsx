// @vitest-environment happy-dom
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { act } from 'react';
import { expect, test } from 'vitest';

import { drawPanels } from '../show-panel.tsx';
import { readTraces } from './read-trace.ts';

const panel = drawPanels();

const words = (name: string, ...values: readonly string[]): Field => ({ name, type: 'string', values });
const numbers = (name: string, ...values: readonly number[]): Field => ({
  name,
  type: 'number',
  values: Float64Array.from(values),
});
const json = (name: string, ...values: readonly unknown[]): Field => ({ name, type: 'json', values });
const frame = (...fields: readonly Field[]): Frame => ({ refId: 'A', shape: 'trace', length: fields[0]!.values.length, fields });

const request = frame(
  words('traceID', 't', 't', 't', 't'),
  words('spanID', 'a', 'b', 'c', 'd'),
  words('parentSpanID', '', 'a', 'a', 'gone'),
  words('operationName', 'POST /predict', '<b>infer</b>', 'fetch', 'lost'),
  words('serviceName', 'gateway', 'model', 'features', 'lost'),
  numbers('startTime', 1000, 1010, 1002, 1000),
  numbers('duration', 100, 80, 5, 1),
  numbers('statusCode', 0, 2, 0, 0),
  words('statusMessage', '', 'deadline exceeded', '', ''),
  json('tags', [{ key: 'http.status', value: 200 }], [{ key: 'x', value: '<i>' }], null, 'no list'),
  json('serviceTags', { pod: 'p1' }, [], undefined, 3),
  words('logs', '[{"timestamp":1015,"fields":[{"key":"event","value":"retry"}]}]', '', 'broken', '[]'),
);

test('columns are read whatever they hold, and errors by code or tag', () => {
  const { traces } = readTraces([request]);
  expect(traces[0]!.spans.map(({ isError }) => isError)).toEqual([false, true, false, false]);
  expect(traces[0]!.spans[0]).toMatchObject({
    serviceTags: [['pod', 'p1']],
    tags: [['http.status', '200']],
    logs: [{ atMs: 1015, fields: [['event', 'retry']] }],
  });
  const tagged = frame(
    words('spanID', 'a'),
    numbers('startTime', 1),
    numbers('duration', 1),
    json('tags', [{ key: 'error', value: true }]),
  );
  expect(readTraces([tagged]).traces[0]!.spans[0]!.isError).toBe(true);
});

test('spans without a time are left out, with a count', () => {
  const bad = frame(words('spanID', 'a', 'b'), numbers('startTime', 1, Number.NaN), numbers('duration', -1, 2));
  expect(readTraces([bad]).notices).toEqual(['Left out 2 spans without a start or a duration.']);
});

const rows = () => [...panel.host.querySelectorAll<HTMLElement>('[role="treeitem"]')];
const press = (key: string) =>
  act(() => panel.host.querySelector('[role="tree"]')!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));

test('a waterfall tells names, times and failures, and what is wrong with it', async () => {
  const text = await panel.show('traces', [request]);
  expect(rows().map((row) => row.getAttribute('aria-label'))).toEqual([
    'gateway POST /predict, 100 ms',
    'features fetch, 5 ms',
    'model <b>infer</b>, 80 ms, failed',
    'lost lost, 1 ms',
  ]);
  expect(panel.host.querySelector('[role="treeitem"] [aria-label="Critical"]')).not.toBeNull();
  expect(text).toContain('1 span names a parent that is not in the answer');
  expect(text).toContain('100 ms · 4 spans · 4 services · 1 failed');
});

test('the keyboard folds, walks and opens', async () => {
  await panel.show('traces', [request]);
  void press('ArrowDown');
  void press('ArrowLeft');
  expect(rows()).toHaveLength(2);
  void press('ArrowRight');
  void press('End');
  void press('ArrowUp');
  void press('Enter');
  const details = () => panel.host.querySelector('section[aria-label^="Details"]');
  expect(details()?.textContent).toContain('Error: deadline exceeded');
  expect(details()?.textContent).toContain('<i>');
  void press('Escape');
  expect(details()).toBeNull();
});

test('ten thousand spans make no more elements than fit', async () => {
  const n = 10_000;
  const each = (of: (at: number) => string) => Array.from({ length: n }, (_, at) => of(at));
  const large = frame(
    words('spanID', ...each(String)),
    words('parentSpanID', ...each((at) => (at === 0 ? '' : String(Math.floor(at / 2) === at ? 0 : Math.floor(at / 2))))),
    numbers('startTime', ...each(String).map(Number)),
    numbers('duration', ...each(() => '5').map(Number)),
  );
  expect(await panel.show('traces', [large])).toContain('10,000 spans');
  expect(rows().length).toBeLessThan(30);
});

test('what is no trace gets a sentence', async () => {
  expect(await panel.show('traces', [frame(words('x', 'y'))])).toContain(
    'A trace needs a table with the columns spanID, startTime and duration.',
  );
  expect(await panel.show('traces', [])).toContain('No data in this range');
});

test('of several traces one is picked', async () => {
  const two = frame(
    words('traceID', 't1', 't2'),
    words('spanID', 'a', 'b'),
    numbers('startTime', 1, 2),
    numbers('duration', 1, 1),
  );
  await panel.show('traces', [two], {}, {}, { width: 200, height: 150 });
  expect([...panel.host.querySelectorAll('option')].map(({ textContent }) => textContent)).toEqual([
    't1 (1 span)',
    't2 (1 span)',
  ]);
});
