// @vitest-environment happy-dom
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { act } from 'react';
import { expect, test, vi } from 'vitest';

import { drawPanels } from '../show-panel.tsx';

const panel = drawPanels();

function tableOf(fields: readonly Field[], length = fields[0]!.values.length): Frame {
  return { refId: 'A', shape: 'table', length, fields };
}

const pods = tableOf([
  { name: 'pod', type: 'string', values: ['b', 'a', 'c', 'a'] },
  { name: 'restarts', type: 'number', values: Float64Array.of(2, 1, 1, 7) },
]);

const rows = (column = 0) =>
  [...panel.host.querySelectorAll('[role="rowgroup"] > * > [role="row"]')].map((row) =>
    row.querySelectorAll('[role="gridcell"]')[column]!.textContent.trim(),
  );
const heads = () => [...panel.host.querySelectorAll<HTMLElement>('[role="columnheader"] > button:first-child')];
const click = (element: HTMLElement, shiftKey = false) =>
  act(() => element.dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey })));
const grid = () => panel.host.querySelector<HTMLElement>('[role="grid"]')!;
const press = (key: string) => act(() => grid().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));

test('a shift-click sorts equals by a second column', async () => {
  await panel.show('table', [pods]);
  void click(heads()[0]!);
  expect(rows()).toEqual(['a', 'a', 'b', 'c']);
  void click(heads()[1]!, true);
  expect(rows(1)).toEqual(['7', '1', '2', '1']);
  expect(panel.host.querySelectorAll('[aria-sort="ascending"],[aria-sort="descending"]')).toHaveLength(2);
});

test('it starts sorted as the panel says, and a third click forgets it', async () => {
  await panel.show('table', [pods], {}, { sortBy: [{ displayName: 'pod', desc: true }] });
  expect(rows()).toEqual(['c', 'b', 'a', 'a']);
  void click(heads()[0]!);
  expect(rows()).toEqual(['b', 'a', 'c', 'a']);
});

test('a column is filtered by a part of its text, the rest is counted, and Escape closes the box', async () => {
  await panel.show('table', [pods], { filterable: true });
  void click(panel.host.querySelector<HTMLElement>('[aria-label="Filter pod"]')!);
  const box = () => document.querySelector('[role="dialog"][aria-label="Filter pod"]');
  const choices = [...box()!.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')];
  expect(choices).toHaveLength(3);
  void click(choices[1]!);
  expect(rows()).toEqual(['b', 'c']);
  expect(panel.host.textContent).toContain('2 of 4 rows');
  void act(() => box()!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })));
  expect(box()).toBeNull();
});

test('the keyboard walks over cells', async () => {
  await panel.show('table', [pods]);
  void press('ArrowDown');
  void press('ArrowDown');
  void press('ArrowRight');
  const active = document.getElementById(grid().getAttribute('aria-activedescendant')!);
  expect(active?.textContent).toBe('1');
  void press('End');
  void press('Escape');
  expect(grid().getAttribute('aria-activedescendant')).toBeNull();
});

test('a hundred thousand rows make no more elements than fit', async () => {
  const many = tableOf([{ name: 'n', type: 'number', values: Float64Array.from({ length: 100_000 }, (_, n) => n) }]);
  expect(await panel.show('table', [many])).toContain('100,000 rows');
  expect(rows().length).toBeLessThan(40);
  expect(grid().getAttribute('aria-rowcount')).toBe('100001');
});

test('pages have as many rows as the panel says', async () => {
  await panel.show('table', [pods], {}, { enablePagination: true, pageSize: 3 });
  expect(rows()).toHaveLength(3);
  void click(panel.host.querySelector<HTMLElement>('[aria-label="Next page"]')!);
  expect(rows()).toEqual(['a']);
});

test('rows within a row are shown when asked for', async () => {
  const inner = tableOf([{ name: 'step', type: 'number', values: Float64Array.of(41, 42) }]);
  const text = await panel.show('table', [
    tableOf([
      { name: 'run', type: 'string', values: ['r1'] },
      { name: 'Nested frames', type: 'frame', values: [[inner]] },
    ]),
  ]);
  expect(text).not.toContain('42');
  void click(panel.host.querySelector<HTMLElement>('[aria-label="Show the rows within"]')!);
  expect(panel.host.textContent).toContain('42');
});

