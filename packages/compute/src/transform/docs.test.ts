import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { applyTransformations } from './apply.ts';
import { columnsOf, frameOf, type Columns } from './cases.ts';
import { TRANSFORMATIONS } from './transformations.ts';

const page = readFileSync(new URL('../../../../docs/transformations.md', import.meta.url), 'utf8');

test('docs/transformations.md names every transformation, and no other', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, id]) => id));
  expect(named).toHaveLength(TRANSFORMATIONS.length);
  expect(new Set(named)).toEqual(new Set(TRANSFORMATIONS.map(({ id }) => id)));
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
