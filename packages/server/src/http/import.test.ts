import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';

const grid = { x: 0, y: 0, w: 12, h: 8 };
const foreign = (uid: string) => ({
  title: `Foreign ${uid}`,
  uid,
  schemaVersion: 27,
  __inputs: [{ name: 'DS_P', label: 'Prometheus', type: 'datasource', pluginId: 'prometheus' }],
  panels: [
    { id: 1, type: 'graph', gridPos: grid, datasource: '${DS_P}', targets: [{ refId: 'A', expr: 'up' }], newOption: { a: 1 } },
  ],
});

function asker({ app, browser }: TestApp) {
  return async (method: 'GET' | 'POST', url: string, payload?: object) => {
    const { statusCode, body } = await app.inject({
      method,
      url,
      headers: browser,
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: statusCode, body: JSON.parse(body) };
  };
}

describe('an import', () => {
  test('on trial reports and saves nothing', async () => {
    const ask = asker(await testApp());
    const { status, body } = await ask('POST', '/api/import', { text: JSON.stringify(foreign('a')), trial: true });
    expect(status).toBe(200);
    expect(body.dashboards).toMatchObject([
      {
        dashboard: { uid: 'a', panels: [{ kind: 'timeseries' }] },
        report: { form: 'Grafana v1, schema 27', inputs: [{ name: 'DS_P', type: 'prometheus' }] },
      },
    ]);
    expect((await ask('GET', '/api/dashboards/a')).status).toBe(404);
  });

  test('saves with its inputs answered, and an export gives it back', async () => {
    const ask = asker(await testApp());
    const text = JSON.stringify({ dashboard: foreign('a') });
    expect((await ask('POST', '/api/import', { text, inputs: { DS_P: 'main' } })).status).toBe(200);
    const saved = (await ask('GET', '/api/dashboards/a')).body.dashboard;
    expect(saved.panels[0].queries[0].source).toEqual({ type: '', uid: 'main' });
    const exported = (await ask('GET', '/api/dashboards/a/export')).body;
    expect(exported).toMatchObject({ uid: 'a', schemaVersion: 42, panels: [{ type: 'timeseries', newOption: { a: 1 } }] });
    expect(
      (await ask('POST', '/api/import', { text: JSON.stringify(exported), trial: true })).body.dashboards[0].dashboard,
    ).toEqual(saved);
  });

  test('brings along library panels that are not there yet', async () => {
    const ask = asker(await testApp());
    const panels = [
      { id: 1, gridPos: grid, libraryPanel: { uid: 'lib1', name: 'Shared' } },
      { id: 2, gridPos: grid, libraryPanel: { uid: 'lib2', name: 'Left behind' } },
    ];
    const text = (uid: string, title: string): string =>
      JSON.stringify({
        title: uid,
        uid,
        schemaVersion: 42,
        __elements: { lib1: { uid: 'lib1', name: 'Shared', kind: 1, model: { type: 'stat', title } } },
        panels,
      });
    await ask('POST', '/api/import', { text: text('a', 'Brought') });
    await ask('POST', '/api/import', { text: text('b', 'Another') });
    expect((await ask('GET', '/api/library-panels/lib1')).body).toMatchObject({
      name: 'Shared',
      version: 1,
      panel: { kind: 'stat', title: 'Brought' },
      usedBy: [{ uid: 'a' }, { uid: 'b' }],
    });
    expect((await ask('GET', '/api/library-panels/lib2')).status).toBe(404);
    expect((await ask('GET', '/api/dashboards/b')).body).toMatchObject({
      lost: [2],
      dashboard: { panels: [{ title: 'Brought' }, {}] },
    });
  });

  test('does not replace what is there unless it is told to', async () => {
    const ask = asker(await testApp());
    const text = JSON.stringify([foreign('b'), foreign('a')]);
    await ask('POST', '/api/import', { text: JSON.stringify(foreign('a')) });
    const refused = await ask('POST', '/api/import', { text });
    expect([refused.status, refused.body.error.code, refused.body.error.field]).toEqual([409, 'dashboard_exists', 'uid']);
    // Nothing of a file that is refused is saved.
    expect((await ask('GET', '/api/dashboards/b')).status).toBe(404);
    expect((await ask('POST', '/api/import', { text, overwrite: true })).status).toBe(200);
    expect((await ask('GET', '/api/dashboards/b')).status).toBe(200);
  });

  test('takes another uid, or makes new ones', async () => {
    const ask = asker(await testApp());
    expect(
      (await ask('POST', '/api/import', { text: JSON.stringify(foreign('a')), uid: 'mine' })).body.dashboards[0].dashboard.uid,
    ).toBe('mine');
    const { body } = await ask('POST', '/api/import', { text: JSON.stringify([foreign('a'), foreign('a')]), uid: '' });
    const uids = body.dashboards.map(({ dashboard }: { dashboard: { uid: string } }) => dashboard.uid);
    expect(new Set(uids).size).toBe(2);
    expect((await ask('GET', `/api/dashboards/${uids[1]}`)).status).toBe(200);
  });

  test.each<[string, object, RegExp]>([
    ['made of the title', {}, /^The dashboard had no uid; it is uid-less now\.$/],
    ['named', { uid: 'mine' }, /^The dashboard had no uid; it is mine now\.$/],
    ['new', { uid: '' }, /^The dashboard had no uid; it is (\S+) now\.$/],
  ])('of a dashboard without a uid says the one that it has: %s', async (_, more, sentence) => {
    const text = JSON.stringify({ ...foreign('a'), uid: undefined, title: 'Uid less' });
    const { body } = await asker(await testApp())('POST', '/api/import', { text, ...more });
    const [{ dashboard, report }] = body.dashboards;
    const found = report.findings.find(({ path }: { path: string }) => path === 'uid');
    expect(found?.text).toMatch(sentence);
    expect(found?.text).toContain(dashboard.uid);
  });

  test('through Grafana’s address says so too', async () => {
    const { body } = await asker(await testApp())('POST', '/api/dashboards/db', { dashboard: { ...foreign('a'), uid: null } });
    expect(body.report.findings).toContainEqual(
      expect.objectContaining({ path: 'uid', text: `The dashboard had no uid; it is ${body.uid} now.` }),
    );
  });

  test.each<[string, object, number, RegExp]>([
    ['no JSON', { text: '{"panels": [' }, 400, /^text: is not JSON/],
    ['no dashboard', { text: '{"a": 1}' }, 400, /^text: holds no dashboard/],
    ['two of one uid', { text: JSON.stringify([foreign('a'), foreign('a')]) }, 400, /two dashboards of the uid/],
    ['a uid for two', { text: JSON.stringify([foreign('a'), foreign('b')]), uid: 'x' }, 400, /^uid: /],
    ['a uid that is none', { text: JSON.stringify(foreign('a')), uid: 'a b' }, 400, /^uid: /],
    ['a folder that is not there', { text: JSON.stringify(foreign('a')), folder: 'gone' }, 400, /^folder: /],
    ['25 MB', { text: `{"panels":[],"x":"${'x'.repeat(25_000_000)}"}` }, 400, /^text: is 23\.8 MiB/],
    [
      'a dashboard too large to be saved again',
      { text: JSON.stringify({ ...foreign('a'), description: 'x'.repeat(5_000_000) }) },
      400,
      /^(text|description): /,
    ],
    ['50 MB', { text: 'x'.repeat(50_000_000) }, 413, /the limit is /],
    ['what it does not know', { text: '{}', overwite: true }, 400, /overwite|unrecognized/i],
  ])('refuses %s with a sentence', async (_, payload, status, sentence) => {
    const answer = await asker(await testApp())('POST', '/api/import', payload);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toMatch(sentence);
  });

  test('reads the example of the documentation as it says', async () => {
    const page = readFileSync(new URL('../../../../docs/dashboards-import.md', import.meta.url), 'utf8');
    const text = /```json\n([\s\S]*?)```/.exec(page)?.[1];
    const { body } = await asker(await testApp())('POST', '/api/import', { text, trial: true });
    const { dashboard, report } = body.dashboards[0];
    expect(dashboard).toMatchObject({
      uid: 'gpus',
      panels: [
        {
          kind: 'timeseries',
          fieldConfig: { defaults: { unit: 'percent', max: 100 }, overrides: [{ matcher: { options: 'GPU 0' } }] },
        },
      ],
    });
    expect(report.findings.map(({ level }: { level: string }) => level)).toEqual(['approximated', 'migrated']);
  });
});
