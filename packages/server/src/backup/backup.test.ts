import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { CRASH_STORE, crashBatch } from '@vitrine/tsdb/crash-writer.ts';
import { openCurveStore } from '@vitrine/tsdb/curves/open-curve-store.ts';
import { LocalStore } from '@vitrine/tsdb/local-store.ts';
import { batchOf, bitsOf, keyOf, readAll } from '@vitrine/tsdb/store-for-tests.ts';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { openDocumentStore } from '../documents/open-document-store.ts';
import { MANIFEST } from './backup-manifest.ts';
import { checkData } from './check-data.ts';
import { makeBackup } from './make-backup.ts';
import { restoreBackup } from './restore-backup.ts';

const WRITER = fileURLToPath(import.meta.resolve('@vitrine/tsdb/crash-writer.ts'));
const VITRINE = fileURLToPath(new URL('../../bin/vitrine.mjs', import.meta.url));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let sample: Promise<string> | undefined;
afterAll(async () => {
  if (sample !== undefined) rmSync(join(await sample, '..'), { recursive: true, force: true });
});

/** A copy of one data folder, which takes longer to make. */
async function filledData(): Promise<string> {
  sample ??= filled(mkdtempSync(join(tmpdir(), 'vitrine-backup-')));
  const data = join(newFolder(), 'data');
  cpSync(await sample, data, { recursive: true });
  return data;
}

/** A data folder with a series of `samples` samples in chunks and some in the log, a curve, a run's file and documents. */
async function filled(folder: string, samples = 3_000): Promise<string> {
  const data = join(folder, 'data');
  const store = LocalStore.open({ ...CRASH_STORE, folder: join(data, 'samples') });
  const all = Array.from({ length: samples }, (_, i) => ['up{a}', i * 1_000, (i * 7) % 11] as const);
  await store.append(batchOf(all));
  await store.flush();
  await store.append(batchOf([['up{b}', 5_000, 1]]));
  await store.close();
  const curves = await openCurveStore({ folder: join(data, 'runs') });
  await curves.append({
    curves: [{ run: 'r1', metric: 'loss' }],
    curveIndex: Uint32Array.of(0, 0),
    steps: Float64Array.of(1, 2),
    timesMs: Float64Array.of(1, 2),
    values: Float64Array.of(0.5, 0.25),
  });
  await curves.close();
  const documents = await openDocumentStore(data);
  await documents.setSetting('kept', 'yes');
  await documents.close();
  mkdirSync(join(data, 'runs/r1'), { recursive: true });
  // Names as a run's files may have: none of them is ours to leave out.
  for (const name of ['model.part', 'poetry.lock', 'cache-wal']) writeFileSync(join(data, 'runs/r1', name), name);
  return data;
}

const made = (data: string, to: string) => makeBackup({ data, to, version: '1.2.3', nowMs: 1_000 });

async function problems(data: string): Promise<string[]> {
  const found: string[] = [];
  for await (const finding of checkData(data)) {
    if (finding.kind === 'damaged') found.push(`${finding.file}: ${finding.sentence}`);
  }
  return found;
}

test('a backup is restored with everything in it, and both are sound', async () => {
  const data = await filledData();
  const to = join(data, '../backup');
  const files = await made(data, to);
  expect(files.map(({ path }) => path)).toEqual([
    'runs/curves.db',
    'samples/samples.db',
    'documents.sqlite',
    'runs/r1/cache-wal',
    'runs/r1/model.part',
    'runs/r1/poetry.lock',
  ]);
  const restored = join(data, '../restored');
  expect((await restoreBackup(to, restored)).version).toBe('1.2.3');
  expect(await problems(to)).toEqual([]);
  expect(await problems(restored)).toEqual([]);
  const store = LocalStore.open({ ...CRASH_STORE, folder: join(restored, 'samples') });
  const found = readAll(store.source, []);
  await store.close();
  expect(found.get(keyOf('up{a}'))).toHaveLength(3_000);
  expect(found.get(keyOf('up{b}'))).toEqual([[5_000, bitsOf(1)]]);
  const curves = await openCurveStore({ folder: join(restored, 'runs') });
  expect(await curves.summaries({ runs: ['r1'] })).toMatchObject([{ metric: 'loss', points: 2 }]);
  await curves.close();
  const documents = await openDocumentStore(restored);
  expect(await documents.setting('kept')).toBe('yes');
  await documents.close();
});

