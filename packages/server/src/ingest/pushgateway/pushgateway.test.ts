import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Labels } from '@vitrine/model/labels.ts';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Clock } from '../../scrape/clock.ts';
import { RecordingStore } from '../../scrape/recording-store.ts';
import { openLog } from '../../self/log.ts';
import { openMetrics } from '../../self/metrics.ts';
import { createIntake } from '../intake.ts';
import { type Sender, senderAt } from '../sender.ts';
import { encodeExposition } from '../exposition/encode-protobuf.ts';
import { describeGroup } from './describe-groups.ts';
import { goNumber } from './go-number.ts';
import { readGroupPath } from './group-labels.ts';
import { readPushedText } from './pushed-family.ts';
import { openPushgateway, type Pushgateway } from './pushgateway.ts';
import { type PushLimits, samplesOf } from './push-groups.ts';
import { readPushedProtobuf } from './read-families-protobuf.ts';

const SENDER = senderAt('127.0.0.1');
const OWN = ['push_time_seconds', 'push_failure_time_seconds'];

/** Time that goes on when the test says so. */
class Hands implements Clock {
  now = 1_000_000;
  #due: { readonly atMs: number; readonly call: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  after(ms: number, call: () => void): () => void {
    const entry = { atMs: this.now + ms, call };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  /** Lets what is under way come to its end before. */
  async pass(ms: number): Promise<void> {
    await setImmediate();
    this.now += ms;
    const due = this.#due.filter(({ atMs }) => atMs <= this.now);
    this.#due = this.#due.filter(({ atMs }) => atMs > this.now);
    for (const { call } of due) call();
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-push-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function open(
  folder: string,
  clock: Clock,
  limits?: PushLimits,
): { gateway: Pushgateway; store: RecordingStore; learned: string[] } {
  const store = new RecordingStore();
  const learned: string[] = [];
  const gateway = openPushgateway({
    folder,
    intake: createIntake({ append: store.append, metrics: openMetrics('1'), samplesPerSecond: 0, now: () => clock.nowMs() }),
    append: store.append,
    onMetadata: (metadata) => learned.push(...metadata.map(({ metric, type }) => `${metric} ${type}`)),
    intervalMs: 15_000,
    log: openLog('silent', 'json'),
    clock,
    ...(limits === undefined ? {} : { limits }),
  });
  onTestFinished(() => gateway.stop());
  return { gateway, store, learned };
}

function put(gateway: Pushgateway, path: string, text: string, sender: Sender = SENDER): Promise<void> {
  return gateway.push(sender, readGroupPath(path), 'replace', (group, nowMs) =>
    readPushedText(Buffer.from(text), 'text', group, nowMs),
  );
}

function lines(store: RecordingStore): string[] {
  return store.samples
    .splice(0)
    .filter(({ series }) => !OWN.some((name) => series.startsWith(name)))
    .map(({ series, timestampMs, value }) => `${series} ${value} @${timestampMs}`);
}

test('what is kept is written again each interval, until it is deleted', async () => {
  const clock = new Hands();
  const { gateway, store } = open(temporaryFolder(), clock);
  await put(gateway, 'job/a', 'x 1\n');
  expect(lines(store)).toEqual(['x{job="a"} 1 @1000000']);
  await clock.pass(5_000);
  await vi.waitUntil(() => store.samples.length > 0);
  expect(lines(store)).toEqual(['x{job="a"} 1 @1005000']);
  await clock.pass(15_000);
  await vi.waitUntil(() => store.samples.length > 0);
  expect(store.samples.map(({ series, value }) => [series, value])).toEqual([
    ['x{job="a"}', 1],
    ['push_time_seconds{job="a"}', 1_000],
    ['push_failure_time_seconds{job="a"}', 0],
  ]);
  store.samples.splice(0);
  await gateway.remove(SENDER, readGroupPath('job/a'));
  expect(store.samples.map(({ value }) => value)).toEqual(['stale', 'stale', 'stale']);
  store.samples.splice(0);
  await clock.pass(15_000);
  expect(store.samples).toEqual([]);
});

test('what was kept is there after a restart, bits and types too', async () => {
  const folder = temporaryFolder();
  const clock = new Hands();
  const first = open(folder, clock);
  await put(first.gateway, 'job/a/p@base64/L3g', '# HELP x Some.\n# TYPE x counter\nx{b="é"} 0.1\nx NaN\n');
  await put(first.gateway, 'job/a/empty@base64/=', 'y -0\n');
  await put(first.gateway, 'job/gone', 'z 1\n');
  await first.gateway.remove(SENDER, readGroupPath('job/gone'));
  const before = [...first.gateway.groups()];
  await first.gateway.stop();
  const second = open(folder, clock);
  expect([...second.gateway.groups()]).toEqual(before);
  expect(second.learned).toEqual(['x counter', 'y unknown']);
  await clock.pass(15_000);
  await vi.waitUntil(() => second.store.samples.length > 0);
  expect(lines(second.store).toSorted()).toEqual([
    'x{b="é", job="a", p="/x"} 0.1 @1015000',
    'x{job="a", p="/x"} NaN @1015000',
    'y{job="a"} 0 @1015000',
  ]);
  // What was pushed before ends when it is no longer pushed.
  await put(second.gateway, 'job/a/p@base64/L3g', '# TYPE x counter\nx 2\n');
  expect(lines(second.store)).toEqual(['x{job="a", p="/x"} 2 @1015000', 'x{b="é", job="a", p="/x"} stale @1015000']);
});

test('a file that is none is told with what to do', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'pushgateway.sqlite'), 'no database, but a text of some length'.repeat(100));
  expect(() => open(folder, new Hands())).toThrow(/pushgateway\.sqlite \(.*\)\. Move that file away/);
});

