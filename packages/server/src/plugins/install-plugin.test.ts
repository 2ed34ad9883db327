import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { lockFolder } from '@vitrine/tsdb/folder-lock.ts';
import fc from 'fast-check';
import { packTar } from 'modern-tar';
import { expect, onTestFinished, test } from 'vitest';
import { sourceKinds } from '../query/source-kinds.ts';
import { pluginFiles, writeFiles } from '../testing/plugin-for-tests.ts';
import { addPlugin, hashPlugin, pluginsFolder, removePlugin, updatePlugin } from './install-plugin.ts';
import { type InstalledPlugins, openPlugins } from './installed-plugins.ts';
import { compareVersions, MANIFEST_FILE } from './manifest.ts';

type Entries = Parameters<typeof packTar>[0];

function temporary(): {
  readonly data: string;
  readonly own: (files?: Readonly<Record<string, string>>) => string;
  readonly folder: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-plugins-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let made = 0;
  return { folder, data: join(folder, 'data'), own: (files = pluginFiles()) => writeFiles(join(folder, `own${made++}`), files) };
}

/** What a server finds at its start. */
async function opened(data: string): Promise<InstalledPlugins & { readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const plugins = await openPlugins(pluginsFolder(data), { warn: (sentence) => warnings.push(sentence), isOnlyOne: true });
  onTestFinished(() => plugins.stop());
  return { ...plugins, warnings };
}

async function archive(entries: Entries, folder: string): Promise<string> {
  const path = join(folder, 'plugin.tgz');
  writeFileSync(path, gzipSync(await packTar(entries)));
  return path;
}

const entriesOf = (files: Readonly<Record<string, string>>): Entries =>
  Object.entries(files).map(([path, body]) => ({ header: { name: `package/${path}`, size: Buffer.byteLength(body) }, body }));

test('a plugin is installed from a folder or an archive, listed, updated and removed', async () => {
  const { data, own, folder } = temporary();
  await addPlugin(data, own());
  await addPlugin(data, await archive(entriesOf(pluginFiles({ id: 'second' }, { 'lib/deep/x.js': 'export {}' })), folder));
  const first = await opened(data);
  expect(first.list().map(({ id, version, refused }) => [id, version, refused])).toEqual([
    ['demo', '1.0.0', undefined],
    ['second', '1.0.0', undefined],
  ]);
  expect([...first.sources.keys()]).toEqual(['demo-source', 'second-source']);
  expect(Buffer.from((await first.file('second', '1.0.0', 'lib/deep/x.js'))!).toString()).toBe('export {}');

  expect(await updatePlugin(data, own(pluginFiles({ version: '1.1.0' })))).toMatchObject({ before: '1.0.0' });
  await removePlugin(data, 'second');
  const after = await opened(data);
  expect(after.list().map(({ id, version }) => [id, version])).toEqual([['demo', '1.1.0']]);
  expect(readdirSync(join(pluginsFolder(data), 'demo'))).toEqual(['1.1.0']);
  expect(after.warnings).toEqual([]);
});

test.each([
  ['demo', '1.0.0', 'server.js', true],
  ['demo', '1.0.0', MANIFEST_FILE, false],
  ['demo', '1.0.0', '../../plugins.json', false],
  ['demo', '1.0.0', 'nothing.js', false],
  ['demo', '1.0.1', 'server.js', false],
  ['other', '1.0.0', 'server.js', false],
  ['demo', '1.0.0', '__proto__', false],
])('of %s %s %s is served: %s', async (id, version, path, isServed) => {
  const { data, own } = temporary();
  await addPlugin(data, own());
  expect((await (await opened(data)).file(id, version, path)) !== undefined).toBe(isServed);
});

