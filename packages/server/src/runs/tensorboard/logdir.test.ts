import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Run } from '@vitrine/model/run.ts';
import { StoreBusy } from '@vitrine/model/sample-store.ts';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { MemoryCurves } from '../../testing/memory-curves.ts';
import { openTestDocuments } from '../../testing/open-test-documents.ts';
import { eventBytes, eventFile, hparamsContent, record, type WrittenEvent } from '../../testing/write-events.ts';
import { openRuns } from '../open-runs.ts';
import { eventThread } from './ask-event-thread.ts';
import { Logdir } from './logdir.ts';

const FILE = 'events.out.tfevents.1700000000.gpu-07.1.0';
/** When the events of these tests were logged, or so. */
const START_SECONDS = 1_700_000_000;

// One for all: each starts a thread when it is first asked.
const thread = eventThread();
afterAll(() => thread.stop());

function scalar(step: number, tag = 'loss', value = step): WrittenEvent {
  return { wallTime: START_SECONDS + step, step, values: [{ tag, simple: value }] };
}

async function world() {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-logdir-'));
  const root = join(folder, 'vision');
  mkdirSync(root);
  const documents = await openTestDocuments(join(folder, 'data'));
  const curves = new MemoryCurves();
  const runs = await openRuns({ documents: documents.runs, curves, folder: join(folder, 'data/runs'), log: { error: () => {} } });
  const opened: Logdir[] = [];
  onTestFinished(async () => {
    await Promise.all(opened.map((logdir) => logdir.stop()));
    await runs.close();
    await documents.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = (options: { readonly nowMs?: () => number; readonly revive?: boolean } = {}): Logdir => {
    const { nowMs = Date.now, revive = false } = options;
    const logdir = new Logdir({ path: root, project: 'vision', revive }, { runs, thread, log: { warn: () => {} }, nowMs });
    opened.push(logdir);
    return logdir;
  };
  return {
    root,
    curves,
    runs,
    open,
    write(path: string, events: readonly WrittenEvent[]): void {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), eventFile(events));
    },
    append(path: string, events: readonly WrittenEvent[]): void {
      for (const event of events) appendFileSync(join(root, path), record(eventBytes(event)));
    },
    /** "run metric: steps", of everything that is kept. */
    async kept(): Promise<readonly string[]> {
      const names = new Map((await runs.all()).map((run) => [run.id, run.name]));
      const found = await curves.summaries({});
      return found
        .map(({ run, metric }) => `${names.get(run)} ${metric}: ${[...curves.read({ run, metric }).steps].join()}`)
        .toSorted();
    },
    async run(name: string): Promise<Run | undefined> {
      return (await runs.all()).find((run) => run.name === name);
    },
    /** Resolves once `isTrue` holds; asked whenever something was kept or a run changed. */
    async until(isTrue: () => Promise<boolean>): Promise<void> {
      const changed = Promise.withResolvers<void>();
      const check = (): void => void isTrue().then((holds) => holds && changed.resolve());
      const stops = [runs.onGrowth(check), runs.onEvents(check)];
      check();
      await changed.promise;
      for (const stop of stops) stop();
    },
  };
}

test('a tree becomes runs of one project, with names, times, hosts, and an end', async () => {
  const { open, write, kept, run } = await world();
  write(`a/${FILE}`, [scalar(0), scalar(1)]);
  write(`deep/b/${FILE}`, [scalar(5)]);
  write(`empty/${FILE}`, []);
  const logdir = open();
  await logdir.readOnce();
  expect(await kept()).toEqual(['a loss: 0,1', 'deep/b loss: 5']);
  expect(await run('a')).toMatchObject({
    project: 'vision',
    source: 'tensorboard',
    status: 'finished',
    hosts: ['gpu-07'],
    startedMs: START_SECONDS * 1_000,
    endedMs: (START_SECONDS + 1) * 1_000,
  });
  expect(logdir.state()).toMatchObject({ state: 'done', files: 3, runs: 2, points: 3, problems: [], trouble: '' });
});

test('reading again adds nothing, and what has grown since adds that alone', async () => {
  const { open, write, append, kept } = await world();
  write(`a/${FILE}`, [scalar(0), scalar(1)]);
  await open().readOnce();
  const again = open();
  await again.readOnce();
  expect(again.state()).toMatchObject({ points: 0, items: 0, runs: 1 });
  append(`a/${FILE}`, [scalar(2)]);
  await open().readOnce();
  expect(await kept()).toEqual(['a loss: 0,1,2']);
});

test('files of one directory are read in order of their names; a restarted step is kept', async () => {
  const { open, write, kept } = await world();
  write('a/events.out.tfevents.1700000001.h', [scalar(1), scalar(2)]);
  write('a/events.out.tfevents.1700000002.h', [scalar(2), scalar(3)]);
  await open().readOnce();
  expect(await kept()).toEqual(['a loss: 1,2,2,3']);
});

