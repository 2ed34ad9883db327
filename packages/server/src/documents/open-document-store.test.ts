import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { signInOver } from '../auth/sign-in.ts';
import { tokensOver } from '../auth/tokens.ts';
import { openDocumentStore } from './open-document-store.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-documents-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('what is saved is there after opening again', async () => {
  const folder = newFolder();
  const first = await openDocumentStore(folder);
  await first.setSetting('a', '1');
  await first.setSetting('a', '2');
  await first.saveDashboard({ uid: 'x', json: '{}', updatedMs: 5 });
  const { token } = await tokensOver(first).create({ name: 'ci', scopes: ['read', 'ingest'], expiresMs: undefined });
  await first.close();

  const second = await openDocumentStore(folder);
  expect(await second.setting('a')).toBe('2');
  expect(await second.dashboards()).toEqual([{ uid: 'x', json: '{}', updatedMs: 5 }]);
  expect(await tokensOver(second).scopesOf(token)).toEqual(['read', 'ingest']);
  await second.close();
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