test('a footer says what its reducers make of the column', async () => {
  expect(await panel.show('table', [pods], { custom: { footer: { reducers: ['sum'] } } })).toContain('Total 11');
});

test('looks draw numbers, words and JSON', async () => {
  const look = (type: string) => ({ config: { custom: { cellOptions: { type } } } });
  const text = await panel.show('table', [
    tableOf([
      { name: 'bar', type: 'number', values: Float64Array.of(0.5), ...look('gauge') },
      { name: 'tags', type: 'json', values: [['red', 'blue']], ...look('pill') },
      { name: 'note', type: 'string', values: ['**bold** <b>x</b>'], ...look('markdown') },
      { name: 'json', type: 'string', values: ['{"a":1}'], ...look('json-view') },
      { name: 'seen', type: 'string', values: ['javascript:alert(1)'], ...look('image') },
    ]),
  ]);
  expect(panel.host.querySelector('svg rect')).not.toBeNull();
  expect(text).toContain('red');
  expect(panel.host.querySelector('strong')?.textContent).toBe('bold');
  expect(text).toContain('<b>x</b>');
  expect(text).toContain('"a": 1');
  expect(panel.host.querySelector('img')).toBeNull();
});

test('links are safe ones only, and their titles are text', async () => {
  const link = (url: string) => ({ title: '<i>go</i>', url, targetBlank: true });
  const field = (url: string): Field => ({ name: url, type: 'string', values: ['x'], config: { links: [link(url)] } });
  await panel.show('table', [tableOf([field('https://example.com/'), field('javascript:alert(1)')])]);
  const anchors = [...panel.host.querySelectorAll('a')];
  expect(anchors.map((anchor) => anchor.getAttribute('href'))).toEqual(['https://example.com/']);
  expect(anchors[0]!.getAttribute('rel')).toContain('noopener');
  expect(panel.host.querySelector('i')).toBeNull();
});

test('missing, NaN and infinite values are told apart', async () => {
  await panel.show('table', [
    tableOf([
      { name: 'v', type: 'number', values: Float64Array.of(0, Number.NaN, Infinity, 0), present: Uint8Array.of(1, 1, 1, 0) },
    ]),
  ]);
  expect(rows()).toEqual(['0', 'NaN', '+Inf', '–']);
});

test('it fits into 200 pixels', async () => {
  await panel.show('table', [pods], {}, {}, { width: 200, height: 100 });
  expect(rows().length).toBeGreaterThan(0);
});

test('a column grows and shrinks with the arrow keys', async () => {
  await panel.show('table', [pods]);
  const edge = () => panel.host.querySelector<HTMLElement>('[aria-label="Width of pod"]')!;
  const before = Number(edge().getAttribute('aria-valuenow'));
  void act(() => edge().dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true })));
  expect(Number(edge().getAttribute('aria-valuenow'))).toBe(before - 16);
});

test('a value is shown whole on demand, as text', async () => {
  await panel.show('table', [
    tableOf([{ name: 'payload', type: 'string', values: ['{"a":"<img src=x>"}'], config: { custom: { inspect: true } } }]),
  ]);
  void click(panel.host.querySelector<HTMLElement>('[aria-label="Show payload whole"]')!);
  expect(panel.host.querySelector('dialog pre')?.textContent).toContain('"a": "<img src=x>"');
  expect(panel.host.querySelector('img')).toBeNull();
  void click(panel.host.querySelector<HTMLElement>('dialog [aria-label="Close"]')!);
  expect(panel.host.querySelector('dialog')).toBeNull();
});

test('frames are picked by name, and two thousand columns make no more cells than fit', async () => {
  const wide = tableOf(Array.from({ length: 2000 }, (_, n) => ({ name: `c${n}`, type: 'number', values: Float64Array.of(n) })));
  await panel.show('table', [
    { ...pods, name: 'Pods' },
    { ...wide, name: 'Wide' },
  ]);
  const wider = [...panel.host.querySelectorAll<HTMLElement>('[aria-label="Queries"] button')].find(
    (button) => button.textContent === 'Wide',
  );
  void click(wider!);
  expect(panel.host.querySelectorAll('[role="columnheader"]').length).toBeLessThan(40);
  expect(grid().getAttribute('aria-colcount')).toBe('2000');
});

