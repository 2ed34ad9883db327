import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dashboard, GridPosition, Layout, Section } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import * as edit from './operations.ts';

const empty = parseDashboard({ version: 2, uid: 'a', title: 'A', panels: [] });

function withPanels(count: number): Dashboard {
  let dashboard = empty;
  for (let i = 0; i < count; i++) ({ dashboard } = edit.addPanel(dashboard, edit.firstOwner(dashboard.layout), { kind: 'stat' }));
  return dashboard;
}

const places = ({ panels }: Dashboard): string[] => panels.map(({ id, grid: { x, y, w, h } }) => `${id}: ${x},${y} ${w}×${h}`);

/** The pairs of panels that stand on the same cells of one grid. */
function overlaps({ panels, layout }: Dashboard): string[] {
  const owners = panels.map(({ id }) => edit.ownerOf(layout, id));
  return panels.flatMap((a, at) =>
    panels
      .slice(at + 1)
      .filter((b, next) => owners[at] === owners[at + 1 + next] && covers(a.grid, b.grid) && covers(b.grid, a.grid))
      .map((b) => `${a.id} and ${b.id}`),
  );
}

const covers = (a: GridPosition, b: GridPosition): boolean => a.x < b.x + b.w && a.y < b.y + b.h;

test('new panels fill what is free, from the top', () => {
  expect(places(withPanels(3))).toEqual(['1: 0,0 12×8', '2: 12,0 12×8', '3: 0,8 12×8']);
  const { dashboard } = edit.addPanel(edit.removePanel(withPanels(3), 2), undefined, { kind: 'text' });
  expect(places(dashboard)).toEqual(['1: 0,0 12×8', '3: 0,8 12×8', '4: 12,0 12×8']);
});

test('the first row takes what stood there before under a row without a heading', () => {
  const dashboard = edit.addSection(withPanels(2), 'rows', 'More');
  expect(dashboard.layout).toMatchObject({
    kind: 'rows',
    sections: [
      { hideHeader: true, layout: { panels: [1, 2] } },
      { title: 'More', hideHeader: false, layout: { panels: [] } },
    ],
  });
  const [, more] = (dashboard.layout as Extract<Dashboard['layout'], { kind: 'rows' }>).sections;
  const moved = edit.movePanel(dashboard, 2, more!.id);
  expect(edit.ownerOf(moved.layout, 2)).toBe(more!.id);
  expect(places(moved)).toEqual(['1: 0,0 12×8', '2: 0,0 12×8']);
  // Without its row a panel comes back to the others, and one grid is enough again.
  const back = edit.removeSection(moved, more!.id, false);
  expect(back.layout).toEqual({ kind: 'grid', panels: [1, 2] });
  expect(places(back)).toEqual(['1: 0,0 12×8', '2: 12,0 12×8']);
  expect(edit.removeSection(moved, more!.id, true).panels.map(({ id }) => id)).toEqual([1]);
});

test('a panel that is left without its row goes to a tab whose rows are gone', () => {
  let dashboard = edit.addPanel(edit.addSection(empty, 'rows', 'Row'), 1, { kind: 'stat' }).dashboard;
  dashboard = edit.removeSection(edit.addSection(dashboard, 'tabs', 'Tab'), 1, false);
  expect(edit.ownerOf(dashboard.layout, 2)).toBe(4);
});

test.each([
  ['beside it', 2, false],
  ['of another tab', 12, true],
] as const)('a repeated row without a heading stays when the row %s goes', (_, gone, inTabs) => {
  const base = { collapsed: false, hideHeader: false, repeat: undefined };
  const grid = { kind: 'grid', panels: [] } as const;
  const row = (id: number) => ({ ...base, id, title: `Row ${id}`, layout: grid });
  const repeated = { ...row(1), hideHeader: true, repeat: 'host' };
  const tab = (id: number, sections: Section[]) => ({
    ...base,
    id,
    title: `Tab ${id}`,
    layout: { kind: 'rows' as const, sections },
  });
  const before: Layout = inTabs
    ? { kind: 'tabs', sections: [tab(20, [repeated]), tab(21, [row(11), row(12)])] }
    : { kind: 'rows', sections: [repeated, row(2)] };
  const { layout } = edit.removeSection({ ...empty, layout: before }, gone, false);
  expect(edit.findSection(layout, gone)).toBeUndefined();
  expect(edit.findSection(layout, 1)).toEqual(repeated);
});

test.each(['rows', 'tabs'] as const)('a dashboard of no %s takes a panel, at the top and inside', (kind) => {
  const layout = { kind, sections: [] };
  const section = { id: 1, title: '', collapsed: false, hideHeader: false, repeat: undefined, layout };
  for (const bare of [layout, { kind: 'tabs' as const, sections: [section] }]) {
    const { dashboard, id } = edit.addPanel({ ...empty, layout: bare }, edit.firstOwner(bare), { kind: 'stat' });
    expect(parseDashboard(JSON.parse(JSON.stringify(dashboard))).panels.map((panel) => panel.id)).toEqual([id]);
  }
});

test('whatever is done to it, a dashboard can be saved and read again, and no two panels of a grid overlap', () => {
  const act = fc.oneof(
    fc.constant<(dashboard: Dashboard) => Dashboard>(
      (it) => edit.addPanel(it, edit.firstOwner(it.layout), { kind: 'stat' }).dashboard,
    ),
    fc.constantFrom('rows' as const, 'tabs' as const).map((kind) => (it: Dashboard) => edit.addSection(it, kind, 'Row')),
    fc.nat(12).map((id) => (it: Dashboard) => edit.removePanel(it, id)),
    fc.nat(12).map((id) => (it: Dashboard) => edit.duplicatePanel(it, id).dashboard),
    fc.tuple(fc.nat(12), fc.boolean()).map(
      ([id, all]) =>
        (it: Dashboard) =>
          edit.removeSection(it, id, all),
    ),
    fc.tuple(fc.nat(12), fc.nat(12)).map(
      ([id, owner]) =>
        (it: Dashboard) =>
          edit.findSection(it.layout, owner)?.layout.kind === 'grid' ? edit.movePanel(it, id, owner) : it,
    ),
    fc.tuple(fc.nat(12), fc.constantFrom(-1 as const, 1 as const)).map(
      ([id, by]) =>
        (it: Dashboard) =>
          edit.moveSection(it, id, by),
    ),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
      const done = acts.reduce((dashboard, one) => one(dashboard), empty);
      expect(parseDashboard(JSON.parse(JSON.stringify(done)))).toEqual(done);
      expect(overlaps(done)).toEqual([]);
    }),
  );
});