test('a file that is changed while the server runs is not served', async () => {
  const { data, own } = temporary();
  await addPlugin(data, own());
  const plugins = await opened(data);
  writeFileSync(join(pluginsFolder(data), 'demo/1.0.0/web.js'), 'changed');
  expect(await plugins.file('demo', '1.0.0', 'web.js')).toBeUndefined();
  expect(plugins.warnings).toEqual([
    'The file web.js of the plugin demo was changed since the start, and is not served. Install it again with "vitrine plugin add FOLDER".',
  ]);
});

test.each<[string, (installed: string) => void, RegExp]>([
  [
    'a changed file',
    (at) => writeFileSync(join(at, 'server.js'), 'x'),
    /file "server\.js" is not the one that its .* names: the SHA-256 is another\. Install it again with "vitrine plugin add FOLDER"\.$/,
  ],
  ['a missing file', (at) => unlinkSync(join(at, 'web.js')), /file "web\.js" is missing\. Install it again with/],
  ['a further file', (at) => writeFileSync(join(at, 'more.js'), ''), /holds a file that its .* does not name: "more\.js"/],
  ['a hidden file', (at) => writeFileSync(join(at, '.more'), ''), /"\.more" is not letters/],
  [
    'a changed manifest',
    (at) => writeFileSync(join(at, MANIFEST_FILE), '{}'),
    /was changed since it was installed\. Install it again with "vitrine plugin add FOLDER"/,
  ],
  ['no manifest', (at) => unlinkSync(join(at, MANIFEST_FILE)), /holds no vitrine-plugin\.json/],
  ['a link', (at) => symlinkSync('/etc/passwd', join(at, 'more')), /"more" is a link or a device/],
  ['no folder', (at) => rmSync(at, { recursive: true }), /Its folder is missing/],
  [
    'a list that cannot be read',
    (at) => writeFileSync(join(at, '../../plugins.json'), '{'),
    /plugins\.json is not a list of plugins/,
  ],
])('with %s a plugin is not loaded, and the others are', async (_, spoil, sentence) => {
  const { data, own } = temporary();
  await addPlugin(data, own());
  await addPlugin(data, own(pluginFiles({ id: 'other' })));
  spoil(join(pluginsFolder(data), 'demo/1.0.0'));
  const { warnings, list, sources, file } = await opened(data);
  expect(warnings).toEqual([expect.stringMatching(sentence)]);
  if (list().length === 0) return;
  expect(list().map(({ id, refused }) => [id, refused === undefined])).toEqual([
    ['demo', false],
    ['other', true],
  ]);
  expect([...sources.keys()]).toEqual(['other-source']);
  expect(await file('demo', '1.0.0', 'web.js')).toBeUndefined();
});

test('the same plugin once more mends one whose files were changed', async () => {
  const { data, own } = temporary();
  const from = own();
  await addPlugin(data, from);
  writeFileSync(join(pluginsFolder(data), 'demo/1.0.0/server.js'), 'x');
  await addPlugin(data, from);
  expect((await opened(data)).warnings).toEqual([]);
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['of another contract', { contract: 2 }, /was made for version 2 of the plugin contract, and this Vitrine has version 1/],
  ['without an id', { id: undefined }, /id: is missing/],
  ['whose id is a path', { id: '../x' }, /id: "\.\.\/x" is not small letters/],
  ['whose version is none', { version: '1.0' }, /version: "1\.0" is not a version such as 1\.2\.3/],
  ['with what is not known', { postinstall: 'rm -rf /' }, /has "postinstall", which is not known/],
  ['with a built-in panel', { panels: ['timeseries'] }, /Its kind of panel "timeseries" is one of Vitrine’s own/],
  [
    'with a built-in source',
    { sources: [{ kind: 'prometheus', title: 'P', description: 'P' }] },
    /Its kind of data source "prometheus" is one of Vitrine’s own/,
  ],
  [
    'with a built-in source as another name',
    { sources: [{ kind: 'x', aliases: ['influxdb'], title: 'P', description: 'P' }] },
    /Its kind of data source "influxdb" is one of/,
  ],
  [
    'with a panel of another plugin',
    { id: 'second', panels: ['first-panel'] },
    /Its kind of panel "first-panel" is brought by the plugin first already/,
  ],
  ['with a kind twice', { panels: ['a', 'a'] }, /panels: names "a" twice/],
  ['that brings nothing', { panels: [], sources: [] }, /panels: is empty, and so is sources/],
  ['whose sources have no module', { server: undefined }, /server: is missing, and data sources need it/],
  ['whose module is no file of it', { web: 'other.js' }, /web: "other\.js" is not among files/],
  ['without hashes', { files: undefined }, /files: is not an object/],
  ['with a file out of it', { files: { '../x.js': 'a'.repeat(64) } }, /"\.\.\/x\.js" leads out of the plugin’s folder/],
  ['with a title for terminals', { title: 'a\u001b[2J' }, /title: has control characters/],
])('a plugin %s is not installed', async (_, manifest, sentence) => {
  const { data, own } = temporary();
  await addPlugin(data, own(pluginFiles({ id: 'first' })));
  await expect(addPlugin(data, own(pluginFiles(manifest)))).rejects.toThrow(sentence);
  expect((await opened(data)).list().map(({ id }) => id)).toEqual(['first']);
});

