import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreOpenError } from '@vitrine/tsdb/store-open-error.ts';
import { expect, onTestFinished, test } from 'vitest';
import { signInOver } from '../auth/sign-in.ts';
import { tokensOver } from '../auth/tokens.ts';
import type { DashboardSave } from './dashboards.ts';
import { openDocumentStore } from './open-document-store.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-documents-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const save = (uid: string, more: Partial<DashboardSave> = {}): DashboardSave => ({
  uid,
  title: uid,
  description: '',
  tags: [],
  panelCount: 0,
  libraryPanels: [],
  json: '{}',
  folderUid: undefined,
  message: '',
  restored: undefined,
  baseRevision: undefined,
  by: 'ada',
  nowMs: 5,
  provisioned: undefined,
  ...more,
});

test('what is saved is there after opening again', async () => {
  const folder = newFolder();
  const first = await openDocumentStore(folder);
  await first.setSetting('a', '1');
  await first.setSetting('a', '2');
  await first.dashboards.save(save('x'));
  const { token } = await tokensOver(first).create({ name: 'ci', scopes: ['read', 'ingest'], expiresMs: undefined });
  await first.close();

  const second = await openDocumentStore(folder);
  expect(await second.setting('a')).toBe('2');
  expect(await second.dashboards.find('x')).toMatchObject({ uid: 'x', json: '{}', updatedMs: 5, revision: 1 });
  expect(await tokensOver(second).bearer(token)).toMatchObject({ scopes: ['read', 'ingest'] });
  await second.close();
});

test.each([
  ['junk', 'is damaged (file is not a database): restore it from a backup'],
  ['damage inside', 'is damaged (database disk image is malformed): restore it from a backup'],
])('a file of %s is named, with the way out', async (kind, sentence) => {
  const folder = newFolder();
  const path = join(folder, 'documents.sqlite');
  if (kind === 'junk') writeFileSync(path, 'junk');
  else {
    await (await openDocumentStore(folder)).close();
    const bytes = readFileSync(path);
    bytes.fill(0x58, 100, 4096);
    writeFileSync(path, bytes);
  }
  await expect(openDocumentStore(folder)).rejects.toBeInstanceOf(StoreOpenError);
  await expect(openDocumentStore(folder)).rejects.toThrow(`${path} ${sentence}`);
});

test('two processes share it: of two who take a link only one gets it', async () => {
  const folder = newFolder();
  const [one, other] = [await openDocumentStore(folder), await openDocumentStore(folder)];
  const link = await signInOver(one, 1_000).newLinkSecret();
  const sessions = await Promise.all([signInOver(one, 1_000).redeem(link), signInOver(other, 1_000).redeem(link)]);
  expect(sessions.filter((session) => session !== undefined)).toHaveLength(1);
  await one.close();
  await other.close();
});

test('no secret stands in the file, and only its owner may read it', async () => {
  const folder = newFolder();
  const documents = await openDocumentStore(folder);
  const { token } = await tokensOver(documents).create({ name: '', scopes: ['admin'], expiresMs: undefined });
  await documents.close();
  const file = join(folder, 'documents.sqlite');
  expect(statSync(file).mode & 0o077).toBe(0);
  const rows = new DatabaseSync(file, { readOnly: true }).prepare('SELECT * FROM secrets').all();
  expect(JSON.stringify(rows)).not.toContain(token.slice(8));
});

test('a session lasts as long as it is used', async () => {
  const documents = await openDocumentStore(newFolder());
  let nowMs = 0;
  const hour = 3_600_000;
  const signIn = signInOver(documents, 24 * hour, () => nowMs);
  const session = String(await signIn.redeem(await signIn.newLinkSecret()));
  for (let day = 0; day < 5; day++) {
    nowMs += 20 * hour;
    expect(await signIn.userOf(session)).toMatchObject({ name: 'owner', role: 'admin' });
  }
  nowMs += 25 * hour;
  expect(await signIn.userOf(session)).toBeUndefined();
  await documents.close();
});

test('a link that nobody opened within an hour is no longer good', async () => {
  const documents = await openDocumentStore(newFolder());
  let nowMs = 0;
  const signIn = signInOver(documents, 1_000, () => nowMs);
  const link = await signIn.newLinkSecret();
  nowMs = 3_600_001;
  expect(await signIn.redeem(link)).toBeUndefined();
  await documents.close();
});

test('of two processes that save over one revision the second is told of the first', async () => {
  const folder = newFolder();
  const [one, other] = [await openDocumentStore(folder), await openDocumentStore(folder)];
  await one.dashboards.save(save('x', { baseRevision: 0 }));
  const before = await other.dashboards.changeCount();
  await one.dashboards.save(save('x', { baseRevision: 1, by: 'ada' }));
  await expect(other.dashboards.save(save('x', { baseRevision: 1, by: 'bob' }))).rejects.toMatchObject({
    saved: { revision: 2, updatedBy: 'ada' },
  });
  expect(await other.dashboards.changeCount()).toBeGreaterThan(before);
  await one.close();
  await other.close();
});

