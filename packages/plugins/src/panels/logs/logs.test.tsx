// @vitest-environment happy-dom
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { act } from 'react';
import { expect, test } from 'vitest';

import { drawPanels } from '../show-panel.tsx';

const panel = drawPanels();

const bodies = ['{"code":500,"who":"<b>x</b>"}', 'took 12ms', 'took 13ms'];
const logs: Frame = {
  refId: 'A',
  shape: 'logs',
  length: 3,
  fields: [
    { name: 'time', type: 'time', values: Float64Array.of(1_700_000_000_000, 1_700_000_001_000, 1_700_000_001_000) },
    { name: 'tsNs', type: 'string', values: ['1700000000000000007', '1700000001000000009', '1700000001000000002'] },
    { name: 'body', type: 'string', values: bodies },
    { name: 'labels', type: 'json', values: [{ pod: 'a' }, { pod: 'b' }, { pod: 'b', zone: 'z' }] },
  ],
};

const grid = () => panel.host.querySelector<HTMLElement>('[role="treegrid"], [role="grid"]')!;
const rows = () => [...grid().querySelectorAll('[role="row"]')].map((row) => row.textContent);
const press = (key: string) => act(() => grid().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));
const details = () => panel.host.querySelector('table')?.textContent;
const within = (selector: string) => document.querySelector<HTMLElement>(`[role="dialog"] ${selector}`)!;
const openMenu = () => act(() => panel.host.querySelector<HTMLElement>('[aria-haspopup="dialog"]')!.click());
const tick = (text: string) =>
  act(() =>
    [...document.querySelectorAll<HTMLElement>('[role="dialog"] label')].find((one) => one.textContent === text)!.click(),
  );

test('lines of one millisecond stand by their nanoseconds, which are shown where asked for', async () => {
  await panel.show('logs', [logs], {}, { timestampResolution: 'ns', sortOrder: 'Ascending' });
  expect(rows().map((row) => /\d{2}\.(\d+)/.exec(row)?.[1])).toEqual(['000000007', '000000002', '000000009']);
});

test.each([
  ['ms', '22:13:20.000{'],
  ['ns', '22:13:20.000000007{'],
])('timestampResolution %s reads "%s"', async (timestampResolution, want) => {
  await panel.show('logs', [logs], {}, { timestampResolution });
  expect(rows().at(-1)).toContain(want);
});

test('the reader chooses order, precision and fields for themselves', async () => {
  await panel.show('logs', [logs]);
  openMenu();
  const [order, , precision] = [...document.querySelectorAll<HTMLSelectElement>('[role="dialog"] select')];
  for (const [select, value] of [
    [order!, 'oldest'],
    [precision!, 'ns'],
  ] as const) {
    act(() => {
      Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')!.set!.call(select, value);
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
  }
  tick('pod');
  expect(rows()[0]).toMatch(/000000007pod=a$/);
  void act(() => within('select').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })));
  expect(document.querySelector('[role="dialog"]')).toBeNull();
});

test('showControls false offers no choices', async () => {
  await panel.show('logs', [logs], {}, { showControls: false });
  expect(panel.host.querySelector('[aria-haspopup="dialog"]')).toBeNull();
});

test('a label in the details stands instead of the lines once it is clicked, and not when clicked again', async () => {
  await panel.show('logs', [logs]);
  void press('ArrowDown');
  void press('Enter');
  const label = () => [...panel.host.querySelectorAll<HTMLElement>('th button')].find((one) => one.textContent === 'pod')!;
  act(() => label().click());
  expect(rows()[2]).toContain('pod=a');
  act(() => label().click());
  expect(rows()[2]).toContain('"code":500');
});

test('details at the side are of one line, follow the arrow keys, and Escape closes them', async () => {
  await panel.show('logs', [logs], {}, { detailsMode: 'sidebar', sortOrder: 'Ascending' }, { width: 900 });
  void press('ArrowDown');
  void press('ArrowRight');
  expect(panel.host.querySelector('aside')?.textContent).toContain('"code": 500');
  void press('ArrowDown');
  expect(panel.host.querySelectorAll('aside table')).toHaveLength(1);
  expect(details()).toContain('z');
  void press('Escape');
  expect(panel.host.querySelector('aside')).toBeNull();
});

test('where there is no room at the side details are below the line', async () => {
  await panel.show('logs', [logs], {}, { detailsMode: 'sidebar' }, { width: 400 });
  void press('ArrowDown');
  void press('Enter');
  expect(panel.host.querySelector('aside')).toBeNull();
  expect(details()).toContain('pod');
});

test('enableLogDetails false unfolds nothing', async () => {
  await panel.show('logs', [logs], {}, { enableLogDetails: false });
  void press('ArrowDown');
  void press('Enter');
  expect(details()).toBeUndefined();
});

test('names and numbers are coloured, and what a line says stays text', async () => {
  await panel.show('logs', [logs]);
  const coloured = [...panel.host.querySelectorAll('[data-kind]')].map(
    (one) => `${one.getAttribute('data-kind')} ${one.textContent}`,
  );
  expect(coloured).toEqual(expect.arrayContaining(['name "code"', 'number 500', 'text "<b>x</b>"', 'number 12ms']));
  expect(grid().querySelector('b')).toBeNull();
});

test('what a line told a terminal is not shown', async () => {
  const escape = String.fromCodePoint(27);
  const body = [`${escape}[31;1mred${escape}[0m alert`];
  await panel.show('logs', [
    {
      ...logs,
      length: 1,
      fields: [{ ...logs.fields[0]!, values: Float64Array.of(0) } as Field, { name: 'body', type: 'string', values: body }],
    },
  ]);
  expect(rows()[0]).toMatch(/red alert$/);
});

test('a hundred thousand lines make no more elements than fit', async () => {
  const many = Array.from({ length: 100_000 }, (_, at) => `line ${at}`);
  const frame: Frame = {
    refId: 'A',
    shape: 'logs',
    length: many.length,
    fields: [
      { name: 'time', type: 'time', values: Float64Array.from(many, (_, at) => at) },
      { name: 'body', type: 'string', values: many },
    ],
  };
  expect(await panel.show('logs', [frame])).toContain('100,000 lines');
  expect(rows().length).toBeLessThan(60);
});