/** Pieces of work come one after another, each in a turn of its own. */
const soon = (holds: () => void) =>
  vi.waitFor(async () => {
    await act(async () => new Promise((resolve) => void setTimeout(resolve)));
    holds();
  }, 10_000);

const manyRows = 30_000;
const many = tableOf([
  { name: 'n', type: 'number', values: Float64Array.from({ length: manyRows }, (_, n) => n), config: { filterable: true } },
]);

test('many rows are filtered and reduced without holding up the page', async () => {
  const config = { filterable: true, custom: { footer: { reducers: ['max'] } } };
  await panel.show('table', [{ ...many, fields: many.fields.map((field) => ({ ...field, config })) }]);
  await soon(() => expect(panel.host.textContent).toContain('Max 30 K'));
  void click(panel.host.querySelector<HTMLElement>('[aria-label="Filter n"]')!);
  await soon(() => expect(document.querySelectorAll('[role="dialog"] input[type="checkbox"]')).toHaveLength(200));
  const input = document.querySelector<HTMLInputElement>('[role="dialog"] input[type="search"]')!;
  act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(input, '4321');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  expect(rows()).toEqual(['4321']);
});

test('of more values than are offered, one that is unticked is the only one that goes', async () => {
  const names = Array.from({ length: 2_000 }, (_, n) => `pod-${n}`);
  await panel.show('table', [tableOf([{ name: 'pod', type: 'string', values: names }])], { filterable: true });
  void click(panel.host.querySelector<HTMLElement>('[aria-label="Filter pod"]')!);
  void click(document.querySelector<HTMLElement>('[role="dialog"] input[type="checkbox"]')!);
  expect(panel.host.textContent).toContain('1,999 of 2,000 rows');
});

test.each([
  [{ footer: { show: true, reducer: ['sum'], fields: ['restarts'] } }, 'Total 11'],
  [{ footer: { show: true, reducer: ['count'], countRows: true } }, 'Count 4'],
  [{ footer: { show: true, reducer: 'mean', fields: '' } }, 'Mean 2.75'],
])('older documents’ footer %j says %s', async (options, want) => {
  await panel.show('table', [pods], {}, options);
  expect(panel.host.querySelector('[aria-label="Summary"]')?.textContent).toBe(want);
});

test('a field of styles colours cells, and fetches, covers or breaks nothing', async () => {
  const styles = ['{"color":"rgb(1, 2, 3)","position":"fixed"}', '{"background":"url(https://x)"}', 'none', ''];
  await panel.show('table', [
    tableOf([
      { ...pods.fields[0]!, config: { custom: { styleField: 'style' } } },
      { name: 'style', type: 'string', values: styles },
    ]),
  ]);
  const said = [...panel.host.querySelectorAll<HTMLElement>('[role="rowgroup"] [data-column="0"]')].map(({ style }) => [
    style.color,
    style.position,
    style.backgroundColor,
  ]);
  expect(said).toEqual([
    ['rgb(1, 2, 3)', '', ''],
    ['', '', ''],
    ['', '', ''],
    ['', '', ''],
  ]);
});

test('buttons for actions open the column’s links, and say so where there are none', async () => {
  const custom = { cellOptions: { type: 'actions' } };
  const links = [{ title: 'Restart', url: 'https://example.com/restart', targetBlank: false }];
  await panel.show('table', [
    tableOf([
      { name: 'linked', type: 'string', values: ['x'], config: { custom, links } },
      { name: 'bare', type: 'string', values: ['x'], config: { custom } },
    ]),
  ]);
  expect(panel.host.querySelector('a')?.textContent).toBe('Restart');
  expect(panel.host.querySelector('[title^="This column has buttons"]')?.textContent).toBe('not run here');
});

test('a cell says its exact value when it is pointed at', async () => {
  await panel.show('table', [tableOf([{ name: 'v', type: 'number', values: Float64Array.of(0.123_456_789) }])]);
  const cell = panel.host.querySelector<HTMLElement>('[role="rowgroup"] [role="gridcell"]')!;
  void act(() => cell.dispatchEvent(new Event('pointerover', { bubbles: true })));
  expect([cell.textContent, cell.title]).toEqual(['0.1235', '0.123456789']);
});
