import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, onTestFinished, test } from 'vitest';
import { askAgain } from './ask-again.ts';

/** A query that is shown; each question waits until it is answered. */
function shown() {
  const client = new QueryClient();
  const waiting: ((answer: string) => void)[] = [];
  const queryFn = () => new Promise<string>((resolve) => waiting.push(resolve));
  const observer = new QueryObserver(client, { queryKey: ['runs', 'a'], queryFn });
  onTestFinished(observer.subscribe(() => {}));
  const state = { asked: 0 };
  const answer = async (text: string): Promise<void> => {
    await expect.poll(() => waiting.length, { interval: 1 }).toBe(1);
    state.asked++;
    waiting.shift()!(text);
  };
  return { client, state, waiting, answer, data: () => observer.getCurrentResult().data };
}

test('what changes while a question is under way is asked for once more after it, and only once', async () => {
  const { client, state, waiting, answer, data } = shown();
  await answer('running');
  await expect.poll(data, { interval: 1 }).toBe('running');
  const first = askAgain(client, ['runs']);
  const meanwhile = [askAgain(client, ['runs']), askAgain(client, ['runs', 'a'])];
  await answer('still running');
  await first;
  await answer('finished');
  await Promise.all(meanwhile);
  expect(data()).toBe('finished');
  expect(state.asked).toBe(3);
  expect(waiting).toEqual([]);
});

test('a question that fails is no reason not to ask again', async () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  let asked = 0;
  const queryFn = () => (++asked === 1 ? Promise.reject(new Error('gone')) : Promise.resolve('there'));
  const observer = new QueryObserver<string>(client, { queryKey: ['runs'], queryFn });
  onTestFinished(observer.subscribe(() => {}));
  await askAgain(client, ['runs']);
  expect(observer.getCurrentResult().data).toBe('there');
});
