import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { applyTransformations } from './apply.ts';
import { columnsOf, frameOf, transformed, type Columns } from './cases.ts';
import { PEER_CASES, RUNS } from './peer-cases.ts';
import { TRANSFORMATIONS } from './transformations.ts';

const page = readFileSync(new URL('../../../../docs/transformations.md', import.meta.url), 'utf8');

test('docs/transformations.md names every transformation, and no other', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, id]) => id));
  expect(named).toHaveLength(TRANSFORMATIONS.length);
  expect(new Set(named)).toEqual(new Set(TRANSFORMATIONS.map(({ id }) => id)));
});

test('it says how many cases each is compared in', () => {
  const said = page.matchAll(/^\| `(\w+)`.*\| (\d+) \|$/gm).map(([, id, count]) => [id, count]);
  const counts = Map.groupBy(PEER_CASES, ({ id }) => id);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries([...counts].map(([id, cases]) => [id, String(cases.length)])));
  expect(page).toContain(`${PEER_CASES.length} cases of ${RUNS} each`);
});

const examples = new Map(
  [...page.matchAll(/```example (\w+)\n(.*?)```/gs)].map(([, id, text]) => [id!, text!.trim().split('\n')]),
);

test.each(TRANSFORMATIONS.map(({ id }) => id))('the example of %s comes out as it says', (id) => {
  const [options = '', ...lines] = examples.get(id) ?? [];
  const isMade = (line: string): boolean => line.startsWith('→ ');
  const given = lines.filter((line) => !isMade(line)).map((line) => JSON.parse(line) as Columns);
  const { frames, notices } = transformed(
    id,
    JSON.parse(options) as object,
    ...given.map((columns, index) => frameOf(columns, 'AB'[index])),
  );
  expect(notices).toEqual([]);
  expect(frames.map((frame) => Object.entries(columnsOf(frame)))).toEqual(
    lines.filter(isMade).map((line) => Object.entries(JSON.parse(line.slice(2)) as Columns)),
  );
});

test('the example of docs/transformations.md comes out as it says', () => {
  const [frames, steps, result] = ['frames', 'transformations', 'result'].map((name) => {
    const [, text] = new RegExp(`\`\`\`json ${name}\n(.*?)\`\`\``, 's').exec(page)!;
    return JSON.parse(text!) as unknown[];
  });
  const given = (frames as Columns[]).map((columns, index) => frameOf(columns, 'AB'[index]));
  const transformations = (steps as { id: string; options: Readonly<Record<string, unknown>> }[]).map((step) => ({
    ...step,
    disabled: false,
    filter: undefined,
    topic: '' as const,
  }));
  const made = applyTransformations(given, transformations, { timeZone: 'UTC', replace: (text) => text });
  expect(made.notices).toEqual([]);
  expect(made.frames.map(columnsOf)).toEqual(result);
});
