import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LogdirScanner } from './scan-logdir.ts';

const FILE = 'events.out.tfevents.1.h';

function world() {
  const root = mkdtempSync(join(tmpdir(), 'vitrine-scan-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const scanner = new LogdirScanner(root);
  return {
    root,
    write(folder: string, text = 'x'): void {
      mkdirSync(join(root, folder), { recursive: true });
      writeFileSync(join(root, folder, FILE), text);
    },
    /** Directories of the files that are new or changed, and of those that are gone. */
    scan(only?: readonly string[]) {
      const { files, gone, folders, isThere, problems } = scanner.scan(only);
      return {
        changed: files.map(({ folder }) => folder),
        gone: gone.map(({ folder }) => folder).toSorted(),
        folders: folders.toSorted(),
        isThere,
        problems,
      };
    },
  };
}

test('only what changed is told of, the newest first', () => {
  const { root, write, scan } = world();
  write('a');
  write('b/c');
  utimesSync(join(root, 'a', FILE), 1, 1);
  expect(scan()).toEqual({ changed: ['b/c', 'a'], gone: [], folders: ['', 'a', 'b', 'b/c'], isThere: true, problems: [] });
  expect(scan()).toMatchObject({ changed: [], gone: [], folders: [] });
  appendFileSync(join(root, 'a', FILE), 'y');
  expect(scan()).toMatchObject({ changed: ['a'] });
});

test('a look into some directories finds what is new in them, and nothing elsewhere', () => {
  const { write, scan } = world();
  write('a');
  write('b');
  scan();
  write('a', 'longer');
  write('b', 'longer');
  write('new/deep');
  expect(scan(['a'])).toMatchObject({ changed: ['a'], folders: [] });
  expect(scan([''])).toMatchObject({ changed: ['new/deep'], folders: ['new', 'new/deep'] });
  expect(scan()).toMatchObject({ changed: ['b'] });
});

test('what is gone is told of once, with all below it', () => {
  const { root, write, scan } = world();
  write('a/b');
  write('a/c');
  scan();
  rmSync(join(root, 'a'), { recursive: true });
  expect(scan()).toMatchObject({ gone: ['a/b', 'a/c'] });
  expect(scan()).toMatchObject({ gone: [] });
  rmSync(root, { recursive: true });
  expect(scan()).toMatchObject({ isThere: false });
});

test('links are followed, but not in circles, and links to nowhere are passed over', () => {
  const { root, write, scan } = world();
  write('real');
  const outside = mkdtempSync(join(tmpdir(), 'vitrine-outside-'));
  onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
  writeFileSync(join(outside, FILE), 'x');
  symlinkSync(outside, join(root, 'linked'));
  symlinkSync(root, join(root, 'real', 'circle'));
  symlinkSync('/no/such/place', join(root, 'nowhere'));
  symlinkSync('/no/such/file', join(root, 'events.out.tfevents.2.nowhere'));
  expect(scan().changed.toSorted()).toEqual(['linked', 'real']);
  expect(scan().changed).toEqual([]);
});

test('files that are no event files, and directories called like some, are none', () => {
  const { root, write, scan } = world();
  writeFileSync(join(root, 'notes.txt'), 'x');
  write('my.tfevents.folder');
  expect(scan().changed).toEqual(['my.tfevents.folder']);
});
