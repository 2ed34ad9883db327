import { describe, expect, test } from 'vitest';
import { importOne } from './import-one.ts';

const at = (id: number | undefined, x: number, y: number, w = 12, h = 4) => ({
  id,
  type: 'stat',
  title: `p${id}`,
  gridPos: { x, y, w, h },
});
const row = (id: number, y: number, more: object = {}) => ({
  id,
  type: 'row',
  title: `r${id}`,
  gridPos: { x: 0, y, w: 24, h: 1 },
  ...more,
});

function places(panels: readonly unknown[], more: object = {}) {
  const { dashboard, findings } = importOne({ title: 'T', uid: 't', panels, ...more });
  const grid = Object.fromEntries(dashboard.panels.map(({ id, grid: { x, y, w, h } }) => [id, [x, y, w, h]]));
  return { layout: dashboard.layout, grid, paths: findings.filter(({ level }) => level === 'repaired').map(({ path }) => path) };
}

describe('panels without rows', () => {
  test.each([
    ['stay where they stand', [at(1, 0, 0), at(2, 12, 0)], { 1: [0, 0, 12, 4], 2: [12, 0, 12, 4] }, []],
    [
      'are pushed down where they overlap',
      [at(1, 0, 0), at(2, 6, 2)],
      { 1: [0, 0, 12, 4], 2: [6, 4, 12, 4] },
      ['panels[1].gridPos'],
    ],
    [
      'push on what stands below',
      [at(1, 0, 0), at(2, 0, 1), at(3, 0, 5)],
      { 1: [0, 0, 12, 4], 2: [0, 4, 12, 4], 3: [0, 8, 12, 4] },
      ['panels[1].gridPos', 'panels[2].gridPos'],
    ],
    [
      'are made to fit',
      [at(1, 20, 0, 12), at(2, 0, 8, 30)],
      { 1: [12, 0, 12, 4], 2: [0, 8, 24, 4] },
      ['panels[0].gridPos', 'panels[1].gridPos'],
    ],
    [
      'get a place where they have none',
      [
        { id: 1, type: 'stat' },
        { id: 2, type: 'stat', span: 4 },
      ],
      { 1: [0, 0, 12, 8], 2: [12, 0, 8, 8] },
      ['panels[0].gridPos', 'panels[1].gridPos'],
    ],
    [
      'get an id where they have none or another’s',
      [at(undefined, 0, 0), at(5, 0, 4), at(5, 0, 8)],
      { 5: [0, 4, 12, 4], 6: [0, 0, 12, 4], 7: [0, 8, 12, 4] },
      ['panels[0].id', 'panels[2].id'],
    ],
    [
      'are left out where a repeat made them',
      [at(1, 0, 0), { ...at(2, 12, 0), repeatPanelId: 1, scopedVars: {} }],
      { 1: [0, 0, 12, 4] },
      ['panels[1]'],
    ],
  ])('%s', (_, panels, grid, paths) => {
    expect(places(panels)).toMatchObject({ layout: { kind: 'grid' }, grid, paths });
  });
});

describe('rows', () => {
  const section = (id: number, panels: readonly number[], more: object = {}) => ({
    id,
    layout: { kind: 'grid', panels },
    ...more,
  });
  test.each([
    [
      'hold what stands below them',
      [row(10, 0), at(1, 0, 1), row(11, 5), at(2, 0, 6)],
      [section(10, [1], { title: 'r10', hideHeader: false }), section(11, [2])],
      { 1: [0, 0, 12, 4], 2: [0, 0, 12, 4] },
    ],
    [
      'hold what stands inside them',
      [row(10, 0, { collapsed: true, panels: [at(1, 0, 1), at(2, 12, 3)] })],
      [section(10, [1, 2], { collapsed: true })],
      { 1: [0, 0, 12, 4], 2: [12, 2, 12, 4] },
    ],
    [
      'leave what comes first without a heading',
      [at(1, 0, 0), row(10, 4), at(2, 0, 5)],
      [section(11, [1], { hideHeader: true, title: '' }), section(10, [2])],
      { 1: [0, 0, 12, 4] },
    ],
    [
      'leave what follows a folded one without a heading',
      [row(10, 0, { collapsed: true, panels: [at(1, 0, 1)] }), at(2, 0, 1)],
      [section(10, [1]), section(11, [2], { hideHeader: true })],
      { 2: [0, 0, 12, 4] },
    ],
    [
      'are in the order of their places',
      [at(2, 0, 6), row(11, 5), row(10, 0), at(1, 0, 1)],
      [section(10, [1]), section(11, [2])],
      {},
    ],
    ['are repeated', [row(10, 0, { repeat: 'gpu' }), at(1, 0, 1)], [section(10, [1], { repeat: 'gpu' })], {}],
    [
      'keep what an open one holds inside',
      [row(10, 0, { collapsed: false, panels: [at(1, 0, 1)] })],
      [section(10, [1], { collapsed: false })],
      {},
    ],
  ])('%s', (_, panels, sections, grid) => {
    expect(places(panels)).toMatchObject({ layout: { kind: 'rows', sections }, grid });
  });

  test.each([
    [
      'become places',
      [
        {
          height: '250px',
          panels: [
            { id: 1, span: 6, type: 'stat' },
            { id: 2, span: 6, type: 'stat' },
            { id: 3, span: 12, type: 'stat', height: 380 },
          ],
        },
      ],
      { kind: 'grid' },
      { 1: [0, 0, 12, 7], 2: [12, 0, 12, 7], 3: [0, 7, 24, 10] },
    ],
    [
      'with titles become rows',
      [
        { title: 'A', showTitle: true, height: 100, panels: [{ id: 1, span: 12, type: 'stat' }] },
        { title: 'B', collapse: true, panels: [{ id: 2, type: 'stat' }] },
      ],
      {
        kind: 'rows',
        sections: [
          { title: 'A', collapsed: false },
          { title: 'B', collapsed: true },
        ],
      },
      { 1: [0, 0, 24, 3], 2: [0, 0, 8, 7] },
    ],
    [
      'that a repeat made are left out',
      [
        { title: 'A', repeat: 'x', panels: [{ id: 1, type: 'stat' }] },
        { title: 'A', repeatRowId: 1, repeatIteration: 3, panels: [{ id: 2, type: 'stat' }] },
      ],
      { kind: 'rows', sections: [{ repeat: 'x' }] },
      { 1: [0, 0, 8, 7] },
    ],
  ])('of before version 16 %s', (_, rows, layout, grid) => {
    const found = places([], { rows, panels: undefined });
    expect(found).toMatchObject({ layout });
    expect(found.grid).toEqual(grid);
  });
});