const FILE = { name: 'package/web.js', size: 1 };
test.each<[string, Entries, RegExp]>([
  ['..', [{ header: { name: 'package/../../x', size: 1 }, body: 'x' }], /leads out of the plugin’s folder/],
  ['a folder named ..', [{ header: { name: 'package/../', size: 0, type: 'directory' } }], /leads out of the plugin’s folder/],
  ['an absolute path', [{ header: { name: '/etc/cron.d/x', size: 1 }, body: 'x' }], /does not stand in "package\/"/],
  ['an absolute path within', [{ header: { name: 'package//etc/x', size: 1 }, body: 'x' }], /begins at the root/],
  ['a backslash', [{ header: { name: 'package/a\\b', size: 1 }, body: 'x' }], /is not letters, digits/],
  ['a link', [{ header: { name: 'package/x', size: 0, type: 'symlink', linkname: '/etc/passwd' } }], /is a symlink/],
  ['a hard link', [{ header: { name: 'package/x', size: 0, type: 'link', linkname: 'package/y' } }], /is a link/],
  ['a device', [{ header: { name: 'package/x', size: 0, type: 'character-device' } }], /is a character-device/],
  ['a pipe', [{ header: { name: 'package/x', size: 0, type: 'fifo' } }], /is a fifo/],
  [
    'names that differ in case',
    [
      { header: FILE, body: 'x' },
      { header: { ...FILE, name: 'package/Web.js' }, body: 'x' },
    ],
    /are one file where letters’ case means nothing/,
  ],
  [
    'a file twice',
    [
      { header: FILE, body: 'x' },
      { header: FILE, body: 'y' },
    ],
    /"web\.js" is in the archive twice/,
  ],
  [
    'a file in a file',
    [
      { header: FILE, body: 'x' },
      { header: { name: 'package/web.js/x.js', size: 1 }, body: 'x' },
    ],
    /is a file and the folder of/,
  ],
  ['a name of Windows', [{ header: { name: 'package/con.js', size: 1 }, body: 'x' }], /a name that Windows keeps for itself/],
  [
    'too many files',
    Array.from({ length: 2_001 }, (_, index) => ({ header: { name: `package/${index}.js`, size: 0 }, body: '' })),
    /more than 2,000 files/,
  ],
  [
    'too much',
    [{ header: { name: 'package/x', size: 51 * 1024 * 1024 }, body: Buffer.alloc(51 * 1024 * 1024) }],
    /more than 50 MB/,
  ],
  [
    'far too much',
    [{ header: { name: 'package/x', size: 100 * 1024 * 1024 }, body: Buffer.alloc(100 * 1024 * 1024) }],
    /more than 50 MB/,
  ],
  ['another top', [{ header: { name: 'plugin/web.js', size: 1 }, body: 'x' }], /where "npm pack" puts everything/],
  ['nothing', [], /holds no vitrine-plugin\.json/],
])('an archive with %s is refused, and leaves nothing', async (_, entries, sentence) => {
  const { data, folder } = temporary();
  await expect(addPlugin(data, await archive(entries, folder))).rejects.toThrow(sentence);
  expect(existsSync(pluginsFolder(data))).toBe(false);
});

