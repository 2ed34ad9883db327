import { describe, expect, test, vi } from 'vitest';
import { testApp } from '../../testing/test-app.ts';

const model = {
  type: 'timeseries',
  title: 'Loss',
  description: 'of all runs',
  datasource: { type: 'prometheus', uid: 'p' },
  targets: [{ refId: 'A', expr: 'loss', datasource: { type: 'prometheus', uid: 'p' } }],
  options: { legend: { displayMode: 'table' } },
  fieldConfig: { defaults: { unit: 'percent' }, overrides: [] },
};

async function place() {
  const { app, browser, needs } = await testApp();
  const ask = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
    const { statusCode, body } = await app.inject({
      method,
      url,
      headers: browser,
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: statusCode, body: JSON.parse(body) };
  };
  const make = async (more: object = {}) => {
    const { body } = await ask('POST', '/api/library-elements', { kind: 1, name: 'Loss', uid: 'loss', model, ...more });
    return body.result;
  };
  return { ask, make, needs };
}

describe('a library element', () => {
  test('is made of a panel in Grafana’s words and comes back in them', async () => {
    const { ask, make } = await place();
    expect(await make()).toMatchObject({ uid: 'loss', kind: 1, type: 'timeseries', description: 'of all runs', version: 1 });
    const { result } = (await ask('GET', '/api/library-elements/loss')).body;
    expect(result.model).toMatchObject({ ...model, libraryPanel: { uid: 'loss', name: 'Loss' } });
    expect(result.meta).toMatchObject({ connectedDashboards: 0, folderName: 'General', updatedBy: { name: 'owner' } });
    expect((await ask('GET', '/api/library-elements/name/Loss')).body.result).toMatchObject([{ uid: 'loss' }]);
    expect((await ask('GET', '/api/library-panels/loss')).body).toMatchObject({ name: 'Loss', panel: { kind: 'timeseries' } });
  });

  test('gets a uid where the client sends an empty one', async () => {
    const { make } = await place();
    expect(await make({ uid: '' })).toMatchObject({ uid: expect.stringMatching(/^[\w-]{8,64}$/) as unknown, name: 'Loss' });
  });

  test('keeps what it is repeated for', async () => {
    const { make, ask } = await place();
    await make({ model: { ...model, repeat: 'gpu', repeatDirection: 'v' } });
    const { result } = (await ask('GET', '/api/library-elements/loss')).body;
    expect(result.model).toMatchObject({ repeat: 'gpu', repeatDirection: 'v' });
  });

  test('is listed with its folder and uses without asking once for each', async () => {
    const { ask, make, needs } = await place();
    for (const uid of ['a', 'b', 'c', 'd']) await make({ uid, name: uid });
    const panels = [{ id: 4, gridPos: { x: 0, y: 0, w: 4, h: 4 }, libraryPanel: { uid: 'b', name: 'b' } }];
    await ask('POST', '/api/dashboards/db', { dashboard: { uid: 'd', title: 'D', schemaVersion: 42, panels } });
    const folders = vi.spyOn(needs.documents.folders, 'list');
    const uses = vi.spyOn(needs.documents.dashboards, 'usersOfLibraryPanel');
    const { elements } = (await ask('GET', '/api/library-elements')).body.result;
    const counts = elements.map(({ meta }: { meta: { connectedDashboards: number } }) => meta.connectedDashboards);
    expect(counts).toEqual([0, 1, 0, 0]);
    expect(folders.mock.calls.length).toBeLessThan(4);
    expect(uses).not.toHaveBeenCalled();
  });

  test('is searched, ordered and paged', async () => {
    const { ask, make } = await place();
    for (const uid of ['a', 'b', 'c']) await make({ uid, name: `Panel ${uid}` });
    await make({ uid: 's', name: 'Speed', model: { ...model, type: 'stat', description: 'panel too' } });
    const find = async (search: string) => {
      const { result } = (await ask('GET', `/api/library-elements?${search}`)).body;
      return [result.totalCount, ...result.elements.map(({ uid }: { uid: string }) => uid)];
    };
    expect(await find('')).toEqual([4, 'a', 'b', 'c', 's']);
    expect(await find('perPage=2&page=2')).toEqual([4, 'c', 's']);
    expect(await find('sortDirection=alpha-desc&perPage=1')).toEqual([4, 's']);
    expect(await find('searchString=PANEL&excludeUid=b')).toEqual([3, 'a', 'c', 's']);
    expect(await find('typeFilter=stat,gauge')).toEqual([1, 's']);
    expect(await find('kind=2')).toEqual([0]);
    expect(await find('folderFilterUIDs=gone')).toEqual([0]);
    expect(await find('folderFilterUIDs=general')).toEqual([4, 'a', 'b', 'c', 's']);
  });

  test('is changed at its version only, and whoever comes second reads both versions', async () => {
    const { ask, make } = await place();
    await make();
    const change = { kind: 1, name: 'Loss 2', model: { ...model, title: 'New' }, version: 1 };
    expect((await ask('PATCH', '/api/library-elements/loss', change)).body.result).toMatchObject({ version: 2, name: 'Loss 2' });
    const second = await ask('PATCH', '/api/library-elements/loss', change);
    expect(second.status).toBe(412);
    expect(second.body).toMatchObject({ status: 'version-mismatch', error: { code: 'library_panel_changed' } });
    expect(second.body.message).toMatch(
      /^owner saved "Loss 2" meanwhile, as version 2 at .*; your change was made from version 1\./,
    );
    const renamed = await ask('PATCH', '/api/library-elements/loss', { name: 'Loss 3', version: 2 });
    expect(renamed.body.result).toMatchObject({ name: 'Loss 3', version: 3, model: { title: 'New' } });
  });

  test('tells where it stands, and stays while it does', async () => {
    const { ask, make } = await place();
    await make();
    const panels = [{ id: 4, gridPos: { x: 0, y: 0, w: 4, h: 4 }, libraryPanel: { uid: 'loss', name: 'Loss' } }];
    await ask('POST', '/api/dashboards/db', { dashboard: { uid: 'd', title: 'D', schemaVersion: 42, panels } });
    const { result } = (await ask('GET', '/api/library-elements/loss/connections')).body;
    expect(result).toMatchObject([{ kind: 1, connectionUid: 'd' }]);
    expect((await ask('GET', '/api/library-elements/loss/connections/')).status).toBe(200);
    const refused = await ask('DELETE', '/api/library-elements/loss');
    expect([refused.status, refused.body.message]).toEqual([403, '"D" shows "Loss". Take it out first.']);
    await ask('DELETE', '/api/dashboards/uid/d');
    expect((await ask('DELETE', '/api/library-elements/loss')).body).toMatchObject({ message: 'Library element deleted' });
    expect((await ask('GET', '/api/library-elements/loss')).status).toBe(404);
  });

  test.each<[string, object, number, string]>([
    ['of a taken uid', { uid: 'loss', name: 'Other' }, 400, 'uid'],
    ['of a taken name', { uid: 'other' }, 400, 'name'],
    ['of no name', { name: ' ' }, 400, 'name'],
    ['of a name of 1 MB', { name: 'x'.repeat(1_000_000) }, 400, 'name'],
    ['of another kind', { kind: 2 }, 400, 'kind'],
    ['of no type', { name: 'o', model: {} }, 400, 'model.type'],
    ['of a row', { name: 'o', model: { type: 'row' } }, 400, 'model.type'],
    ['of a uid that is no uid', { name: 'o', uid: '../x' }, 400, 'uid'],
    ['of a folder that is not there', { name: 'o', uid: 'o', folderUid: 'gone' }, 400, 'folder'],
    ['that is no object', { name: 'o', model: 'x' }, 400, 'model'],
  ])('%s is refused with the field', async (_, more, status, field) => {
    const { ask, make } = await place();
    await make();
    const answer = await ask('POST', '/api/library-elements', { kind: 1, name: 'Loss', model, ...more });
    expect([answer.status, answer.body.error.field]).toEqual([status, field]);
  });

  test('that stands for itself is taken out of its own model', async () => {
    const { ask, make } = await place();
    await make({ model: { ...model, libraryPanel: { uid: 'loss', name: 'Loss' } } });
    const panel = { id: 4, libraryPanel: { uid: 'loss' }, gridPos: { x: 0, y: 0, w: 4, h: 4 } };
    await ask('POST', '/api/dashboards/db', { dashboard: { uid: 'd', title: 'D', schemaVersion: 42, panels: [panel] } });
    const { panels } = (await ask('GET', '/api/dashboards/d')).body.dashboard;
    expect(panels).toMatchObject([{ id: 4, title: 'Loss', libraryPanel: { uid: 'loss' } }]);
  });
});