test('the newest 20 revisions of a dashboard are kept', async () => {
  const documents = await openDocumentStore(newFolder());
  for (let i = 1; i <= 25; i++) await documents.dashboards.save(save('x', { json: `{"n":${i}}`, message: `save ${i}` }));
  const revisions = await documents.dashboards.revisions('x');
  expect(revisions.map(({ revision }) => revision)).toEqual(Array.from({ length: 20 }, (_, i) => 25 - i));
  expect(await documents.dashboards.revision('x', 6)).toMatchObject({ json: '{"n":6}', message: 'save 6' });
  expect(await documents.dashboards.revision('x', 5)).toBeUndefined();
  await documents.close();
});

test('a file of the first version keeps its dashboards', async () => {
  const folder = newFolder();
  const database = new DatabaseSync(join(folder, 'documents.sqlite'));
  database.exec(`
    CREATE TABLE settings (name text PRIMARY KEY, value text NOT NULL);
    CREATE TABLE users (id integer PRIMARY KEY AUTOINCREMENT, name text NOT NULL UNIQUE, role text NOT NULL, created_ms integer NOT NULL);
    CREATE TABLE secrets (id text PRIMARY KEY, kind text NOT NULL, hash text NOT NULL UNIQUE, name text NOT NULL,
      user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE, scopes text NOT NULL, created_ms integer NOT NULL,
      used_ms integer, expires_ms integer);
    CREATE TABLE dashboards (uid text PRIMARY KEY, json text NOT NULL, updated_ms integer NOT NULL);
    CREATE TABLE kysely_migration (name varchar(255) NOT NULL PRIMARY KEY, timestamp varchar(255) NOT NULL);
    CREATE TABLE kysely_migration_lock (id varchar(255) NOT NULL PRIMARY KEY, is_locked integer NOT NULL DEFAULT 0);
    INSERT INTO kysely_migration VALUES ('001-first-tables', '2026-01-01T00:00:00.000Z');
    INSERT INTO kysely_migration_lock VALUES ('migration_lock', 0);
    INSERT INTO dashboards VALUES ('old', '{"title":"Old","tags":["a"],"panels":[{},{}]}', 7), ('odd', 'no JSON', 8);
  `);
  database.close();
  const documents = await openDocumentStore(folder);
  expect(await documents.dashboards.cards()).toMatchObject([
    { uid: 'odd', title: '', revision: 1 },
    { uid: 'old', title: 'Old', tags: ['a'], panelCount: 2, revision: 1, updatedMs: 7 },
  ]);
  expect(await documents.dashboards.revisions('old')).toMatchObject([{ revision: 1, savedMs: 7 }]);
  await documents.close();
});

test('models of before labels get those of their run, and what runs left behind that were erased goes', async () => {
  const folder = newFolder();
  await (await openDocumentStore(folder)).close();
  const database = new DatabaseSync(join(folder, 'documents.sqlite'));
  database.exec(`
    ALTER TABLE mlflow_models DROP COLUMN labels_json;
    DELETE FROM kysely_migration WHERE name >= '009';
    INSERT INTO projects (id, name, tags_json, created_ms, updated_ms) VALUES (7, 'p', '{}', 0, 0);
    INSERT INTO runs (id, project_id, name, run_group, status, started_ms, heartbeat_ms, source, notes, user_name, tags_json, params_json, hosts_json, labels_json, revision)
      VALUES ('there', 7, 'r', '', 'running', 0, 0, 'mlflow', '', '', '{}', '{}', '[]', '{"team":"a"}', 1);
    INSERT INTO mlflow_models (id, project_id, run_id, name, model_type, status, params_json, tags_json, created_ms, updated_ms)
      VALUES ('of-run', 7, 'there', '', '', '', '{}', '{}', 0, 0), ('alone', 7, NULL, '', '', '', '{}', '{}', 0, 0), ('left', 7, 'erased', '', '', '', '{}', '{}', 0, 0);
    INSERT INTO mlflow_run_links (run_id, kind, key, json) VALUES ('there', 'dataset', 'k', '{}'), ('erased', 'dataset', 'k', '{}');
  `);
  database.close();
  const { mlflow, runs, close } = await openDocumentStore(folder);
  expect((await mlflow.model('of-run'))?.labels).toEqual({ team: 'a' });
  expect((await mlflow.model('alone'))?.labels).toEqual({});
  expect(await mlflow.model('left')).toBeUndefined();
  expect((await mlflow.links(['there', 'erased'])).map(({ runId }) => runId)).toEqual(['there']);
  await runs.remove(['there']);
  expect(await mlflow.model('of-run')).toBeUndefined();
  expect(await mlflow.links(['there'])).toEqual([]);
  await close();
});
