// @vitest-environment happy-dom
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { act } from 'react';
import { expect, test } from 'vitest';

import { drawPanels, settle } from './show-panel.tsx';

const panel = drawPanels();

function tableOf(fields: readonly Field[]): Frame {
  return { refId: 'A', shape: 'table', length: fields[0]!.values.length, fields };
}
const words = (name: string, values: readonly string[]): Field => ({ name, type: 'string', values });
const numbers = (name: string, values: readonly number[]): Field => ({ name, type: 'number', values: Float64Array.from(values) });

const EVIL = '<img src=x onerror=alert(1)>';
const LONG = 'a-very-long-name-'.repeat(20);

const perClass = tableOf([words('class', ['cat', EVIL, LONG]), numbers('f1', [0.5, 0, 0.25])]);
const series: Frame = {
  refId: 'A',
  shape: 'series',
  length: 3,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.of(0, 1000, 2000) },
    { name: 'p50', type: 'number', values: Float64Array.of(1, 1, 3) },
    { name: EVIL, type: 'number', values: Float64Array.of(5, 0, Number.NaN), present: Uint8Array.of(1, 0, 1) },
  ],
};
const outcomes = tableOf([
  words('actual', ['cat', 'cat', 'dog', EVIL]),
  words('predicted', ['cat', 'dog', 'dog', LONG]),
  numbers('count', [8, 2, 5, 1]),
]);
const logs: Frame = {
  refId: 'A',
  shape: 'logs',
  length: 3,
  fields: [
    { name: 'time', type: 'time', values: Float64Array.of(0, 1000, 2000) },
    words('body', ['INFO started 1', 'ERROR <b>disk</b> full', 'INFO started 2']),
    { name: 'labels', type: 'json', values: [{ pod: 'a' }, { pod: 'b' }, { pod: 'a' }] },
  ],
};

const KINDS: readonly (readonly [string, readonly Frame[], unknown])[] = [
  ['table', [perClass], {}],
  ['barchart', [perClass], {}],
  ['piechart', [perClass], { reduceOptions: { values: true } }],
  ['heatmap', [series], {}],
  ['heatmap', [series], { calculate: true }],
  ['heatmap', [outcomes], {}],
  ['histogram', [series], {}],
  ['state-timeline', [series], {}],
  ['status-history', [series], {}],
  ['confusion-matrix', [outcomes], {}],
  ['boxplot', [series], {}],
  ['logs', [logs], {}],
];

test.each(KINDS)('%s %# without data says so, and its own word where it has one', async (kind) => {
  expect(await panel.show(kind, [])).toContain('No data in this range');
  expect(await panel.show(kind, [], { noValue: 'Nothing yet' })).toContain('Nothing yet');
});

test.each(KINDS)('%s %# has its name, keeps markup text, and fits in 200 pixels', async (kind, frames, options) => {
  for (const size of [
    { width: 600, height: 320 },
    { width: 200, height: 120 },
    { width: 60, height: 40 },
  ]) {
    await panel.show(kind, frames, {}, options, { ...size, theme: size.width === 200 ? 'light' : 'dark' });
    expect(panel.host.querySelector('img, script, b[onerror]')).toBeNull();
    expect([...panel.host.querySelectorAll('[aria-label]')].map((one) => one.getAttribute('aria-label')).join()).toContain(
      'Latency',
    );
  }
});

test.each<[string, Frame, unknown]>([
  [
    'table',
    tableOf([
      numbers(
        'v',
        Array.from({ length: 10_000 }, (_, n) => n),
      ),
    ]),
    {},
  ],
  [
    'barchart',
    tableOf([
      words(
        'x',
        Array.from({ length: 10_000 }, (_, n) => `pod-${n}`),
      ),
      numbers(
        'v',
        Array.from({ length: 10_000 }, (_, n) => n),
      ),
    ]),
    {},
  ],
  [
    'histogram',
    tableOf([
      numbers(
        'v',
        Array.from({ length: 10_000 }, (_, n) => (n % 3 === 0 ? Number.NaN : n)),
      ),
    ]),
    {},
  ],
  [
    'boxplot',
    tableOf([
      numbers(
        'v',
        Array.from({ length: 10_000 }, (_, n) => (n % 3 === 0 ? Infinity : n)),
      ),
    ]),
    {},
  ],
  [
    'heatmap',
    {
      ...series,
      length: 10_000,
      fields: [
        { name: 'Time', type: 'time', values: Float64Array.from({ length: 10_000 }, (_, n) => n) },
        numbers(
          'v',
          Array.from({ length: 10_000 }, (_, n) => n % 17),
        ),
      ],
    },
    { calculate: true },
  ],
  [
    'state-timeline',
    {
      ...series,
      length: 10_000,
      fields: [
        { name: 'Time', type: 'time', values: Float64Array.from({ length: 10_000 }, (_, n) => n) },
        words(
          'state',
          Array.from({ length: 10_000 }, (_, n) => (n % 5 === 0 ? 'down' : 'up')),
        ),
      ],
    },
    {},
  ],
])('%s shows ten thousand rows with few elements', async (kind, frame, options) => {
  await panel.show(kind, [frame], {}, options);
  expect(panel.host.querySelectorAll('*').length).toBeLessThan(2500);
});