test('Keras’ train and validation are one run', async () => {
  const { open, write, kept } = await world();
  write(`m/train/${FILE}`, [scalar(0, 'epoch_loss')]);
  write(`m/validation/${FILE}`, [scalar(0, 'epoch_loss')]);
  await open().readOnce();
  expect(await kept()).toEqual(['m train/epoch_loss: 0', 'm validation/epoch_loss: 0']);
});

test('what add_hparams() writes goes to the run around it', async () => {
  const { open, write, kept, run } = await world();
  write(`r/${FILE}`, [scalar(0)]);
  const start = { tag: '_hparams_/session_start_info', plugin: 'hparams', content: hparamsContent({ hparams: { lr: 0.1 } }) };
  const end = { tag: '_hparams_/session_end_info', plugin: 'hparams', content: hparamsContent(undefined, { status: 2 }) };
  write(`r/1700000000.25/${FILE}`, [{ wallTime: START_SECONDS, values: [start, end] }, scalar(0, 'hparam/acc')]);
  await open().readOnce();
  expect(await kept()).toEqual(['r hparam/acc: 0', 'r loss: 0']);
  expect(await run('r')).toMatchObject({ params: { lr: '0.1' }, status: 'failed' });
});

test('more hyperparameters than a run may have are counted, and cost neither its points nor its siblings’', async () => {
  const { open, write, kept, run } = await world();
  const hparams = Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`p${i}`, i]));
  const start = { tag: '_hparams_/session_start_info', plugin: 'hparams', content: hparamsContent({ hparams, group: 'g' }) };
  write(`a/${FILE}`, [{ wallTime: START_SECONDS, values: [start] }, scalar(0)]);
  write(`b/${FILE}`, [scalar(0)]);
  const logdir = open();
  await logdir.readOnce();
  expect(await kept()).toEqual(['a loss: 0', 'b loss: 0']);
  expect(await run('a')).toMatchObject({ params: {}, group: 'g', status: 'finished' });
  expect(logdir.state()).toMatchObject({ trouble: '', skipped: expect.stringMatching(/^20,001 hyperparameters/) as string });
});

test('an erased run stays erased for who follows, and comes back for who imports', async () => {
  const { open, write, kept, run, runs } = await world();
  write(`a/${FILE}`, [scalar(0)]);
  await open().readOnce();
  await runs.erase([(await run('a'))!.id]);
  await open().readOnce();
  expect(await kept()).toEqual([]);
  await open({ revive: true }).readOnce();
  expect(await kept()).toEqual(['a loss: 0']);
});

test('a run that is erased while its directory is read leaves no curves, and does not come back as it grows', async () => {
  const { open, write, append: grow, kept, run, runs, curves, until } = await world();
  for (const name of ['a', 'b']) write(`${name}/${FILE}`, [scalar(0), scalar(1)]);
  const append = curves.append.bind(curves);
  let calls = 0;
  curves.append = async (batch) => {
    if (calls++ > 0) return append(batch);
    await runs.erase([(await run('a'))!.id]);
    throw new StoreBusy('busy', 0.001);
  };
  open().follow();
  await until(async () => (await kept()).join('; ') === 'b loss: 0,1');
  grow(`a/${FILE}`, [scalar(2)]);
  grow(`b/${FILE}`, [scalar(2)]);
  await until(async () => (await kept()).join('; ') === 'b loss: 0,1,2');
  // Nor for who follows the directory from then on.
  grow(`a/${FILE}`, [scalar(3)]);
  await open().readOnce();
  expect(await kept()).toEqual(['b loss: 0,1,2']);
  expect(await run('a')).toBeUndefined();
  await open({ revive: true }).readOnce();
  expect(await kept()).toEqual(['a loss: 0,1,2,3', 'b loss: 0,1,2']);
});

test('a store that is busy, or that fails, costs neither a point nor a second copy of one', async () => {
  const { open, write, kept, curves } = await world();
  for (const run of ['a', 'b', 'c']) write(`${run}/${FILE}`, [scalar(0), scalar(1)]);
  const append = curves.append.bind(curves);
  let calls = 0;
  curves.append = async (batch) => {
    calls++;
    if (calls === 1) throw new StoreBusy('busy', 0.001);
    if (calls === 2) throw new Error('the disk is on fire');
    return append(batch);
  };
  await expect(open().readOnce()).rejects.toThrow('on fire');
  await open().readOnce();
  expect(await kept()).toEqual(['a loss: 0,1', 'b loss: 0,1', 'c loss: 0,1']);
});

