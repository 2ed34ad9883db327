import { expect, test } from 'vitest';
import { beginTurn } from './body-turns.ts';

const never = new AbortController().signal;

test('four have their turn at a time, and the next in the order they came', async () => {
  const ends = await Promise.all(Array.from({ length: 4 }, () => beginTurn(never)));
  const order: string[] = [];
  const later = ['a', 'b', 'c'].map(async (name) => {
    const end = await beginTurn(never);
    order.push(name);
    return end;
  });
  await new Promise(setImmediate);
  expect(order).toEqual([]);
  ends[0]?.();
  // Once is enough, and twice gives no turn away.
  ends[0]?.();
  await later[0];
  expect(order).toEqual(['a']);
  for (const end of ends.slice(1)) end();
  for (const end of await Promise.all(later)) end();
  expect(order).toEqual(['a', 'b', 'c']);
});

test('whoever goes away waits no more, and leaves its turn to the next', async () => {
  const ends = await Promise.all(Array.from({ length: 4 }, () => beginTurn(never)));
  const gone = new AbortController();
  const first = beginTurn(gone.signal);
  const second = beginTurn(never);
  gone.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  await expect(beginTurn(gone.signal)).rejects.toThrow('gone');
  ends[0]?.();
  (await second)();
  for (const end of ends) end();
});