test('bytes that are no archive are refused, whatever they are', async () => {
  const { data, folder, own } = temporary();
  const whole = readFileSync(await archive(entriesOf(pluginFiles()), folder));
  const path = join(folder, 'spoilt.tgz');
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, change, isCut) => {
      const spoilt = Buffer.from(isCut ? whole.subarray(0, at) : whole);
      if (!isCut) spoilt[at]! ^= change;
      writeFileSync(path, spoilt);
      // Bits of gzip's header may say another time, and nothing else.
      await addPlugin(data, path).then(
        () => removePlugin(data, 'demo'),
        (error: Error) => expect(error.name).toBe('PluginRefused'),
      );
    }),
    { numRuns: 60 },
  );
  await addPlugin(data, own());
});

test.each<[string, (data: string, own: (files?: Record<string, string>) => string) => Promise<unknown>, RegExp]>([
  [
    'add one that is installed',
    (data, own) => addPlugin(data, own(pluginFiles({ title: 'Other' }))),
    /demo 1\.0\.0 is installed, and this is version 1\.0\.0\. Remove that one first/,
  ],
  [
    'add a higher version',
    (data, own) => addPlugin(data, own(pluginFiles({ version: '2.0.0' }))),
    /"vitrine plugin update" takes version 2\.0\.0/,
  ],
  [
    'update to the same version',
    (data, own) => updatePlugin(data, own()),
    /an update is a higher version than that: this is 1\.0\.0/,
  ],
  [
    'update to a lower version',
    (data, own) => updatePlugin(data, own(pluginFiles({ version: '1.0.0-rc.1' }))),
    /this is 1\.0\.0-rc\.1/,
  ],
  [
    'update what is not installed',
    (data, own) => updatePlugin(data, own(pluginFiles({ id: 'other' }))),
    /No plugin other is installed/,
  ],
  ['remove what is not installed', (data) => removePlugin(data, 'other'), /No plugin "other" is installed/],
  ['remove by a path', (data) => removePlugin(data, '../demo'), /No plugin "\.\.\/demo" is installed/],
  [
    'add what is not there',
    (data) => addPlugin(data, '/nowhere.tgz'),
    /\/nowhere\.tgz is not taken\. There is no such folder or file/,
  ],
])('to %s is refused with what to do', async (_, act, sentence) => {
  const { data, own } = temporary();
  await addPlugin(data, own());
  await expect(act(data, own)).rejects.toThrow(sentence);
  const { list, warnings } = await opened(data);
  expect([list().map(({ id, version }) => `${id} ${version}`), warnings]).toEqual([['demo 1.0.0'], []]);
});

test('while a server runs, what it has loaded stays on the disk until its next start', async () => {
  const { data, own } = temporary();
  await addPlugin(data, own());
  mkdirSync(join(data, 'samples'));
  const stopServer = lockFolder(join(data, 'samples'));
  const running = await opened(data);
  await updatePlugin(data, own(pluginFiles({ version: '1.1.0' })));
  expect(await running.file('demo', '1.0.0', 'web.js')).toBeDefined();
  stopServer();
  const next = await opened(data);
  expect(next.list().map(({ version }) => version)).toEqual(['1.1.0']);
  expect(readdirSync(join(pluginsFolder(data), 'demo'))).toEqual(['1.1.0']);
});

