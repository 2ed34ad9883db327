// @vitest-environment happy-dom
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { act } from 'react';
import { expect, test } from 'vitest';

import { drawPanels } from '../show-panel.tsx';
import { readProfile } from './read-profile.ts';

const panel = drawPanels();

const words = (name: string, ...values: readonly string[]): Field => ({ name, type: 'string', values });
const numbers = (name: string, ...values: readonly number[]): Field => ({
  name,
  type: 'number',
  values: Float64Array.from(values),
});
const frame = (...fields: readonly Field[]): Frame => ({
  refId: 'A',
  shape: 'profile',
  length: fields[0]!.values.length,
  fields,
});

const profile = frame(
  numbers('level', 0, 1, 2, 1),
  numbers('value', 1000, 600, 100, 300),
  numbers('self', 100, 500, 100, 300),
  words('label', 'main', '<b>train</b>', 'matmul', 'load'),
);

test.each<[string, Frame, readonly string[], readonly string[]]>([
  [
    'several roots get one',
    frame(numbers('level', 0, 0), numbers('value', 1, 2), words('label', 'a', 'b')),
    ['total', 'a', 'b'],
    [],
  ],
  [
    'a jump of levels is drawn below',
    frame(numbers('level', 0, 5), numbers('value', 2, 1), words('label', 'a', 'b')),
    ['a', 'b'],
    ['1 call lies more than one level below the call before: drawn right below it.'],
  ],
  ['no name is unnamed', frame(numbers('level', 0), numbers('value', 2), words('label', '')), ['unnamed'], []],
])('%s', (_, made, labels, notices) => {
  const read = readProfile([made])!;
  expect(read.tree.labels).toEqual(labels);
  expect(read.notices).toEqual(notices);
});

test('what is a call’s own is what is left of it, where nobody says', () => {
  const { fields, ...rest } = profile;
  const read = readProfile([{ ...rest, fields: fields.filter(({ name }) => name !== 'self') }])!;
  expect([...read.tree.self]).toEqual([100, 500, 100, 300]);
});

test('labels may be numbers into a list', () => {
  const label: Field = { ...numbers('label', 1, 0), config: { custom: { enum: { text: ['f', 'main'] } } } };
  expect(readProfile([frame(numbers('level', 0, 1), numbers('value', 2, 1), label)])!.tree.labels).toEqual(['main', 'f']);
});

const click = (element: Element | null | undefined) => act(() => (element as HTMLElement).click());
const cells = (column: number) =>
  [...panel.host.querySelectorAll('[role="rowgroup"] [role="row"]')].map(
    (row) => row.querySelectorAll('[role="cell"]')[column]!.textContent,
  );
const stage = () => panel.host.querySelector<HTMLElement>('[aria-roledescription="flame graph"]')!;
const press = (key: string) => act(() => stage().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));

test('functions stand by their own time, and sort', async () => {
  await panel.show('flamegraph', [profile], { unit: 'ms' }, {}, { width: 800 });
  expect(cells(0)[0]).toContain('<b>train</b>');
  expect(cells(1)).toEqual(['500 ms', '300 ms', '100 ms', '100 ms']);
  click([...panel.host.querySelectorAll('[role="columnheader"] button')].at(-1));
  expect(cells(2)).toEqual(['1 s', '600 ms', '300 ms', '100 ms']);
});

test('the keyboard walks over calls and widens one', async () => {
  await panel.show('flamegraph', [profile], { unit: 'ms' }, {}, { width: 300 });
  void press('ArrowDown');
  void press('ArrowRight');
  const said = () => panel.host.querySelector('[aria-live="polite"]')!.textContent;
  void press('Home');
  void press('ArrowDown');
  expect(said()).toContain('<b>train</b>Total 600 ms (60 %)');
  void press('ArrowRight');
  expect(said()).toContain('load');
  void press('ArrowLeft');
  void press('Enter');
  expect(panel.host.textContent).toContain('Whole profile');
  void press('Escape');
  expect(panel.host.textContent).not.toContain('Whole profile');
});

test('callers and callees of a function', async () => {
  await panel.show('flamegraph', [profile], {}, {}, { width: 800 });
  click(panel.host.querySelector('[aria-label="Callers and callees of matmul"]'));
  expect(
    [...panel.host.querySelectorAll('[aria-roledescription="flame graph"]')].map((one) => one.getAttribute('aria-label')),
  ).toEqual([
    'callers of matmul: 3 calls. Arrow keys go from call to call, Enter widens one.',
    'callees of matmul: 1 calls. Arrow keys go from call to call, Enter widens one.',
  ]);
});

test('a comparison tells what became more and what became less', async () => {
  const diff = frame(...profile.fields, numbers('valueRight', 1000, 300, 50, 600), numbers('selfRight', 100, 250, 50, 600));
  await panel.show('flamegraph', [diff], {}, {}, { width: 800 });
  click(panel.host.querySelectorAll('[role="columnheader"] button')[1]);
  expect(cells(1)).toEqual(['+100 %', '0 %', '−50 %', '−50 %']);
});

test('what is no profile gets a sentence', async () => {
  expect(await panel.show('flamegraph', [frame(words('x', 'y'))])).toContain(
    'A profile needs a table with the columns level, value, self and label.',
  );
  expect(await panel.show('flamegraph', [])).toContain('No data in this range');
  expect(await panel.show('flamegraph', [frame(numbers('level', 0), numbers('value', 0), words('label', 'a'))])).toContain(
    'all its values are 0',
  );
});
