import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { registeredSources, setUpDataSource } from './data-source-setup.ts';
import { openDocumentStore } from './open-document-store.ts';
import { openSecretKey } from './secret-key.ts';

const PASSWORD = 'correct-horse-battery-staple';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function open(folder: string, keyFile = '') {
  const documents = await openDocumentStore(folder, keyFile);
  onTestFinished(() => documents.close());
  return documents;
}

const source = (name: string, secureJsonData: Record<string, string> = { basicAuthPassword: PASSWORD }) => ({
  uid: name,
  name,
  type: 'prometheus',
  url: 'http://127.0.0.1:9090',
  secureJsonData,
});

/** Every byte that is on the disk. */
function onDisk(folder: string): string {
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('\n');
}

test('a secret can be read again as what it is, and as nothing else', () => {
  const key = openSecretKey(join(newFolder(), 'key'), true);
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), fc.string({ unit: 'binary' }), (purpose, text) => {
      const sealed = key.seal(purpose, text);
      expect(key.open(purpose, sealed)).toBe(Buffer.from(text).toString());
      expect(key.open([...purpose, ''], sealed)).toBeUndefined();
      expect(key.open([purpose.join('') + '!'], sealed)).toBeUndefined();
      expect(key.seal(purpose, text)).not.toBe(sealed);
    }),
  );
});

test.each(['', '1.', '1.AAAA', 'plain', `2.${'A'.repeat(60)}`, `1.${'A'.repeat(60)}`])('"%s" is no sealed secret', (text) => {
  expect(openSecretKey(join(newFolder(), 'key'), true).open(['a'], text)).toBeUndefined();
});

test('the key is made once, for its owner only', () => {
  const path = join(newFolder(), 'secrets.key');
  const sealed = openSecretKey(path, true).seal(['a'], 'x');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(openSecretKey(path, true).open(['a'], sealed)).toBe('x');
  expect(readdirSync(join(path, '..'))).toEqual(['secrets.key']);
});

test.each([
  ['that is not there', undefined, /sources\.key-file: there is no file .*openssl rand/],
  ['that is empty', '', /holds no key: expected 32 bytes/],
  ['that is too short', 'c2hvcnQ=', /holds no key/],
  ['that is something else', 'A'.repeat(43) + '\n! not base64', /holds no key/],
])('a key file %s is said in a sentence', (_, text, sentence) => {
  const path = join(newFolder(), 'key');
  if (text !== undefined) writeFileSync(path, text);
  expect(() => openSecretKey(path, false)).toThrow(sentence);
});

test('nothing on the disk holds a secret', async () => {
  const folder = newFolder();
  const documents = await open(folder);
  await setUpDataSource(documents, source('a'), undefined);
  expect(await registeredSources(documents)).toMatchObject([{ secrets: { basicAuthPassword: PASSWORD }, lostSecrets: [] }]);
  expect(onDisk(folder)).not.toContain(PASSWORD);
});

test('a password in the address moves to where passwords are', async () => {
  const folder = newFolder();
  const documents = await open(folder);
  const url = `http://ada:${PASSWORD}@127.0.0.1:9090/prom`;
  const saved = await setUpDataSource(documents, { ...source('a', {}), url }, undefined);
  expect(saved).toMatchObject({ url: 'http://127.0.0.1:9090/prom', settings: { basicAuth: true, basicAuthUser: 'ada' } });
  expect(await registeredSources(documents)).toMatchObject([{ secrets: { basicAuthPassword: PASSWORD } }]);
  expect(onDisk(folder)).not.toContain(PASSWORD);
});

test('what an earlier version kept as it was is enciphered, and leaves nothing behind', async () => {
  const folder = newFolder();
  const first = await openDocumentStore(folder);
  await setUpDataSource(first, source('a', {}), undefined);
  await first.close();
  const db = new DatabaseSync(join(folder, 'documents.sqlite'));
  db.prepare("INSERT INTO data_source_secrets (source_uid, name, value) VALUES ('a', 'basicAuthPassword', ?)").run(PASSWORD);
  db.close();
  expect(onDisk(folder)).toContain(PASSWORD);

  const documents = await open(folder);
  await documents.dataSources.sealSecrets();
  expect(onDisk(folder)).not.toContain(PASSWORD);
  expect(await registeredSources(documents)).toMatchObject([{ secrets: { basicAuthPassword: PASSWORD } }]);
});

test('a lost key costs the secrets that it kept, until they are entered again', async () => {
  const folder = newFolder();
  const first = await openDocumentStore(folder);
  await setUpDataSource(first, source('a'), undefined);
  await setUpDataSource(first, source('b', {}), undefined);
  await first.close();
  rmSync(join(folder, 'secrets.key'));

  const documents = await open(folder);
  await documents.dataSources.sealSecrets();
  expect(await registeredSources(documents)).toMatchObject([
    { uid: 'a', secrets: {}, lostSecrets: ['basicAuthPassword'] },
    { uid: 'b', lostSecrets: [] },
  ]);
  const [a] = await documents.dataSources.list();
  await setUpDataSource(documents, source('a'), a);
  expect(await registeredSources(documents)).toMatchObject([{ secrets: { basicAuthPassword: PASSWORD }, lostSecrets: [] }, {}]);
});

test('a secret put in another source’s place is not read', async () => {
  const folder = newFolder();
  const documents = await open(folder);
  await setUpDataSource(documents, source('a'), undefined);
  await setUpDataSource(documents, source('b', { basicAuthPassword: 'other' }), undefined);
  const db = new DatabaseSync(join(folder, 'documents.sqlite'));
  db.exec(
    "UPDATE data_source_secrets SET value = (SELECT value FROM data_source_secrets WHERE source_uid = 'a') WHERE source_uid = 'b'",
  );
  db.close();
  expect(await registeredSources(documents)).toMatchObject([
    { lostSecrets: [] },
    { secrets: {}, lostSecrets: ['basicAuthPassword'] },
  ]);
});

test.each([
  ['another host', { url: 'http://127.0.0.2:9090' }],
  ['another port', { url: 'http://127.0.0.1:9091' }],
  ['another scheme', { url: 'https://127.0.0.1:9090' }],
  ['another kind', { type: 'elasticsearch' }],
])('a source at %s does not get what was entered for the old one', async (_, change) => {
  const documents = await open(newFolder());
  const before = await setUpDataSource(documents, source('a'), undefined);
  const after = { ...source('a', {}), ...change };
  await expect(setUpDataSource(documents, after, before)).rejects.toThrow(/^secureJsonData: .*basicAuthPassword.*enter it again/);
  await setUpDataSource(documents, { ...after, secureJsonData: { basicAuthPassword: 'new' } }, before);
  expect(await registeredSources(documents)).toMatchObject([{ secrets: { basicAuthPassword: 'new' } }]);
});

test('a source at another path of the same server keeps its secrets', async () => {
  const documents = await open(newFolder());
  const before = await setUpDataSource(documents, source('a'), undefined);
  await setUpDataSource(documents, { ...source('a', {}), url: 'http://127.0.0.1:9090/prom' }, before);
  expect(await registeredSources(documents)).toMatchObject([{ secrets: { basicAuthPassword: PASSWORD } }]);
});
