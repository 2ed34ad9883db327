import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '@vitrine/model/run.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnnotationDocuments } from '../documents/annotations.ts';
import { openTestDocuments } from '../testing/open-test-documents.ts';
import { ownAnnotations } from './own-annotations.ts';

const WRITTEN = { panelId: undefined, tags: [], userId: 0, userName: '', createdMs: 0, text: '' };

let own: AnnotationDocuments;
let close: () => Promise<void>;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-own-annotations-'));
  const { annotations, close: closeStore } = await openTestDocuments(folder);
  close = async () => {
    await closeStore();
    rmSync(folder, { recursive: true });
  };
  const find = (run: string, timeMs: number): Promise<number> =>
    annotations.add({ ...WRITTEN, dashboardUid: 'vitrine-runs', timeMs, endMs: timeMs, data: { run } });
  // Of one instant, as of runs that are judged together: their order is that of their ids.
  for (let i = 1; i <= 3; i++) await find('mine', 1);
  for (let i = 1; i <= 8; i++) await find('theirs', i <= 4 ? 1 : 2);
  await annotations.add({ ...WRITTEN, dashboardUid: '', timeMs: 3, endMs: 3, data: {} });
  own = ownAnnotations(annotations, {
    findAll: async (runs) => runs.filter((run) => run === 'mine').map((id) => ({ id }) as Run),
  });
});
afterAll(() => close());

test.each([
  { limit: 1, ids: [12] },
  { limit: 2, ids: [12, 3] },
  { limit: 4, ids: [12, 3, 2, 1] },
  { limit: 100, ids: [12, 3, 2, 1] },
  { limit: 2, offset: 1, ids: [3, 2] },
  { limit: 2, offset: 4, ids: [] },
  { limit: 2, toMs: 2, ids: [3, 2] },
])('newer findings of others take no place among %j', async ({ ids, ...filter }) => {
  expect((await own.find(filter)).map(({ id }) => id)).toEqual(ids);
});
