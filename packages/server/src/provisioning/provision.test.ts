import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sourceKinds } from '../query/source-kinds.ts';
import { dashboardCatalog } from '../query/dashboard-catalog.ts';
import { openLog } from '../self/log.ts';
import { registeredSources } from '../documents/data-source-setup.ts';
import { openTestDocuments } from '../testing/open-test-documents.ts';
import { interpolate } from './interpolate.ts';
import { provision } from './provision.ts';
import { DashboardSync } from './sync-dashboards.ts';

type Files = Readonly<Record<string, string | object>>;

/** A provisioning folder, and starts of a server on it, one after the other. */
async function place(files: Files) {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-provision-'));
  const documents = await openTestDocuments(join(folder, 'data'));
  onTestFinished(async () => {
    await documents.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const catalog = dashboardCatalog([], documents, openLog('silent', 'json'));
  let age = 0;
  const write = (changed: Files): void => {
    for (const [name, content] of Object.entries(changed)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      // A change within one tick of the file system's clock is one all the same.
      age++;
      utimesSync(path, new Date(age * 1_000), new Date(age * 1_000));
    }
  };
  write(files);
  const warnings: string[] = [];
  const start = async (env: Record<string, string> = {}, at = join(folder, 'provisioning')): Promise<string[]> => {
    warnings.length = 0;
    const running = await provision({
      folder: at,
      env,
      kinds: sourceKinds(),
      documents,
      catalog,
      warn: (sentence) => warnings.push(sentence.replaceAll(`${folder}/`, '')),
    });
    onTestFinished(() => running.stop());
    await running.ready;
    return warnings;
  };
  const titles = async (): Promise<string[]> =>
    (await catalog.search({ text: '', tags: [], folders: undefined, uids: undefined })).map(({ folder: it, title }) =>
      it === undefined ? title : `${it.title}/${title}`,
    );
  const rm = (name: string): void => rmSync(join(folder, name), { recursive: true });
  return { folder, documents, catalog, write, rm, start, titles, warnings };
}

const grafana = (title: string, uid?: string) => ({
  ...(uid === undefined ? {} : { uid }),
  title,
  schemaVersion: 39,
  panels: [{ id: 1, type: 'stat', gridPos: { x: 0, y: 0, w: 4, h: 4 }, targets: [{ refId: 'A', expr: 'up' }] }],
});
const provider = (more = '', options = ''): string =>
  `apiVersion: 1\nproviders:\n  - name: team\n    type: file\n${more}    options:\n      path: ../../files\n${options}`;

test.each([
  ['$HOST:$PORT', 'db:9090'],
  ['http://${HOST}/$$x', 'http://db/$x'],
  ['$NONE-${NONE_EITHER}', '-'],
  ['100$', '100$'],
])('%s is filled in as %s', (text, filled) => {
  const missing: string[] = [];
  expect(interpolate(text, { HOST: 'db', PORT: '9090' }, (name) => missing.push(name))).toBe(filled);
  expect(missing).toEqual(text.includes('NONE') ? ['NONE', 'NONE_EITHER'] : []);
});

test('data sources come from files, with secrets from the environment', async () => {
  const { start, documents } = await place({
    'provisioning/datasources/a.yaml': `
apiVersion: 1
datasources:
  - name: prometheus
    type: prometheus
    url: http://$HOST:9090
    isDefault: true
    basicAuth: true
    basicAuthUser: vitrine
    jsonData: { httpMethod: POST, customQueryParameters: "team=$TEAM" }
    secureJsonData: { basicAuthPassword: "\${PASSWORD}", httpHeaderValue1: "cost $$5" }
  - { name: Elsewhere, type: prometheus, orgId: 2 }
`,
  });
  expect(await start({ HOST: 'db', PASSWORD: 's3cret' })).toEqual([
    'provisioning/datasources/a.yaml:10: datasources[0].jsonData: the variable TEAM is not set; "" stands in its place.',
    expect.stringContaining('a.yaml:12: is for organisation 2'),
  ]);
  expect(await registeredSources(documents)).toMatchObject([
    {
      // As Grafana makes it of the name, so that dashboards saved there find it.
      uid: 'P1809F7CD0C75ACF3',
      url: 'http://db:9090',
      isDefault: true,
      settings: { basicAuthUser: 'vitrine', jsonData: { httpMethod: 'POST', customQueryParameters: 'team=' } },
      secrets: { basicAuthPassword: 's3cret', httpHeaderValue1: 'cost $5' },
    },
  ]);
});

test('a source of a type that cannot be asked is set up, and the log says what comes of it', async () => {
  const { start, documents } = await place({
    'provisioning/datasources/a.yaml': 'datasources:\n  - {name: Logs, type: loki}\n  - {name: P, type: prometheus}\n',
  });
  expect(await start()).toEqual([
    expect.stringMatching(
      /^provisioning\/datasources\/a\.yaml:2: The data source "Logs" is of the type loki, which is not supported: it is kept as it is set up, and panels, variables and annotations that ask it show a sentence instead of data\. "vitrine plugin add" installs further types\. Supported are .*prometheus.* and Vitrine's own store\.$/,
    ),
  ]);
  expect((await documents.dataSources.list()).map(({ name }) => name)).toEqual(['Logs', 'P']);
});

test('a source that its file no longer has goes where the file says prune, and by deleteDatasources', async () => {
  const { start, write, documents } = await place({
    'provisioning/datasources/a.yaml':
      'prune: true\ndatasources:\n  - {name: A, type: prometheus}\n  - {name: B, type: prometheus}\n',
    'provisioning/datasources/b.yaml': 'datasources:\n  - {name: C, type: prometheus}\n  - {name: D, type: prometheus}\n',
  });
  const names = async () => (await documents.dataSources.list()).map(({ name }) => name);
  await start();
  expect(await names()).toEqual(['A', 'B', 'C', 'D']);
  write({
    'provisioning/datasources/a.yaml': 'prune: true\ndatasources:\n  - {name: A, type: prometheus}\n',
    'provisioning/datasources/b.yaml': 'deleteDatasources:\n  - {name: D, orgId: 1}\n',
  });
  await start();
  expect(await names()).toEqual(['A', 'C']);
});

test('a bad file costs only itself, and a bad entry only that', async () => {
  const { start, documents } = await place({
    'provisioning/datasources/a.yaml': 'datasources:\n  - name: [\n',
    'provisioning/datasources/b.yaml':
      'datasources:\n  - {name: A}\n  - {name: B, type: prometheus, url: "javascript:alert(1)"}\n  - {name: C, type: prometheus, isDefault: maybe}\n  - {name: D, type: prometheus}\n',
    'provisioning/datasources/c.yaml': 'datasources: many\n',
  });
  expect(await start()).toEqual([
    expect.stringMatching(/^provisioning\/datasources\/a\.yaml:\d: /),
    'provisioning/datasources/b.yaml:2: datasources[0]: "A" has no type.',
    expect.stringMatching(/^provisioning\/datasources\/b\.yaml:3: url: "javascript:alert\(1\)" is not/),
    'provisioning/datasources/b.yaml:4: datasources[2].isDefault: "maybe" is neither true nor false.',
    'provisioning/datasources/c.yaml:1: datasources: expected a list.',
  ]);
  expect((await documents.dataSources.list()).map(({ name }) => name)).toEqual(['D']);
});

test('dashboards are what a provider’s files say, Grafana’s and Vitrine’s', async () => {
  const { start, write, rm, titles, catalog } = await place({
    'provisioning/dashboards/p.yaml': provider('    folder: Team\n'),
    'files/a.json': grafana('A', 'a'),
    'files/deep/b.json': { version: 2, uid: 'b', title: 'B', x: 'step', panels: [] },
  });
  expect(await start()).toEqual([]);
  expect(await titles()).toEqual(['Team/A', 'Team/B']);
  expect(await catalog.find('a')).toMatchObject({ builtin: true, revision: 0, dashboard: { panels: [{ kind: 'stat' }] } });
  await expect(catalog.remove('a')).rejects.toMatchObject({
    code: 'provisioned_dashboard',
    message: expect.stringMatching(/^"A" comes from the file .*\/a\.json, which the provider "team" reads/),
  });
  await expect(catalog.remove('a')).rejects.toThrow(/comes from the file .*a\.json, which the provider "team" reads/);

  write({ 'files/a.json': grafana('A, changed', 'a') });
  rm('files/deep/b.json');
  await start();
  expect(await titles()).toEqual(['Team/A, changed']);
  expect(await catalog.revisions('a')).toHaveLength(2);
  // What stays the same is not saved again.
  await start();
  expect(await catalog.revisions('a')).toHaveLength(2);

  rm('provisioning/dashboards/p.yaml');
  await start();
  expect(await titles()).toEqual([]);
});

test('a file that breaks leaves its dashboard, and is told once', async () => {
  const { start, write, titles } = await place({
    'provisioning/dashboards/p.yaml': provider(),
    'files/a.json': grafana('A', 'a'),
    'files/b.json': grafana('B', 'b'),
  });
  await start();
  write({ 'files/a.json': '{\n"title": "A",\n oops }' });
  expect(await start()).toEqual([expect.stringMatching(/^files\/a\.json:3: /)]);
  expect(await titles()).toEqual(['A', 'B']);
});

test('a folder that cannot be read, and a provider file that breaks, delete nothing', async () => {
  const { start, write, rm, titles } = await place({
    'provisioning/dashboards/p.yaml': provider(),
    'files/a.json': grafana('A', 'a'),
  });
  await start();
  rm('files');
  expect(await start()).toEqual([expect.stringContaining('what "team" provided stays as it is')]);
  expect(await titles()).toEqual(['A']);
  write({ 'provisioning/dashboards/p.yaml': 'providers: [' });
  await start();
  expect(await titles()).toEqual(['A']);
});

test('folders of files become folders', async () => {
  const { start, titles, documents } = await place({
    'provisioning/dashboards/p.yaml': provider('', '      foldersFromFilesStructure: true\n'),
    'files/top.json': grafana('Top', 'top'),
    'files/ops/gpu/a.json': grafana('A', 'a'),
    'files/ops/b.json': grafana('B', 'b'),
  });
  await start();
  expect(await titles()).toEqual(['gpu/A', 'ops/B', 'Top']);
  const folders = await documents.folders.list();
  expect(folders.map(({ title }) => title)).toEqual(['gpu', 'ops']);
  expect(folders[0]?.parentUid).toBe(folders[1]?.uid);
});

test('with allowUiUpdates people save over a file until it changes; with disableDeletion a dashboard outlives it', async () => {
  const { start, write, rm, catalog, titles } = await place({
    'provisioning/dashboards/p.yaml': provider('    allowUiUpdates: true\n    disableDeletion: true\n'),
    'files/a.json': grafana('A', 'a'),
  });
  await start();
  const entry = await catalog.find('a');
  expect(entry).toMatchObject({ builtin: false, revision: 1 });
  await catalog.save({ dashboard: { ...entry!.dashboard, title: 'Mine' }, baseRevision: 1, by: 'ada' });
  await start();
  expect(await titles()).toEqual(['Mine']);
  write({ 'files/a.json': grafana('A again', 'a') });
  await start();
  expect(await titles()).toEqual(['A again']);
  rm('files/a.json');
  await start();
  expect(await catalog.find('a')).toMatchObject({ title: 'A again', provisioned: undefined });
});

test('files of one uid, and providers of one name, are told', async () => {
  const { start, titles } = await place({
    'provisioning/dashboards/p.yaml': provider(),
    'provisioning/dashboards/q.yaml': provider(),
    'files/a.json': grafana('A', 'a'),
    'files/b.json': grafana('B', 'a'),
  });
  expect(await start()).toEqual([
    expect.stringContaining('q.yaml:3: providers[0]: there is a provider "team" already'),
    'files/b.json: the uid "a" stands in files/a.json already; this one was left out.',
  ]);
  expect(await titles()).toEqual(['A']);
});

test('a dashboard that was left out comes in when the file that had its uid goes', async () => {
  const { folder, documents, catalog, rm, titles } = await place({
    'files/a.json': grafana('A', 'a'),
    'files/b.json': grafana('B', 'a'),
  });
  const provider = {
    name: 'team',
    path: join(folder, 'files'),
    folder: '',
    folderUid: '',
    foldersFromFiles: false,
    keepDeleted: false,
    editable: false,
    updateMs: 1_000,
  };
  const sync = new DashboardSync(provider, { documents, catalog, warn: () => {} });
  await sync.run();
  expect(await titles()).toEqual(['A']);
  rm('files/a.json');
  await sync.run();
  expect(await titles()).toEqual(['B']);
});

test('without provisioning what files once brought belongs to people', async () => {
  const { start, catalog, documents } = await place({
    'provisioning/dashboards/p.yaml': provider(),
    'provisioning/datasources/a.yaml': 'datasources:\n  - {name: A, type: prometheus}\n',
    'files/a.json': grafana('A', 'a'),
  });
  await start();
  await start({}, '');
  expect(await catalog.find('a')).toMatchObject({ builtin: false });
  expect(await documents.dataSources.list()).toMatchObject([{ name: 'A', readOnly: false }]);
});