test('nothing is made in the folder where nobody pushes', async () => {
  const folder = temporaryFolder();
  const { gateway } = open(folder, new Hands());
  await gateway.remove(SENDER, readGroupPath('job/a'));
  await gateway.wipe();
  expect([[...gateway.groups()], readdirSync(folder)]).toEqual([[], []]);
});

test.each<[string, PushLimits, string, number]>([
  ['groups', { groups: 2, samplesAGroup: 10, samples: 100, chars: 1e6 }, 'x 1\n', 429],
  ['samples in all', { groups: 10, samplesAGroup: 10, samples: 5, chars: 1e6 }, 'x 1\ny 2\n', 429],
  ['text in labels', { groups: 10, samplesAGroup: 10, samples: 100, chars: 2_500 }, `x{a="${'a'.repeat(1_000)}"} 1\n`, 429],
  ['text in help', { groups: 10, samplesAGroup: 10, samples: 100, chars: 2_500 }, `# HELP x ${'a'.repeat(1_000)}\nx 1\n`, 429],
  ['samples in a group', { groups: 10, samplesAGroup: 1, samples: 100, chars: 1e6 }, 'x 1\ny 2\n', 413],
])('more %s than the limit are refused, and what is there can still be pushed and deleted', async (_, limits, text, status) => {
  const { gateway } = open(temporaryFolder(), new Hands(), limits);
  for (const job of ['a', 'b']) await put(gateway, `job/${job}`, status === 413 ? 'x 1\n' : text);
  await expect(put(gateway, 'job/c', text)).rejects.toMatchObject({ status });
  await put(gateway, 'job/a', 'x 2\n');
  await gateway.remove(SENDER, readGroupPath('job/b'));
  await put(gateway, 'job/c', 'x 1\n');
  expect(new Set(Array.from(gateway.groups(), ({ labels }) => labels.get('job')))).toEqual(new Set(['a', 'c']));
});

test('pushes at the same time to one group come one after the other', async () => {
  const { gateway, store } = open(temporaryFolder(), new Hands());
  const pushes = Array.from({ length: 20 }, (_, i) => put(gateway, 'job/a', `x ${i}\ny{i="${i}"} 1\n`));
  await Promise.all(pushes);
  const xs = store.samples.filter(({ series }) => series.startsWith('x')).map(({ value }) => value);
  expect(xs).toEqual(Array.from({ length: 20 }, (_, i) => i));
  const ended = store.samples.filter(({ value }) => value === 'stale').map(({ series }) => series);
  expect(ended).toEqual(Array.from({ length: 19 }, (_, i) => `y{i="${i}", job="a"}`));
});

