import type { Dashboard, Panel } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { describe, expect, test } from 'vitest';
import { saysTheSame, spreadContent, touchedLibraryPanels } from './shared-content.ts';

const panel = (id: number, title: string, uid?: string) => ({
  id,
  kind: 'stat',
  title,
  grid: { x: 0, y: id * 8, w: 6, h: 8 },
  ...(uid === undefined ? {} : { libraryPanel: { uid, name: uid } }),
});

function dashboard(...panels: object[]): Dashboard {
  return parseDashboard({ version: 2, uid: 'd', title: 'D', panels });
}

const first = ({ panels }: Dashboard): Panel => panels[0] as Panel;

describe('what a library panel says', () => {
  test('is the same at another place, under another id, written in another order', () => {
    const one = first(dashboard(panel(1, 'Loss', 'a')));
    const { id, title, options, ...rest } = first(dashboard(panel(7, 'Loss')));
    const other: Panel = { options, ...rest, title, id };
    expect(saysTheSame(one, other)).toBe(true);
    expect(saysTheSame(one, { ...other, title: 'Gain' })).toBe(false);
    expect(saysTheSame(one, { ...other, options: { a: 1 } })).toBe(false);
  });

  test('is the same in all of its places on one dashboard', () => {
    const changed = dashboard(panel(1, 'New', 'a'), panel(2, 'Old', 'a'), panel(3, 'Other', 'b'), panel(4, 'Own'));
    const spread = spreadContent(changed, 1);
    expect(spread.panels.map(({ id, title, grid }) => [id, title, grid.y])).toEqual([
      [1, 'New', 8],
      [2, 'New', 16],
      [3, 'Other', 24],
      [4, 'Own', 32],
    ]);
    expect(spreadContent(changed, 4)).toBe(changed);
  });
});

describe('what saving a dashboard would change in the library', () => {
  const saved = dashboard(panel(1, 'Loss', 'a'), panel(2, 'Speed', 'b'), panel(3, 'Own'));
  test.each<[string, Dashboard, string[]]>([
    ['nothing', saved, []],
    ['a moved panel', { ...saved, panels: saved.panels.map((one) => ({ ...one, grid: { ...one.grid, x: 9 } })) }, []],
    ['a changed panel', dashboard(panel(1, 'Loss 2', 'a'), panel(2, 'Speed', 'b')), ['a']],
    ['a panel of its own', dashboard(panel(1, 'Loss', 'a'), panel(3, 'Own 2')), []],
    ['one that came here', dashboard(panel(1, 'Loss', 'a'), panel(5, 'Memory', 'c'), panel(6, 'Memory', 'c')), ['c']],
  ])('%s', (_, now, uids) => {
    expect(touchedLibraryPanels(now, saved).map(({ libraryPanel }) => libraryPanel?.uid)).toEqual(uids);
  });
});
