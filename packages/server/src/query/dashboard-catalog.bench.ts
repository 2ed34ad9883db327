import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { openDocumentStore } from '../documents/open-document-store.ts';
import { openLog } from '../self/log.ts';
import { dashboardCatalog } from './dashboard-catalog.ts';

/** Prints how long a search over 5,000 saved dashboards takes as somebody types: `node packages/server/src/query/dashboard-catalog.bench.ts`. */

const DASHBOARDS = 5_000;
const ROUNDS = 20;
const WORDS =
  'training inference gpu cluster latency loss accuracy drift model serving node exporter kubernetes queue batch pipeline'.split(
    ' ',
  );
const word = (seed: number): string => WORDS[seed % WORDS.length] as string;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-search-'));
const documents = await openDocumentStore(folder);
for (let i = 0; i < DASHBOARDS; i++) {
  const uid = `uid${i}`;
  const title = `${word(i)} ${word(i * 7 + 1)} ${word(i * 13 + 5)} ${i}`;
  const tags = [word(i * 17), word(i * 19)];
  const description = `${word(i * 3)} of ${word(i * 5)} in the ${word(i * 11)} region`;
  await documents.dashboards.save({
    uid,
    title,
    description,
    tags,
    panelCount: 0,
    libraryPanels: [],
    json: JSON.stringify(parseDashboard({ version: 2, uid, title, description, tags, panels: [] })),
    folderUid: '',
    message: '',
    restored: undefined,
    baseRevision: undefined,
    by: '',
    nowMs: 0,
    provisioned: undefined,
  });
}
const catalog = dashboardCatalog([], documents, openLog('silent', 'json'));
const search = async (text: string): Promise<number> => {
  const start = performance.now();
  await catalog.search({ text, tags: [], folders: undefined, uids: undefined });
  return performance.now() - start;
};
process.stdout.write(`the first search, which makes the index: ${(await search('')).toFixed(1)} ms\n`);
for (const text of ['', 'l', 'lat', 'gpu latency', 'latncy gpu', 'infernece kuberntes 17', 'nothing like this at all']) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await search(text));
  times.sort((a, b) => a - b);
  process.stdout.write(`"${text}": median ${times[ROUNDS >> 1]?.toFixed(1)} ms, worst ${times.at(-1)?.toFixed(1)} ms\n`);
}
await documents.dashboards.forgetProvider('uid1');
process.stdout.write(`the first search after a change: ${(await search('gpu')).toFixed(1)} ms\n`);
await documents.close();
rmSync(folder, { recursive: true });