test('a process that ends between two chunks goes on where what is kept ends', async () => {
  const { open, write, kept, curves } = await world();
  const big = new Uint8Array(700_000);
  const events = Array.from({ length: 8 }, (_, step) => ({
    wallTime: START_SECONDS + step,
    step,
    values: [
      { tag: 'loss', simple: step },
      { tag: 'image', image: big },
    ],
  }));
  write(`a/${FILE}`, events);
  const append = curves.append.bind(curves);
  let left = 1;
  curves.append = async (batch) => {
    if (left-- <= 0) throw new Error('gone');
    return append(batch);
  };
  let tries = 0;
  for (let isDone = false; !isDone; tries++) {
    left = 1;
    isDone = await open()
      .readOnce()
      .then(
        () => true,
        () => false,
      );
  }
  expect(tries).toBeGreaterThan(1);
  expect(await kept()).toEqual(['a loss: 0,1,2,3,4,5,6,7']);
  const [run] = await curves.summaries({});
  expect((await curves.items({ run: run!.run })).map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a file that was written anew with the same beginning doubles nothing', async () => {
  const { open, write, kept, curves, run } = await world();
  const text = { tag: 't', plugin: 'text', tensor: { dtype: 7, texts: ['x'] } };
  const events = [scalar(0), { wallTime: START_SECONDS, step: 0, values: [text] }];
  write(`a/${FILE}`, [...events, scalar(1)]);
  await open().readOnce();
  write(`a/${FILE}`, [...events, scalar(7), scalar(8)]);
  await open().readOnce();
  expect(await kept()).toEqual(['a loss: 0,1,7,8']);
  expect(await curves.items({ run: (await run('a'))!.id })).toHaveLength(1);
});

test('a damaged file is named with a sentence, and the others are read', async () => {
  const { open, write, append, kept, root } = await world();
  write(`a/${FILE}`, [scalar(0)]);
  appendFileSync(join(root, 'a', FILE), Buffer.alloc(40, 1));
  append(`a/${FILE}`, [scalar(1)]);
  write(`b/${FILE}`, [scalar(0)]);
  const logdir = open();
  await logdir.readOnce();
  expect(await kept()).toEqual(['a loss: 0', 'b loss: 0']);
  expect(logdir.state().problems).toEqual([
    { file: `a/${FILE}`, sentence: expect.stringMatching(/^the length of the record at byte \d+ is damaged/) as string },
  ]);
});

test('followed: new directories and files, growth, and a file that goes and comes back', async () => {
  const { open, write, append, kept, until, root } = await world();
  write(`a/${FILE}`, [scalar(0)]);
  open().follow();
  const keeps = (...wanted: readonly string[]): Promise<void> =>
    until(async () => (await kept()).join('; ') === wanted.join('; '));
  await keeps('a loss: 0');
  append(`a/${FILE}`, [scalar(1)]);
  await keeps('a loss: 0,1');
  write(`new/deep/${FILE}`, [scalar(0)]);
  await keeps('a loss: 0,1', 'new/deep loss: 0');
  renameSync(join(root, 'a', FILE), join(root, 'gone'));
  append('gone', [scalar(2)]);
  renameSync(join(root, 'gone'), join(root, 'a', FILE));
  await keeps('a loss: 0,1,2', 'new/deep loss: 0');
  // A training that begins again over what it removed.
  rmSync(join(root, 'new'), { recursive: true });
  write('new/deep/events.out.tfevents.1700000009.h', [scalar(5)]);
  await keeps('a loss: 0,1,2', 'new/deep loss: 0,5');
  append('new/deep/events.out.tfevents.1700000009.h', [scalar(6)]);
  await keeps('a loss: 0,1,2', 'new/deep loss: 0,5,6');
});

test('followed: a run is over when its files have been quiet for ten minutes, and runs again when they grow', async () => {
  const { open, write, append, run, root, until, kept } = await world();
  let now = Date.now();
  write(`a/${FILE}`, [scalar(0)]);
  // A minute before the other: the files' clock is not the test's.
  utimesSync(join(root, 'a', FILE), now / 1_000 - 60, now / 1_000 - 60);
  open({ nowMs: () => now }).follow();
  await until(async () => (await run('a'))?.status === 'running');
  now += 570_000;
  // Nothing is looked at anew but what grows somewhere.
  write(`b/${FILE}`, [scalar(0)]);
  await until(async () => (await run('a'))?.status === 'finished' && (await run('b'))?.status === 'running');
  expect((await run('a'))?.endedMs).toBe(START_SECONDS * 1_000);
  now = Date.now();
  append(`a/${FILE}`, [scalar(1)]);
  await until(async () => (await run('a'))?.status === 'running' && (await kept())[0] === 'a loss: 0,1');
  expect((await run('a'))?.endedMs).toBeUndefined();
});

test('a directory that is not there is said to be missing, and followed once it is', async () => {
  const { open, write, root, until, kept } = await world();
  rmSync(root, { recursive: true });
  const once = open();
  await once.readOnce();
  expect(once.state()).toMatchObject({ files: 0, runs: 0 });
  write(`a/${FILE}`, [scalar(0)]);
  open().follow();
  await until(async () => (await kept())[0] === 'a loss: 0');
});
