import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listArtifacts, openArtifact, parseArtifactPath, putArtifact, removeArtifact } from './artifacts.ts';

/** A run's folder, not made yet, in one that also has a secret. */
function temporary(): { readonly outside: string; readonly folder: string } {
  const outside = mkdtempSync(join(tmpdir(), 'vitrine-artifacts-'));
  onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
  writeFileSync(join(outside, 'secret'), 'secret');
  return { outside, folder: join(outside, 'run') };
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function read(folder: string, path: string): Promise<string | undefined> {
  const found = await openArtifact(folder, path);
  if (found === undefined) return undefined;
  const text = await found.handle.readFile('utf8');
  await found.handle.close();
  expect(found.bytes).toBe(Buffer.byteLength(text));
  return text;
}

test.each([
  ['', []],
  ['model/weights.pt', ['model', 'weights.pt']],
  ['model/', ['model']],
  ['épreuve 🎉/a b.txt', ['épreuve 🎉', 'a b.txt']],
  ['%2e%2e/..a', ['%2e%2e', '..a']],
])('the names of "%s" are %j', (path, want) => {
  expect(parseArtifactPath('path', path)).toEqual(want);
});

test.each([
  ['/etc/passwd', /starts with "\/"/],
  ['..', /leads? elsewhere/],
  ['a/../../b', /leads? elsewhere/],
  ['./a', /leads? elsewhere/],
  ['a//b', /empty name/],
  ['a\0b', /control character/],
  ['a\nb', /control character/],
  ['..\\b', /backslash/],
  ['\ud800', /well-formed/],
  ['x'.repeat(256), /longer than 255 bytes/],
  ['ab/'.repeat(700), /longer than 2000 bytes/],
  ['.vitrine-parts/x', /begins with/],
])('refuses the path "%s"', (path, sentence) => {
  expect(() => parseArtifactPath('path', path)).toThrow(/^path: /);
  expect(() => parseArtifactPath('path', path)).toThrow(sentence);
});

test('keeps files, whole, and lists them folders first', async () => {
  const { folder } = temporary();
  expect(await listArtifacts(folder, '')).toEqual([]);
  expect(await putArtifact(folder, 'notes.txt', pieces('one'), 100)).toBe(3);
  expect(await putArtifact(folder, 'notes.txt', pieces('two', '…'), 100)).toBe(6);
  await putArtifact(folder, 'model/🎉/weights', pieces(), 100);
  expect(await read(folder, 'notes.txt')).toBe('two…');
  expect(await read(folder, 'model/🎉/weights')).toBe('');
  expect(await listArtifacts(folder, '')).toEqual([
    { path: 'model', isFolder: true, bytes: 0 },
    { path: 'notes.txt', isFolder: false, bytes: 6 },
  ]);
  expect(await listArtifacts(folder, 'model/')).toEqual([{ path: 'model/🎉', isFolder: true, bytes: 0 }]);
  expect(await listArtifacts(folder, 'notes.txt')).toEqual([{ path: 'notes.txt', isFolder: false, bytes: 6 }]);
  expect(await listArtifacts(folder, 'none/of/it')).toEqual([]);
});

test.each(['none', 'model', 'notes.txt/below', ''])('"%s" is no file to read', async (path) => {
  const { folder } = temporary();
  await putArtifact(folder, 'model/weights', pieces('w'), 100);
  await putArtifact(folder, 'notes.txt', pieces('n'), 100);
  expect(await openArtifact(folder, path)).toBeUndefined();
});

test.each(['model', 'notes.txt/below/it', ''])('"%s" is no file to write', async (path) => {
  const { folder } = temporary();
  await putArtifact(folder, 'model/weights', pieces('w'), 100);
  await putArtifact(folder, 'notes.txt', pieces('n'), 100);
  await expect(putArtifact(folder, path, pieces('x'), 100)).rejects.toThrow(/^path: /);
  expect(await read(folder, 'notes.txt')).toBe('n');
});

test('a file over the limit, or one whose sender goes away, leaves what was there', async () => {
  const { folder } = temporary();
  await putArtifact(folder, 'a', pieces('before'), 10);
  await expect(putArtifact(folder, 'a', pieces('123456', '123456'), 10)).rejects.toThrow(
    /larger than 10 bytes.*limits\.ingest\.artifact/,
  );
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half');
    throw new Error('gone');
  };
  await expect(putArtifact(folder, 'a', broken(), 10)).rejects.toThrow('gone');
  expect(await read(folder, 'a')).toBe('before');
  expect(readdirSync(join(folder, '.vitrine-parts'))).toEqual([]);
});

test('what a killed process left half-written goes with the next upload', async () => {
  const { folder } = temporary();
  mkdirSync(join(folder, '.vitrine-parts'), { recursive: true });
  // In a container each process has the same number.
  for (const name of ['0-left', `${process.pid}-left`]) writeFileSync(join(folder, '.vitrine-parts', name), 'half');
  await putArtifact(folder, 'a', pieces('a'), 10);
  expect(readdirSync(join(folder, '.vitrine-parts'))).toEqual([]);
});

test('no link leads out of the folder', async () => {
  const { outside, folder } = temporary();
  await putArtifact(folder, 'inner/a', pieces('a'), 10);
  symlinkSync(join(outside, 'secret'), join(folder, 'link'));
  symlinkSync(outside, join(folder, 'up'));
  symlinkSync('circle', join(folder, 'circle'));
  expect((await listArtifacts(folder, '')).map(({ path }) => path)).toEqual(['inner']);
  for (const path of ['link', 'up', 'up/secret', 'circle', 'circle/a']) {
    expect(await openArtifact(folder, path)).toBeUndefined();
    expect(await listArtifacts(folder, path)).toEqual([]);
  }
  for (const path of ['up/new', 'up/made/new', 'circle/new']) {
    await expect(putArtifact(folder, path, pieces('x'), 10)).rejects.toThrow(/^path: /);
  }
  // What stands in the way is replaced, not followed.
  await putArtifact(folder, 'link', pieces('mine'), 10);
  expect(await removeArtifact(folder, 'up/secret')).toBe(false);
  expect(await removeArtifact(folder, 'up')).toBe(true);
  expect(readdirSync(outside).toSorted()).toEqual(['run', 'secret']);
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
});

test('removes files and folders, and says whether there was one', async () => {
  const { folder } = temporary();
  await putArtifact(folder, 'model/weights', pieces('w'), 100);
  expect(await removeArtifact(folder, 'model')).toBe(true);
  expect(await removeArtifact(folder, 'model')).toBe(false);
  expect(await removeArtifact(folder, '')).toBe(true);
  expect(existsSync(folder)).toBe(false);
});
