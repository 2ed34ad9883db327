import { expect, test } from 'vitest';
import { coalesce } from './coalesce.ts';

test('work is stopped only when all who wait have given up', async () => {
  const run = coalesce();
  const [first, second] = [new AbortController(), new AbortController()];
  let stopped = false;
  let runs = 0;
  const work = (signal: AbortSignal) => {
    runs++;
    signal.addEventListener('abort', () => (stopped = true));
    return new Promise<string>(() => {});
  };
  const answers = [run('a', first.signal, work), run('a', second.signal, work)];
  first.abort(new Error('gone'));
  await expect(answers[0]).rejects.toThrow('gone');
  expect([runs, stopped]).toEqual([1, false]);
  second.abort(new Error('gone too'));
  await expect(answers[1]).rejects.toThrow('gone too');
  expect(stopped).toBe(true);
});

test('who comes after a stop starts anew', async () => {
  const run = coalesce();
  const gone = new AbortController();
  const answer = run('a', gone.signal, () => new Promise(() => {}));
  gone.abort(new Error('gone'));
  await expect(answer).rejects.toThrow('gone');
  expect(await run('a', new AbortController().signal, () => Promise.resolve('fresh'))).toBe('fresh');
});

test('a failure reaches all, and is not kept', async () => {
  const run = coalesce();
  const { signal } = new AbortController();
  const fail = () => Promise.reject(new Error('no'));
  const answers = [run('a', signal, fail), run('a', signal, fail)];
  for (const answer of answers) await expect(answer).rejects.toThrow('no');
  expect(await run('a', signal, () => Promise.resolve(1))).toBe(1);
});

test('who has given up already does not start anything', async () => {
  const run = coalesce();
  await expect(run('a', AbortSignal.abort(new Error('gone')), () => Promise.reject(new Error('ran')))).rejects.toThrow('gone');
});