test('a group is written with what was pushed, whatever is pushed and deleted in what order', async () => {
  const step = fc.record({
    how: fc.constantFrom('replace', 'add', 'remove'),
    job: fc.constantFrom('a', 'b'),
    metrics: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
    value: fc.integer({ min: 1, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const folder = mkdtempSync(join(tmpdir(), 'vitrine-push-'));
      const clock = new Hands();
      const { gateway, store } = open(folder, clock);
      const want = new Map<string, Map<string, number>>();
      for (const { how, job, metrics, value } of steps) {
        const path = readGroupPath(`job/${job}`);
        const text = metrics.map((name) => `${name} ${value}\n`).join('');
        if (how === 'remove') {
          await gateway.remove(SENDER, path);
          want.delete(job);
          continue;
        }
        await gateway.push(SENDER, path, how, (group, nowMs) => readPushedText(Buffer.from(text), 'text', group, nowMs));
        const kept = how === 'add' ? (want.get(job) ?? new Map<string, number>()) : new Map<string, number>();
        for (const name of metrics) kept.set(name, value);
        want.set(job, kept);
      }
      // What the store has last of each series is what the group has, or an end.
      const last = new Map(store.samples.map(({ series, value }) => [series, value]));
      const living = [...last].filter(([series, value]) => value !== 'stale' && !series.startsWith('push_'));
      const wanted = [...want].flatMap(([job, kept]) =>
        Array.from(kept, ([name, value]) => [String(Labels.from({ __name__: name, job })), value] as const),
      );
      expect(new Map(living)).toEqual(new Map(wanted));
      await gateway.stop();
      const again = open(folder, clock);
      expect(new Map(Array.from(again.gateway.groups(), ({ labels, families }) => [labels.get('job'), families.size]))).toEqual(
        new Map(Array.from(want, ([job, kept]) => [job, kept.size])),
      );
      await again.gateway.stop();
      rmSync(folder, { recursive: true, force: true });
    }),
    { numRuns: 25 },
  );
});

test.each([
  [0, '0'],
  [100_000, '100000'],
  [1e6, '1e+06'],
  [1_234_567, '1.234567e+06'],
  [1_583_872_347.7166057, '1.5838723477166057e+09'],
  [0.0001, '0.0001'],
  [0.000_01, '1e-05'],
  [-2.5e6, '-2.5e+06'],
  [1e22, '1e+22'],
  [Number.NaN, 'NaN'],
  [-Infinity, '-Inf'],
])('%d is %s in Go', (value, text) => {
  expect(goNumber(value)).toBe(text);
});

test('while a large push is read others have their turn, and pushes that come meanwhile are kept too', async () => {
  const { gateway } = open(temporaryFolder(), new Hands());
  const large = (job: string) => put(gateway, `job/${job}`, Array.from({ length: 20_000 }, (_, i) => `m{i="${i}"} 1\n`).join(''));
  const seen = { turns: 0, done: false };
  const pushes = Promise.all([large('a'), put(gateway, 'job/b', 'm 1\n'), large('c')]).finally(() => (seen.done = true));
  while (!seen.done) {
    await setImmediate();
    seen.turns++;
  }
  await pushes;
  expect(seen.turns).toBeGreaterThan(50);
  expect(Array.from(gateway.groups(), samplesOf).toSorted((a, b) => a - b)).toEqual([1, 20_000, 20_000]);
});

const NATIVE_BUCKETS = [
  [1, '-2.8284271247461903', '-2', '5'],
  [3, '-0.5', '0.5', '1'],
  [0, '1', '1.4142135623730951', '1'],
  [0, '1.4142135623730951', '2', '2'],
];

test('a native histogram is written whole, again each interval, over a restart, and ends with its group', async () => {
  const folder = temporaryFolder();
  const clock = new Hands();
  const native = {
    schema: 1,
    zeroThreshold: 0.5,
    zeroCount: 1,
    positive: [[1, [1, 2]]] as const,
    negative: [[3, [5]]] as const,
  };
  const metric = { count: 9, sum: Number.NaN, native };
  const body = encodeExposition([
    { name: 'before', type: 1, metrics: [{ value: 1 }] },
    { name: 'h', type: 4, metrics: [metric, { ...metric, labels: { i: '2' }, sum: 7 }] },
    { name: 'z', type: 1, metrics: [{ value: 2 }] },
  ]);
  const first = open(folder, clock);
  await first.gateway.push(SENDER, readGroupPath('job/a'), 'replace', (group, nowMs) => readPushedProtobuf(body, group, nowMs));
  const pushed = first.store.batches[0]?.histograms;
  expect([...(pushed ?? [])]).toMatchObject([
    [
      1,
      { count: 9, zeroCount: 1, zeroThreshold: 0.5, positiveBuckets: Float64Array.of(1, 2), negativeBuckets: Float64Array.of(5) },
    ],
    [2, { count: 9, sum: 7 }],
  ]);
  expect(describeGroup([...first.gateway.groups()][0]!)['h']).toMatchObject({
    metrics: [
      { count: '9', sum: 'NaN' },
      { count: '9', sum: '7', buckets: NATIVE_BUCKETS },
    ],
  });
  await first.gateway.stop();

  const second = open(folder, clock);
  await clock.pass(15_000);
  await vi.waitUntil(() => second.store.batches.length > 0);
  expect([...(second.store.batches[0]?.histograms ?? [])]).toEqual([...(pushed ?? [])]);
  await second.gateway.remove(SENDER, readGroupPath('job/a'));
  expect(second.store.last('h{i="2", job="a"}')).toBe('stale');
});

test('buckets of native histograms take of the room that groups have', async () => {
  const { gateway } = open(temporaryFolder(), new Hands(), { groups: 10, samplesAGroup: 100, samples: 100, chars: 1_000 });
  const push = (buckets: number): Promise<void> => {
    const native = { schema: 0, positive: [[0, Array.from({ length: buckets }, () => 1)]] as const };
    const body = encodeExposition([{ name: 'h', type: 4, metrics: [{ count: buckets, native }] }]);
    return gateway.push(SENDER, readGroupPath('job/a'), 'replace', (group, nowMs) => readPushedProtobuf(body, group, nowMs));
  };
  await push(100);
  await expect(push(130)).rejects.toThrow(/more than 1000 characters in all/);
});