test('a backup under writes has all that was acknowledged before, and lives on where the writer is killed', async () => {
  const data = join(newFolder(), 'data');
  mkdirSync(join(data, 'samples'), { recursive: true });
  for (let round = 0; round < 3; round++) {
    const first = 1 + round * 10_000;
    const child = spawn(process.execPath, [WRITER, join(data, 'samples'), String(first), round === 1 ? 'flushing' : 'worker'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('the writer ended by itself')));
    ended.catch(() => undefined);
    let output = '';
    const written = async (count: number): Promise<number[]> => {
      for (;;) {
        const numbers = output.split('\n').slice(0, -1).map(Number);
        if (numbers.length >= count) return numbers;
        await Promise.race([once(child.stdout, 'data'), ended]);
      }
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const acknowledged = await written(20);
    const to = join(data, `../backup${round}`);
    await made(data, to);
    const during = (await written(acknowledged.length + 1)).length;
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(during).toBeGreaterThan(acknowledged.length);

    const restored = join(data, `../restored${round}`);
    await restoreBackup(to, restored);
    expect(await problems(restored)).toEqual([]);
    const store = LocalStore.open({ ...CRASH_STORE, folder: join(restored, 'samples') });
    const found = readAll(store.source, []);
    await store.close();
    const wanted = new Map<string, bigint>();
    for (const number of acknowledged)
      for (const [series, timestampMs, value] of crashBatch(number)) wanted.set(`${keyOf(series)} ${timestampMs}`, bitsOf(value));
    for (const [key, samples] of found)
      for (const [timestampMs, bits] of samples)
        if (wanted.get(`${key} ${timestampMs}`) === bits) wanted.delete(`${key} ${timestampMs}`);
    expect([...wanted]).toEqual([]);
  }
}, 120_000);

test('a backup that is killed leaves no folder of its name, or a whole one', async () => {
  const data = await filled(newFolder(), 200_000);
  for (const afterMs of [150, 350, 700]) {
    const to = join(data, `../killed${afterMs}`);
    const child = spawn(process.execPath, [VITRINE, 'backup', to, '--data', data], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    await once(child, 'close');
    clearTimeout(timer);
    if (existsSync(to)) expect(await problems(to)).toEqual([]);
  }
}, 60_000);

test('what a killed backup or restore left is named', async () => {
  const folder = newFolder();
  const data = await filled(newFolder());
  const to = join(folder, 'monday');
  for (const name of ['monday.part-12', 'monday.part-mine', 'tuesday.part-3']) mkdirSync(join(folder, name));
  const child = spawn(process.execPath, [VITRINE, 'backup', to, '--data', data], { stdio: ['ignore', 'ignore', 'pipe'] });
  const told: Buffer[] = [];
  child.stderr.on('data', (piece: Buffer) => told.push(piece));
  await once(child, 'close');
  const lines = Buffer.concat(told).toString().split('\n');
  expect(lines.filter((line) => line.includes('.part-'))).toEqual([
    `${to}.part-12 was not finished: unless another backup or restore is at work there now, remove it.`,
  ]);
}, 60_000);

test('nothing is overwritten, and no backup lies in its own data', async () => {
  const data = await filledData();
  const to = join(data, '../backup');
  await made(data, to);
  await expect(made(data, to)).rejects.toThrow(/backup is not empty/);
  await expect(made(data, join(data, 'backup'))).rejects.toThrow(/lies in the data folder/);
  await expect(made(join(data, 'none'), join(data, '../other'))).rejects.toThrow(/There is no data folder/);
  await expect(restoreBackup(to, data)).rejects.toThrow(/data is not empty/);
  expect(readdirSync(join(data, '..')).toSorted()).toEqual(['backup', 'data']);
});

test.each([
  ['is no whole backup', (folder: string) => rmSync(join(folder, MANIFEST))],
  ['vitrine-backup.json cannot be read', (folder: string) => writeFileSync(join(folder, MANIFEST), '{')],
  [
    'vitrine-backup.json cannot be read',
    (folder: string) => {
      const file = join(folder, MANIFEST);
      writeFileSync(file, readFileSync(file, 'utf8').replace('documents.sqlite', '../../documents.sqlite'));
    },
  ],
  ['lacks its file documents.sqlite', (folder: string) => rmSync(join(folder, 'documents.sqlite'))],
  ['is damaged: samples/samples.db', (folder: string) => truncateSync(join(folder, 'samples/samples.db'), 8192)],
])('a backup that %s is not restored', async (sentence, damage) => {
  const data = await filledData();
  const to = join(data, '../backup');
  await made(data, to);
  damage(to);
  await expect(restoreBackup(to, join(data, '../restored'))).rejects.toThrow(sentence);
  expect(existsSync(join(data, '../restored'))).toBe(false);
});

/** The row's bytes with two of them changed. */
const FLIPPED = `CAST(substr(data, 1, length(data) / 2 - 1) || x'5a5a' || substr(data, length(data) / 2 + 2) AS BLOB)`;
test.each([
  [
    'samples/samples.db',
    `UPDATE chunk SET data = ${FLIPPED} WHERE id = 2`,
    /^chunk 2 \(1000 samples of up\{l="a"\} from .*\): a chunk fails its checksum$/,
  ],
  [
    'samples/samples.db',
    'UPDATE chunk SET samples = 7 WHERE id = 1',
    /^chunk 1 .*: (?:holds other samples than its row says|a chunk fails its checksum)$/,
  ],
  ['samples/samples.db', 'UPDATE chunk SET min_ms = 1, max_ms = 2 WHERE id = 3', /^chunk 3 /],
  [
    'samples/samples.db',
    `UPDATE wal SET data = ${FLIPPED}`,
    /^wal \d+: it fails its checksum; the samples of one commit are lost$/,
  ],
  ['samples/samples.db', `UPDATE series SET key = x'0011223344' WHERE id = 0`, /^series 0: its name fails its checksum/],
  ['samples/samples.db', 'DELETE FROM series WHERE id = 0', /^chunk 1 .*: belongs to no series$/],
  ['runs/curves.db', `UPDATE piece SET data = ${FLIPPED}`, /^piece 1 \(2 points of loss of the run r1\): it fails its checksum$/],
  ['runs/curves.db', 'DELETE FROM piece', /^curve 1 \(loss of the run r1\): its summary counts 2 points, its pieces hold 0$/],
])('the check of %s after "%s" names the row', async (file, sql, sentence) => {
  const data = await filledData();
  const db = new DatabaseSync(join(data, file));
  db.exec(sql);
  db.close();
  const found = await problems(data);
  expect(found.some((line) => line.startsWith(`${file}: `) && sentence.test(line.slice(file.length + 2)))).toBe(true);
});

test('a file that SQLite cannot read is named, and the others are checked all the same', async () => {
  const data = await filled(newFolder(), 50_000);
  truncateSync(join(data, 'samples/samples.db'), 5 * 8192);
  const found = await problems(data);
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((line) => line.startsWith('samples/samples.db: '))).toBe(true);
  expect(found.join('\n')).toMatch(/SQLite/);
});

const OURS = ['documents.sqlite', 'samples/samples.db', 'runs/curves.db'];
const DAMAGES: readonly [how: string, damage: (file: string) => void][] = [
  ['is junk', (file) => writeFileSync(file, 'junk')],
  ['has a flipped bit in its first bytes', (file) => overwrite(file, 3, 'X')],
];

function overwrite(file: string, at: number, text: string): void {
  const bytes = readFileSync(file);
  bytes.write(text, at);
  writeFileSync(file, bytes);
}

test.each(OURS.flatMap((file) => DAMAGES.map(([how, damage]) => [file, how, damage] as const)))(
  '%s that %s is damage, and is not backed up',
  async (file, _, damage) => {
    const data = await filledData();
    damage(join(data, file));
    expect(await problems(data)).toEqual([expect.stringMatching(`^${file}: SQLite cannot read it: .*restore the file`)]);
    const to = join(data, '../backup');
    await expect(made(data, to)).rejects.toThrow(new RegExp(`${file} cannot be read .*: nothing was backed up`));
    expect(existsSync(to)).toBe(false);
  },
);

test.each(OURS)('%s that is missing or empty is damage, and is not backed up', async (file) => {
  const data = await filledData();
  rmSync(join(data, file));
  const to = join(data, '../backup');
  expect(await problems(data)).toEqual([expect.stringMatching(`^${file}: is missing`)]);
  await expect(made(data, to)).rejects.toThrow(new RegExp(`${file} is missing: nothing was backed up`));
  writeFileSync(join(data, file), '');
  expect(await problems(data)).toEqual([expect.stringMatching(`^${file}: has no tables`)]);
  await expect(made(data, to)).rejects.toThrow(new RegExp(`${file} is damaged .*no tables.*: nothing was backed up`));
});

test('a data folder that lacks what its server made is damaged, and one that nobody has served is not', async () => {
  const data = join(newFolder(), 'data');
  const documents = await openDocumentStore(data);
  expect(await problems(data)).toEqual([]);
  await documents.setSetting('served-at', 'http://localhost:9470');
  await documents.close();
  expect((await problems(data)).map((line) => line.split(':')[0])).toEqual(['samples/samples.db', 'runs/curves.db']);
});

test('checking a backup leaves it as it is', async () => {
  const data = await filledData();
  const to = join(data, '../backup');
  await made(data, to);
  const before = new Set(readdirSync(to, { recursive: true, encoding: 'utf8' }));
  expect(await problems(to)).toEqual([]);
  expect(new Set(readdirSync(to, { recursive: true, encoding: 'utf8' }))).toEqual(before);
});

test('the check says how many samples are in chunks, and how many in the log alone', async () => {
  const held: string[] = [];
  for await (const finding of checkData(await filledData())) if (finding.kind === 'sound') held.push(finding.holds);
  expect(held[0]).toBe('2 series, 3000 samples in 3 chunks, 1 in the log');
});

test('documents with a damaged page are not backed up', async () => {
  const data = await filledData();
  const file = join(data, 'documents.sqlite');
  overwrite(file, 4096 + 8, 'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX');
  await expect(made(data, join(data, '../backup'))).rejects.toThrow(/documents.sqlite is damaged \(.*: nothing was backed up/);
});
