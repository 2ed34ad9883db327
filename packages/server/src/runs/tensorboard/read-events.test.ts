import {
  appendFileSync,
  mkdtempSync,
  openSync,
  ftruncateSync,
  closeSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventBytes, eventFile, record, type WrittenEvent } from '../../testing/write-events.ts';
import { maskedCrc32c } from './crc32c.ts';
import { type EventChunk, EventFiles, type FilePlace, START } from './read-events.ts';

const NAME = 'events.out.tfevents.1700000000.host';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-events-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function scalars(count: number, from = 0): WrittenEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    wallTime: 1_700_000_000 + from + i,
    step: from + i,
    values: [{ tag: 'loss', simple: from + i }],
  }));
}

function reader(path: string) {
  const files = new EventFiles();
  return (place: FilePlace = START, budgetBytes = Infinity): EventChunk =>
    files.read([{ key: 'k', path, run: 'r', prefix: '', plugins: {}, files: [{ name: NAME, place }] }], budgetBytes);
}

test('a file cut off at every byte gives each of its points once when it has grown to its end', () => {
  const path = newFolder();
  const file = join(path, NAME);
  const whole = eventFile(scalars(2));
  const read = reader(path);
  for (let cut = 0; cut <= whole.length; cut++) {
    writeFileSync(file, whole.subarray(0, cut));
    const first = read();
    expect([first.files[0]?.problem, first.files[0]?.isAtEnd]).toEqual(['', true]);
    writeFileSync(file, whole);
    const second = read(first.files[0]?.place);
    expect([...first.values, ...second.values]).toEqual([0, 1]);
    expect(second.files[0]).toMatchObject({ isAgain: false, place: { offset: whole.length } });
  }
});

test('a growing file is read on from where it ended', () => {
  const path = newFolder();
  const file = join(path, NAME);
  const read = reader(path);
  writeFileSync(file, eventFile(scalars(3)));
  const first = read();
  appendFileSync(file, record(eventBytes(scalars(1, 3)[0]!)));
  const second = read(first.files[0]!.place);
  expect([[...first.steps], [...second.steps]]).toEqual([[0, 1, 2], [3]]);
  expect(read(second.files[0]!.place).steps).toHaveLength(0);
});

test('a record whose data is damaged is left out with a count, and what follows is read', () => {
  const path = newFolder();
  const parts = scalars(3).map((event) => record(eventBytes(event)));
  const [, second] = parts as [Uint8Array, Uint8Array];
  second[20] = second[20]! ^ 1;
  writeFileSync(join(path, NAME), Buffer.concat(parts));
  const { steps, folders, files } = reader(path)();
  expect([...steps]).toEqual([0, 2]);
  expect(folders[0]?.skipped).toEqual({ damaged: 1 });
  expect(files[0]?.problem).toBe('');
});

test('behind a damaged length nothing can be read, which is said; what is before is kept', () => {
  const path = newFolder();
  const parts = scalars(3).map((event) => record(eventBytes(event)));
  const [first, second] = parts as [Uint8Array, Uint8Array];
  second[0] = second[0]! ^ 1;
  writeFileSync(join(path, NAME), Buffer.concat(parts));
  const { steps, files } = reader(path)();
  expect([...steps]).toEqual([0]);
  expect(files[0]?.problem).toBe(
    `the length of the record at byte ${first.length} is damaged, so that nothing behind it can be read`,
  );
  expect(files[0]?.place.offset).toBe(first.length);
});

test('a file of the same name with something else in it is read from its start, as one that may have known points', () => {
  const path = newFolder();
  const file = join(path, NAME);
  const read = reader(path);
  writeFileSync(file, eventFile(scalars(3)));
  const first = read();
  writeFileSync(file, eventFile(scalars(6, 100)));
  const second = read(first.files[0]?.place);
  expect([...second.steps]).toEqual([100, 101, 102, 103, 104, 105]);
  expect(second.files[0]).toMatchObject({ isAgain: true, place: { againUntil: 0 } });
  // Shorter than before.
  writeFileSync(file, eventFile(scalars(1, 200)));
  expect([...read(second.files[0]?.place).steps]).toEqual([200]);
});

