import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder } from './make-folder.ts';
import { tempFolder } from './store-for-tests.ts';

test('a folder is made with those above it, and may be there', () => {
  const { folder, remove } = tempFolder();
  onTestFinished(remove);
  for (let i = 0; i < 2; i++) makeFolder(join(folder, 'a/b/c'));
  expect(existsSync(join(folder, 'a/b/c'))).toBe(true);
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolder(join(folder, 'file'))).toThrow(/EEXIST/);
  expect(() => makeFolder(join(folder, 'file/below'))).toThrow(/ENOTDIR/);
});

test.skipIf(!existsSync('/proc/self'))('a file system that makes no folders is told of, and not asked for ever', () => {
  expect(() => makeFolder('/proc/nope')).toThrow(/ENOENT/);
  expect(() => makeFolder('/proc/nope/samples')).toThrow(/ENOENT/);
});