test('a source is found by the other names that files have for its kind', async () => {
  const { data, own } = temporary();
  const sources = [{ kind: 'csv', aliases: ['marcusolsson-csv-datasource'], title: 'CSV', description: 'CSV.' }];
  await addPlugin(data, own(pluginFiles({ sources })));
  const { sources: found } = await opened(data);
  expect(found.get('marcusolsson-csv-datasource')).toBe(found.get('csv'));
  expect(
    sourceKinds(found)
      .list()
      .filter(({ kind }) => kind === 'csv'),
  ).toHaveLength(1);
});

test('two that change what is installed wait for nobody, and say so', async () => {
  const { data, own } = temporary();
  await addPlugin(data, own());
  const unlock = lockFolder(pluginsFolder(data));
  await expect(removePlugin(data, 'demo')).rejects.toThrow(/is in use by another process/);
  unlock();
  await removePlugin(data, 'demo');
});

test('what an installation that was cut off has left is not loaded, and goes with the next', async () => {
  const { data, own } = temporary();
  await addPlugin(data, own());
  writeFiles(join(pluginsFolder(data), '.new-cut'), pluginFiles({ id: 'cut' }));
  writeFiles(join(pluginsFolder(data), 'unlisted/1.0.0'), pluginFiles({ id: 'unlisted' }));
  expect((await opened(data)).list().map(({ id }) => id)).toEqual(['demo']);
  await removePlugin(data, 'demo');
  expect(existsSync(join(pluginsFolder(data), '.new-cut'))).toBe(false);
});

test('a folder whose hashes are old names the command that writes them anew, and a file with its way out is named once', async () => {
  const { data, own } = temporary();
  const from = own();
  writeFileSync(join(from, 'web.js'), 'changed');
  await expect(addPlugin(data, from)).rejects.toThrow(`"vitrine plugin hash ${from}" writes its hashes anew.`);
  await expect(updatePlugin(data, from)).rejects.toThrow(`"vitrine plugin hash ${from}" writes its hashes anew.`);
  writeFileSync(join(from, MANIFEST_FILE), '{"colour": "red"}');
  await expect(addPlugin(data, from)).rejects.toThrow(/is not taken\. Its vitrine-plugin\.json has "colour", which is not known/);
});

test('hashes leave out what its author works with', async () => {
  const { data, own } = temporary();
  const from = own({
    ...pluginFiles(),
    '.git/config': 'x',
    'node_modules/left/pad.js': 'x',
    'demo-1.0.0.tgz': 'x',
    'web.js': 'changed',
  });
  await expect(addPlugin(data, from)).rejects.toThrow(/"web\.js" is not the one/);
  expect(await hashPlugin(from)).toBe(2);
  await addPlugin(data, from);
  expect((await opened(data)).warnings).toEqual([]);
});

test.each([
  ['1.0.0', '1.0.1', -1],
  ['1.10.0', '1.9.9', 1],
  ['1.0.0-beta.2', '1.0.0-beta.11', -1],
  ['1.0.0-beta', '1.0.0', -1],
  ['1.0.0-alpha', '1.0.0-alpha.1', -1],
  ['1.0.0-1', '1.0.0-a', -1],
  ['2.0.0', '2.0.0', 0],
])('version %s beside %s is %i', (a, b, order) => {
  expect(Math.sign(compareVersions(a, b))).toBe(order);
  expect(Math.sign(compareVersions(b, a))).toBe(order === 0 ? 0 : -order);
});

test('a list that names another folder as left behind has nothing removed there', async () => {
  const { data, own, folder } = temporary();
  await addPlugin(data, own());
  const other = writeFiles(join(folder, 'data/samples/0'), { 'wal.log': 'x' });
  const path = join(pluginsFolder(data), 'plugins.json');
  const list = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...list, retired: [{ id: '../samples', version: '0' }] }));
  await expect(addPlugin(data, own())).rejects.toThrow(/no name of a folder/);
  expect(readdirSync(other)).toEqual(['wal.log']);
});
