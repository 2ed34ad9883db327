import { expect, test } from 'vitest';
import { evenly } from './item-numbers.ts';

const MiB = 1024 * 1024;

function sized(...sizes: readonly number[]): { readonly at: number; readonly bytes: number }[] {
  return sizes.map((bytes, at) => ({ at, bytes }));
}

test.each([
  ['all that there are', sized(1, 1, 1), 10, [0, 1, 2], false],
  ['as many as are asked for', sized(...Array.from({ length: 10 }, () => 24)), 3, [0, 5, 9], false],
  ['the last, where it is one', sized(1, 1, 1), 1, [2], false],
  ['as many as have no more than 16 MiB', sized(...Array.from({ length: 9 }, () => 5 * MiB)), 9, [0, 4, 8], true],
  ['one that has as much as one may have', sized(...Array.from({ length: 9 }, () => 16 * MiB)), 1_000, [8], true],
  ['few, where one of them is large', sized(1, 16 * MiB, 1, 1), 4, [0, 2, 3], true],
  ['none', sized(), 5, [], false],
])('chosen evenly: %s', (_, all, most, places, isCut) => {
  const { chosen, ...rest } = evenly(all, most);
  expect([chosen.map(({ at }) => at), rest]).toEqual([places, { isCut }]);
});
