import { Labels } from '@vitrine/model/labels.ts';
import { type AppendResult, type SampleBatch, StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import { Registry } from 'prom-client';
import { expect, test, vi } from 'vitest';
import { createIntake, type IntakeNeeds } from './intake.ts';
import { type Sender, senderAt, senderOfToken } from './sender.ts';

const HERE = senderAt('127.0.0.1');
const VISION: Sender = senderOfToken({ id: 'a1', name: 'vision', labels: Labels.from({ team: 'vision' }) }, '10.0.0.7');

/** Some samples of the series `m{…}`. */
function batch(count: number, ...series: Record<string, string>[]): SampleBatch {
  const labels = series.length === 0 ? [{}] : series;
  return {
    seriesKeys: labels.map((own) => Labels.from({ __name__: 'm', ...own }).key),
    seriesIndex: Uint32Array.from({ length: count }, (_, i) => i % labels.length),
    timestampsMs: Float64Array.from({ length: count }, (_, i) => i),
    values: new Float64Array(count),
  };
}

function intakeOver(changes: Partial<IntakeNeeds> = {}) {
  const clock = { nowMs: 1_000_000 };
  const stored: string[] = [];
  const registry = new Registry();
  const intake = createIntake({
    append(given): Promise<AppendResult> {
      stored.push(...given.seriesKeys.map((key) => String(Labels.fromKey(key))));
      return Promise.resolve({ accepted: given.values.length, rejected: [], rejectedCount: 0 });
    },
    metrics: { registry },
    samplesPerSecond: 0,
    now: () => clock.nowMs,
    ...changes,
  });
  return { intake, clock, stored, registry };
}

test('a sender’s labels stand on every series, over what it says itself', async () => {
  const { intake, stored } = intakeOver();
  await intake.take('otlp', VISION, batch(2, { pod: 'a' }, { pod: 'b', team: 'speech' }));
  await intake.take('otlp', HERE, batch(1, { team: 'speech' }));
  expect(stored).toEqual(['m{pod="a", team="vision"}', 'm{pod="b", team="vision"}', 'm{team="speech"}']);
});

test('series that a sender’s labels make one are one', async () => {
  const append = vi.fn<IntakeNeeds['append']>(() => Promise.resolve({ accepted: 3, rejected: [], rejectedCount: 0 }));
  const { intake } = intakeOver({ append });
  await intake.take('otlp', VISION, batch(3, { team: 'speech' }, { pod: 'a' }, { team: 'text' }));
  const [[{ seriesKeys, seriesIndex }] = [batch(0)]] = append.mock.calls;
  expect(seriesKeys.map((key) => String(Labels.fromKey(key)))).toEqual(['m{team="vision"}', 'm{pod="a", team="vision"}']);
  expect([...seriesIndex]).toEqual([0, 1, 0]);
});

test('exemplars stay with their series, and may come alone', async () => {
  const append = vi.fn<IntakeNeeds['append']>(() => Promise.resolve({ accepted: 0, rejected: [], rejectedCount: 0 }));
  const { intake } = intakeOver({ append });
  const exemplar = { labels: Labels.from({ trace_id: 't' }), value: 1, timestampMs: 1 };
  const exemplars = [0, 1, 2].map((seriesIndex) => ({ seriesIndex, exemplar }));
  await intake.take('remote write', VISION, { ...batch(0, { team: 'speech' }, { pod: 'a' }, { team: 'text' }), exemplars });
  await intake.take('remote write', VISION, batch(0, { pod: 'a' }));
  expect(append.mock.calls.map(([taken]) => taken.exemplars?.map(({ seriesIndex }) => seriesIndex))).toEqual([[0, 1, 0]]);
});

test('what was accepted and refused is told by door and sender, the latest first', async () => {
  const { intake, clock } = intakeOver();
  await intake.take('line protocol', HERE, batch(3), [{ reason: 'not a number', count: 2, sentence: 'Line 7: "x".' }]);
  clock.nowMs += 2_000;
  await intake.take('remote write', VISION, batch(5));
  intake.refuse('line protocol', HERE, { reason: 'not a number', count: 1, sentence: 'Line 1: "y".' });
  clock.nowMs += 1_000;
  intake.refuse('line protocol', HERE, { reason: 'too large', count: 1, sentence: 'Too large.' });
  expect(intake.arrivals()).toMatchObject([
    {
      door: 'line protocol',
      name: '',
      address: '127.0.0.1',
      messages: 3,
      accepted: 3,
      refused: 4,
      firstMs: 1_000_000,
      lastMs: 1_003_000,
      reasons: [
        { reason: 'too large', count: 1 },
        { reason: 'not a number', count: 3, sentence: 'Line 1: "y".' },
      ],
    },
    { door: 'remote write', name: 'vision', labels: { team: 'vision' }, messages: 1, accepted: 5, refused: 0, reasons: [] },
  ]);
});

test('the pace of the last minute is told by the second, without the one that is not over', async () => {
  const { intake, clock } = intakeOver();
  for (const seconds of [0, 1, 1]) {
    clock.nowMs += seconds * 1_000;
    await intake.take('statsd', HERE, batch(10 + seconds));
  }
  expect(intake.arrivals()[0]?.perSecond.slice(-3)).toEqual([0, 10, 11]);
  clock.nowMs += 57_000;
  expect(intake.arrivals()[0]?.perSecond.slice(0, 4)).toEqual([10, 11, 11, 0]);
  clock.nowMs += 3_600_000;
  expect(intake.arrivals()[0]?.perSecond.every((count) => count === 0)).toBe(true);
});

test.each([
  [new StoreBusy('Too much waits.', 1), 'try again later'],
  [new StoreReadOnly('The disk is full.'), 'disk full'],
] as const)('%s refuses the whole message, and says so', async (error, reason) => {
  const { intake } = intakeOver({ append: () => Promise.reject(error) });
  await expect(intake.take('otlp', HERE, batch(4))).rejects.toBe(error);
  expect(intake.arrivals()).toMatchObject([{ accepted: 0, refused: 4, reasons: [{ reason, sentence: error.message }] }]);
});

test('what a door keeps to hand in again is not refused', async () => {
  const append = vi.fn<IntakeNeeds['append']>(() => Promise.resolve({ accepted: 4, rejected: [], rejectedCount: 0 }));
  append.mockRejectedValueOnce(new StoreBusy('Too much waits.', 1)).mockRejectedValueOnce(new StoreReadOnly('The disk is full.'));
  const { intake, registry } = intakeOver({ append });
  const take = () => intake.take('graphite', HERE, batch(4), [], { triesAgain: true });
  await expect(take()).rejects.toBeInstanceOf(StoreBusy);
  await expect(take()).rejects.toBeInstanceOf(StoreReadOnly);
  expect(intake.arrivals()).toEqual([]);
  await take();
  expect(intake.arrivals()).toMatchObject([{ messages: 1, accepted: 4, refused: 0 }]);
  expect(await registry.metrics()).not.toMatch(/^vitrine_ingest_refused_total\{/m);
});

test('what the store refuses is told by its reason', async () => {
  const refused = { reason: 'too old', series: 'm{a="b"}', timestampMs: 0, count: 2 } as const;
  const { intake, registry } = intakeOver({
    append: () => Promise.resolve({ accepted: 1, rejected: [refused], rejectedCount: 5 }),
  });
  await intake.take('otlp', HERE, batch(6));
  expect(intake.arrivals()[0]?.reasons).toMatchObject([
    { reason: 'store', count: 3 },
    {
      reason: 'too old',
      count: 2,
      sentence: expect.stringMatching(/^A sample of m\{a="b"\} was refused: too old \(1970-01-01T00:00:00\.000Z is .*\)\.$/),
    },
  ]);
  expect(await registry.metrics()).toMatch(/vitrine_ingest_refused_total\{door="otlp",reason="too old"\} 2/);
});

test('a sender over its rate is told when to come back; others and scrapes are not held up', async () => {
  const { intake, clock } = intakeOver({ samplesPerSecond: 10 });
  await intake.take('otlp', VISION, batch(100));
  await intake.take('scrape', VISION, batch(100));
  await expect(intake.take('line protocol', VISION, batch(1))).rejects.toMatchObject({
    message: expect.stringContaining('10 samples a second, which is the limit (limits.ingest.rate)') as string,
    retryAfterSeconds: 1,
  });
  await intake.take('otlp', HERE, batch(130));
  await expect(intake.take('otlp', HERE, batch(1))).rejects.toMatchObject({ retryAfterSeconds: 4 });
  clock.nowMs += 4_000;
  await intake.take('otlp', HERE, batch(1));
  expect(intake.arrivals().find(({ door }) => door === 'line protocol')).toMatchObject({ accepted: 0, refused: 1 });
});

test('a clock that is set back holds nobody up', async () => {
  const { intake, clock } = intakeOver({ samplesPerSecond: 10 });
  await intake.take('otlp', HERE, batch(1));
  clock.nowMs -= 3_600_000;
  await intake.take('otlp', HERE, batch(1));
  await intake.take('otlp', HERE, batch(1));
});

test('what was not stored does not count against the rate', async () => {
  const busy = new StoreBusy('Too much waits.', 1);
  const append = vi.fn<IntakeNeeds['append']>(() => Promise.resolve({ accepted: 1, rejected: [], rejectedCount: 0 }));
  const { intake } = intakeOver({ samplesPerSecond: 10, append });
  append.mockRejectedValueOnce(busy);
  await expect(intake.take('otlp', HERE, batch(100))).rejects.toBe(busy);
  await intake.take('otlp', HERE, batch(100));
});

test('of very many senders the latest are kept, and none of another door is lost for them', async () => {
  const { intake } = intakeOver();
  await intake.take('otlp', VISION, batch(1));
  for (let i = 0; i < 2_000; i++) await intake.take('graphite', senderAt(`10.0.${i >> 8}.${i & 255}`), batch(1));
  const arrivals = intake.arrivals();
  expect(arrivals).toHaveLength(501);
  expect(arrivals.some(({ door }) => door === 'otlp')).toBe(true);
});

test('reasons and their sentences are bounded', () => {
  const { intake } = intakeOver();
  for (let i = 0; i < 50; i++) intake.refuse('upload', HERE, { reason: `reason ${i}`, count: 1, sentence: 'x'.repeat(10_000) });
  const [{ reasons, refused } = { reasons: [], refused: 0 }] = intake.arrivals();
  expect([reasons.length, reasons[0]?.reason, reasons[0]?.sentence.length, refused]).toEqual([10, 'reason 49', 500, 50]);
});

test('points of curves are kept at the sender’s pace, and noted like samples', async () => {
  const { intake, clock } = intakeOver({ samplesPerSecond: 10 });
  const refused = [{ reason: 'cut', count: 1, sentence: 'Tag "a".' }];
  expect(await intake.keep('mlflow', VISION, 101, () => Promise.resolve('kept'), refused)).toBe('kept');
  await expect(intake.keep('mlflow', VISION, 1, () => Promise.resolve('kept'))).rejects.toThrow(StoreBusy);
  clock.nowMs += 2_000;
  await expect(intake.keep('mlflow', VISION, 5, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await intake.keep('mlflow', VISION, 5, () => Promise.resolve('again'))).toBe('again');
  expect(intake.arrivals()).toMatchObject([
    { door: 'mlflow', name: 'vision', accepted: 106, refused: 2, reasons: [{ reason: 'try again later' }, { reason: 'cut' }] },
  ]);
});