test.each<[string, readonly Frame[], unknown, readonly string[]]>([
  ['barchart', [perClass], {}, ['cat', '0.5', 'f1']],
  ['piechart', [perClass], { reduceOptions: { values: true }, legend: { values: ['percent'] } }, ['cat', '67 %']],
  ['heatmap', [outcomes], {}, ['cat', 'dog', '8']],
  ['histogram', [series], { bucketSize: 1 }, ['1 to 2', 'p50']],
  ['state-timeline', [series], {}, ['p50', '3']],
  ['confusion-matrix', [outcomes], {}, ['accuracy 81.25 %', 'Precision', 'cat', '80 %']],
  ['boxplot', [series], {}, ['p50', 'median']],
  ['logs', [logs], {}, ['ERROR', 'started 1', '1970-01-01 00:00:02', '3 lines']],
])('%s tells its numbers in words', async (kind, frames, options, want) => {
  const text = await panel.show(kind, frames, {}, options);
  for (const part of want) expect(text).toContain(part);
});

const rows = () => [...panel.host.querySelectorAll('[role="treegrid"] [role="row"]')].map((row) => row.textContent);

test('logs stand with the newest first, are searched, and alike ones are one', async () => {
  await panel.show('logs', [logs]);
  expect(rows()[0]).toContain('started 2');
  const input = panel.host.querySelector<HTMLInputElement>('input[type="search"]')!;
  act(() => {
    // React hears of a value only through the element's own setter.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(input, 'pod=b');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  expect(rows()).toHaveLength(1);
  expect(rows()[0]).toContain('<b>disk</b>');
});

test('a line of logs unfolds with its labels', async () => {
  await panel.show('logs', [logs]);
  act(() => panel.host.querySelector<HTMLElement>('[aria-label="Show details"]')!.click());
  expect(panel.host.querySelector('table')?.textContent).toContain('pod');
});

test('the arrow keys go from bar to bar and tell each', async () => {
  await panel.show('barchart', [perClass]);
  const chart = panel.host.querySelector<HTMLElement>('[aria-roledescription="bar chart"]')!;
  void act(() => chart.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })));
  expect(document.querySelector('[role="tooltip"]')?.textContent).toContain('cat');
  void act(() => chart.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })));
  expect(document.querySelector('[role="tooltip"]')).toBeNull();
});

test('a click in the legend of a pie shows one slice, another all', async () => {
  await panel.show('piechart', [perClass], {}, { reduceOptions: { values: true } });
  const pressed = () => [...panel.host.querySelectorAll('[aria-pressed="true"]')].length;
  const first = panel.host.querySelector<HTMLElement>('[aria-pressed]')!;
  act(() => first.click());
  expect(pressed()).toBe(1);
  act(() => first.click());
  expect(pressed()).toBe(3);
});

test('a confusion matrix says counts, recall or precision as asked', async () => {
  await panel.show('confusion-matrix', [outcomes]);
  const spoken = () => panel.host.querySelector('caption')!.parentElement!.textContent;
  expect(spoken()).toContain('80 %');
  act(() => [...panel.host.querySelectorAll<HTMLElement>('button')].find((button) => button.textContent === 'Count')!.click());
  await settle();
  expect(spoken()).toContain('8');
  expect(spoken()).not.toContain('80 %');
});

test('state rows are turned page by page', async () => {
  await panel.show('state-timeline', [series], {}, { perPage: 1 });
  expect(panel.host.textContent).toContain('1 – 1 of 2');
  act(() => panel.host.querySelector<HTMLElement>('[aria-label="Next page"]')!.click());
  expect(panel.host.textContent).toContain('2 – 2 of 2');
});