test('a rewritten file is one until it is past where the old one was read to, however many chunks that takes', () => {
  const path = newFolder();
  const file = join(path, NAME);
  const read = reader(path);
  const images = (byte: number): WrittenEvent[] =>
    [1, 2, 3].map((step) => ({
      wallTime: 1,
      step,
      values: [{ tag: 'i', image: new Uint8Array(3_000_000).fill(byte) }],
    }));
  writeFileSync(file, eventFile(images(1)));
  const old = read().files[0]!.place;
  writeFileSync(file, Buffer.concat([eventFile(images(2)), record(eventBytes(scalars(1)[0]!))]));
  const first = read(old, 1).files[0]!;
  const second = read(first.place, Infinity).files[0]!;
  expect([first.isAgain, first.isAtEnd, first.place.againUntil]).toEqual([true, false, old.offset]);
  expect([second.isAgain, second.isAtEnd, second.place.againUntil]).toEqual([true, true, 0]);
});

test('a 1 GB record is passed over by its length, without being read', () => {
  const path = newFolder();
  const file = join(path, NAME);
  const header = Buffer.alloc(12);
  header.writeBigUInt64LE(BigInt(2 ** 30), 0);
  header.writeUInt32LE(maskedCrc32c(header, 0, 8), 8);
  const [before, after] = scalars(2).map((event) => record(eventBytes(event))) as [Uint8Array, Uint8Array];
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, Buffer.concat([before, header]));
  // The rest is a hole in the file.
  ftruncateSync(descriptor, before.length + 2 ** 29);
  const read = reader(path);
  const half = read();
  expect([[...half.steps], half.files[0]?.isAtEnd]).toEqual([[0], true]);
  ftruncateSync(descriptor, before.length + 16 + 2 ** 30);
  writeSync(descriptor, after, 0, after.length, before.length + 16 + 2 ** 30);
  closeSync(descriptor);
  expect(statSync(file).size).toBe(before.length + 16 + 2 ** 30 + after.length);
  const rest = read(half.files[0]?.place);
  expect([[...rest.steps], rest.folders[0]?.skipped]).toEqual([[1], { large: 1 }]);
});

test('a length of 2^60 waits for what never comes, and a file that is gone or a directory is no failure', () => {
  const path = newFolder();
  const header = Buffer.alloc(12);
  header.writeBigUInt64LE(2n ** 60n, 0);
  header.writeUInt32LE(maskedCrc32c(header, 0, 8), 8);
  writeFileSync(join(path, NAME), Buffer.concat([header, Buffer.alloc(100)]));
  expect(reader(path)().files[0]).toMatchObject({ isAtEnd: true, place: START });
  rmSync(join(path, NAME));
  expect(reader(path)().files[0]).toMatchObject({ isGone: true, problem: '' });
});

test('values larger than a block are read whole', () => {
  const path = newFolder();
  const image = new Uint8Array(5 * 1024 * 1024).fill(7);
  writeFileSync(join(path, NAME), eventFile([{ wallTime: 1, step: 1, values: [{ tag: 'i', image }] }, ...scalars(2)]));
  const { items, steps } = reader(path)();
  expect([items.map(({ data }) => data.length), [...steps]]).toEqual([[image.length], [0, 1]]);
});

test('10,000 tags are 10,000 curves', () => {
  const path = newFolder();
  const values = Array.from({ length: 10_000 }, (_, i) => ({ tag: `layer${i}/norm`, simple: i }));
  writeFileSync(join(path, NAME), eventFile([1, 2].map((step) => ({ wallTime: 1, step, values }))));
  const { curves, steps } = reader(path)();
  expect([curves.length, steps.length]).toEqual([10_000, 20_000]);
});

test('a block is left where its items are as many as a chunk may have, and read on from there', () => {
  const path = newFolder();
  // A byte each in the file, eight in memory.
  const tensor = { dtype: 4, shape: [400_000, 3], content: new Uint8Array(1_200_000) };
  const events = Array.from({ length: 10 }, (_, step) => ({
    wallTime: 1_700_000_000,
    step,
    values: [{ tag: 'w', plugin: 'histograms', tensor }],
  }));
  writeFileSync(join(path, NAME), eventFile(events));
  const read = reader(path);
  const steps: number[][] = [];
  let place: FilePlace = START;
  for (let isAtEnd = false; !isAtEnd;) {
    const { items, files } = read(place);
    steps.push(items.map(({ step }) => step));
    ({ place, isAtEnd } = files[0]!);
  }
  expect(steps).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ]);
});
