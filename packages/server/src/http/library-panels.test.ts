import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { describe, expect, test } from 'vitest';
import { keepLibraryPanels } from '../documents/keep-library-panels.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const panel = (id: number, more: object = {}) => ({
  id,
  kind: 'timeseries',
  title: `Panel ${id}`,
  grid: { x: 0, y: 0, w: 12, h: 8 },
  ...more,
});

function asker({ app, browser }: TestApp) {
  return async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const { statusCode, body } = await app.inject({
      method,
      url,
      headers: browser,
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: statusCode, body: body === '' ? undefined : JSON.parse(body) };
  };
}

async function withPanel() {
  const t = await testApp();
  const ask = asker(t);
  const { body } = await ask('POST', '/api/library-panels', { name: 'Loss', panel: panel(1, { title: 'Loss of all runs' }) });
  const uid: string = body.uid;
  const shown = panel(7, { grid: { x: 6, y: 3, w: 6, h: 4 }, libraryPanel: { uid, name: 'Loss' } });
  const dashboard = { version: 2, uid: 'd', title: 'D', panels: [panel(1), shown] };
  await ask('PUT', '/api/dashboards/d', { dashboard });
  return { ask, uid, dashboard, documents: t.needs.documents };
}

describe('a library panel', () => {
  test('says in every dashboard what it says now, at the dashboard’s place', async () => {
    const { ask, uid } = await withPanel();
    const shown = async () => (await ask('GET', '/api/dashboards/d')).body.dashboard.panels[1];
    expect(await shown()).toMatchObject({ id: 7, title: 'Loss of all runs', grid: { x: 6, y: 3 }, libraryPanel: { uid } });
    const change = { name: 'Loss, new', panel: panel(1, { title: 'Changed', kind: 'stat' }) };
    expect((await ask('PUT', `/api/library-panels/${uid}`, change)).body).toMatchObject({ version: 2, usedBy: [{ uid: 'd' }] });
    expect(await shown()).toMatchObject({ id: 7, title: 'Changed', kind: 'stat', libraryPanel: { name: 'Loss, new' } });
  });

  test('tells who shows it, and stays while somebody does', async () => {
    const { ask, uid, dashboard } = await withPanel();
    expect((await ask('GET', `/api/library-panels/${uid}`)).body.usedBy).toEqual([{ uid: 'd', title: 'D' }]);
    const refused = await ask('DELETE', `/api/library-panels/${uid}`);
    expect([refused.status, refused.body.error.message]).toEqual([409, '"D" shows "Loss". Take it out first.']);
    await ask('PUT', '/api/dashboards/d', { dashboard: { ...dashboard, panels: [panel(1)] } });
    expect((await ask('DELETE', `/api/library-panels/${uid}`)).status).toBe(204);
    expect((await ask('GET', '/api/library-panels')).body.panels).toEqual([]);
  });

  test('that a dashboard came to show just before it was to be removed stays', async () => {
    const { ask, uid, documents } = await withPanel();
    expect(await documents.libraryPanels.removeUnused(uid)).toBe(false);
    expect(await documents.libraryPanels.useCounts()).toEqual(new Map([[uid, 1]]));
    expect((await ask('GET', `/api/library-panels/${uid}`)).status).toBe(200);
  });

  test('that somebody made while a dashboard with one of its uid was coming in stays as it is', async () => {
    const { ask, uid, documents } = await withPanel();
    const { panels } = parseDashboard({
      version: 2,
      uid: 'x',
      title: 'X',
      panels: [panel(1, { title: 'Theirs', libraryPanel: { uid, name: 'Theirs' } })],
    });
    // Found by nobody, and there when it is saved.
    const libraryPanels = { ...documents.libraryPanels, find: async () => [] };
    await keepLibraryPanels({ libraryPanels }, panels, { folder: '', name: 'them', nowMs: 1 });
    expect((await ask('GET', `/api/library-panels/${uid}`)).body).toMatchObject({ version: 1, name: 'Loss' });
  });

  test('that is gone leaves what it said last, and a sentence', async () => {
    const { ask, dashboard } = await withPanel();
    const lost = { ...panel(9), libraryPanel: { uid: 'lost', name: 'Lost' } };
    const { body } = await ask('PUT', '/api/dashboards/d', { dashboard: { ...dashboard, panels: [lost] } });
    expect(body.dashboard.panels).toMatchObject([{ id: 9, title: 'Panel 9' }]);
    expect(body.notices).toEqual(['The library panel "Lost" is not there any more; panel 9 shows what it said last.']);
    expect(body.lost).toEqual([9]);
  });

  test('that two change at once is kept as the first left it, and the second is told of both versions', async () => {
    const { ask, uid } = await withPanel();
    const change = { name: 'Loss', panel: panel(1, { title: 'Mine' }), baseVersion: 1 };
    expect((await ask('PUT', `/api/library-panels/${uid}`, change)).status).toBe(200);
    const { status, body } = await ask('PUT', `/api/library-panels/${uid}`, { ...change, panel: panel(1) });
    expect([status, body.error.code]).toEqual([409, 'library_panel_changed']);
    expect(body.error.message).toMatch(/as version 2 at .*; your change was made from version 1\./);
    expect((await ask('GET', `/api/library-panels/${uid}`)).body).toMatchObject({ version: 2, panel: { title: 'Mine' } });
    await ask('PUT', '/api/dashboards/d', { dashboard: { version: 2, uid: 'd', title: 'D', panels: [] } });
    await ask('DELETE', `/api/library-panels/${uid}`);
    expect((await ask('PUT', `/api/library-panels/${uid}`, change)).body.error.message).toMatch(/was removed meanwhile/);
  });

  test('that a newer Vitrine saved leaves what the dashboard said last, and a sentence', async () => {
    const t = await testApp();
    const ask = asker(t);
    const newer = { uid: 'new', name: 'New', description: '', kind: 'stat', folderUid: '', updatedMs: 1, updatedBy: '' };
    const json = JSON.stringify({ version: 99, id: 1 });
    await t.needs.documents.libraryPanels.save({ ...newer, json, baseVersion: undefined });
    const shown = panel(7, { title: 'Last', libraryPanel: { uid: 'new', name: 'New' } });
    const { status, body } = await ask('PUT', '/api/dashboards/d', {
      dashboard: { version: 2, uid: 'd', title: 'D', panels: [shown] },
    });
    expect([status, body.dashboard.panels[0].title]).toEqual([200, 'Last']);
    expect(body.notices[0]).toMatch(/^The library panel "New" cannot be read \(version: expected 1 to/);
    expect((await ask('GET', '/api/library-panels/new')).status).toBe(400);
    expect((await ask('GET', '/api/library-elements')).body.result.totalCount).toBe(1);
  });

  test.each<[string, object, string]>([
    ['itself or another', { name: 'x', panel: panel(1, { libraryPanel: { uid: 'x', name: 'x' } }) }, 'panel.libraryPanel'],
    ['no panel', { name: 'x', panel: 3 }, 'panel'],
    ['a panel without a name', { name: ' ', panel: panel(1) }, 'name'],
    ['a panel in no folder', { name: 'x', panel: panel(1), folder: 'gone' }, 'folder'],
  ])('cannot stand for %s', async (_, payload, field) => {
    const ask = asker(await testApp());
    expect((await ask('POST', '/api/library-panels', payload)).body.error).toMatchObject({ code: 'bad_request', field });
  });
});

describe('a playlist', () => {
  test('is made, read, changed and removed', async () => {
    const ask = asker(await testApp());
    const playlist = {
      name: 'Wall',
      interval: '30s',
      items: [
        { type: 'dashboard_by_uid', value: 'd' },
        { type: 'dashboard_by_tag', value: 'gpu' },
      ],
    };
    const { body } = await ask('POST', '/api/playlists', playlist);
    expect(body).toMatchObject({
      name: 'Wall',
      items: [
        { value: 'd', order: 1 },
        { value: 'gpu', order: 2 },
      ],
    });
    await ask('PUT', `/api/playlists/${body.uid}`, { ...playlist, interval: '1m', items: [] });
    expect((await ask('GET', '/api/playlists')).body).toEqual([{ uid: body.uid, name: 'Wall', interval: '1m' }]);
    expect((await ask('DELETE', `/api/playlists/${body.uid}`)).status).toBe(200);
    expect((await ask('GET', `/api/playlists/${body.uid}`)).status).toBe(404);
  });
});
