import { setImmediate } from 'node:timers/promises';
import type { SampleBatch } from '@vitrine/model/sample-store.ts';
import { expect, test } from 'vitest';
import { openMetrics } from '../../self/metrics.ts';
import { createIntake } from '../intake.ts';
import { senderAt } from '../sender.ts';
import { createLineReceiver } from './line-receiver.ts';

const SENDER = senderAt('10.0.0.1');
const NOW = 1_700_000_000_000;

function receiver() {
  const appended: SampleBatch[] = [];
  const intake = createIntake({
    append: (batch) => {
      appended.push(structuredClone(batch));
      return Promise.resolve({ accepted: batch.values.length, rejected: [], rejectedCount: 0 });
    },
    metrics: openMetrics('1.2.3'),
    samplesPerSecond: 0,
  });
  const { receive } = createLineReceiver(intake, () => NOW);
  return {
    appended,
    intake,
    receive: (text: string) => receive(SENDER, { bytes: Buffer.from(text), database: '', precision: 'ms' }),
  };
}

const lines = (count: number, name: string): string =>
  Array.from({ length: count }, (_, i) => `${name},host=h${i % 1_000} x=${i},y=${i}i ${i}\n`).join('');

test('while a body of several MB is read, others have their turn', async () => {
  const { receive, appended } = receiver();
  const body = lines(150_000, 'large');
  const done = new AbortController();
  let turns = 0;
  const counting = (async () => {
    while (!done.signal.aborted) {
      turns++;
      await setImmediate();
    }
  })();
  await receive(body);
  done.abort();
  await counting;
  expect(turns).toBeGreaterThan(body.length / (512 * 1_024));
  expect(appended.map(({ values, seriesKeys }) => [values.length, seriesKeys.length])).toEqual([[300_000, 2_000]]);
});

test('bodies that come at once do not mix, be they large or small', async () => {
  const { receive, appended } = receiver();
  const bodies = [lines(60_000, 'm'), lines(60_000, 'm'), lines(10, 'm'), lines(2_000, 'n')];
  const outcomes = await Promise.all(bodies.map(receive));
  expect(outcomes.map(({ stored, badLines }) => [stored.accepted, badLines])).toEqual([
    [120_000, 0],
    [120_000, 0],
    [20, 0],
    [4_000, 0],
  ]);
  for (const { seriesKeys, seriesIndex, values } of appended) {
    expect(new Set(seriesKeys).size).toBe(seriesKeys.length);
    const wrong = values.findIndex((value, i) => !seriesKeys[seriesIndex[i] as number]?.includes(`h${value % 1_000}\u0002`));
    expect(wrong).toBe(-1);
  }
});

test('a body with too many values is refused, and the next one is taken', async () => {
  const { receive, appended } = receiver();
  const [outcome] = await Promise.allSettled([receive(lines(501_000, 'm')), receive(lines(60_000, 'm'))]);
  expect(outcome).toMatchObject({
    status: 'rejected',
    reason: { status: 413, message: expect.stringContaining('1000000 values') },
  });
  expect(appended.map(({ values }) => values.length)).toEqual([120_000]);
});

test('what was wrong stands in the book of what arrived', async () => {
  const { receive, intake } = receiver();
  await receive('good x=1\nbad\nalso bad\ntext s="a",t="b"\n');
  expect(intake.arrivals()).toMatchObject([
    {
      door: 'line protocol',
      messages: 1,
      accepted: 1,
      refused: 4,
      reasons: [
        { reason: 'text field', count: 2 },
        { reason: 'bad line', count: 2, sentence: expect.stringMatching(/^Line 2, "bad": it has no field/) },
      ],
    },
  ]);
});
