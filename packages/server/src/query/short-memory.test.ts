import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { shortMemory } from './short-memory.ts';

function memory(maxWeight = 100) {
  let now = 0;
  let worked = 0;
  const made = shortMemory<string>(
    10,
    maxWeight,
    (answer) => answer.length,
    () => now,
  );
  const ask = (key: string, answer = key): Promise<string> =>
    made.get(key, async () => {
      worked++;
      return answer;
    });
  return { ask, made, worked: () => worked, wait: (ms: number) => (now += ms) };
}

test('works something out once for a while', async () => {
  const { ask, worked, wait } = memory();
  expect(await Promise.all([ask('a'), ask('a')])).toEqual(['a', 'a']);
  wait(9);
  await ask('a');
  expect(worked()).toBe(1);
  wait(1);
  await ask('a');
  expect(worked()).toBe(2);
});

test('forgets the oldest where it holds too much', async () => {
  const { ask, worked } = memory(8);
  await ask('a', 'xxx');
  await ask('b', 'xxx');
  await ask('c', 'xxx');
  expect(worked()).toBe(3);
  await ask('c', 'xxx');
  expect(worked()).toBe(3);
  await ask('a', 'xxx');
  expect(worked()).toBe(4);
});

test('keys weigh as well, long ones as much as their digests', async () => {
  const { ask, worked } = memory(100);
  await ask('a'.repeat(60), '');
  await ask('b'.repeat(60), '');
  await ask('b'.repeat(60), '');
  expect(worked()).toBe(2);
  await ask('a'.repeat(60), '');
  expect(worked()).toBe(3);
  const long = 'x'.repeat(100_000);
  expect([await ask(`${long}1`, '1'), await ask(`${long}2`, '2'), await ask(`${long}1`, '3')]).toEqual(['1', '2', '1']);
});

test('holds nothing that is over once something new is asked', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let now = 0;
  const made = shortMemory<object>(
    10,
    1_000,
    () => 1,
    () => now,
  );
  const old = new WeakRef(await made.get('old', async () => ({})));
  now = 10;
  await made.get('new', async () => ({}));
  // What a reference has just read is kept until the turn ends.
  await new Promise(setImmediate);
  collect();
  expect(old.deref()).toBeUndefined();
});

test('forgets failures', async () => {
  const { ask, made } = memory();
  await expect(made.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await ask('a')).toBe('a');
});
