import { beforeAll, expect, test } from 'vitest';

import { CLASSES, PIXELS, pixelsOf, readDigits, splitDigits } from './digits.ts';
import type { Digits, DigitSplit } from './digits.ts';

let all: Digits;
let split: DigitSplit;

beforeAll(async () => {
  all = await readDigits();
  split = splitDigits(all);
});

test('reads ten thousand pictures of ten digits, with pixels from 0 to 1', () => {
  expect(all.count).toBe(10_000);
  expect(all.pixels).toHaveLength(all.count * PIXELS);
  expect(new Set(all.labels).size).toBe(CLASSES);
  expect(all.pixels.every((pixel) => pixel >= 0 && pixel <= 1)).toBe(true);
});

test('every digit is in exactly one part, and each part has every class', () => {
  const { train, validation, heldOut } = split;
  expect([train.count, validation.count, heldOut.count]).toEqual([7_500, 500, 2_000]);
  for (const part of [train, validation, heldOut]) expect(new Set(part.labels).size).toBe(CLASSES);
  const counted = new Map<string, number>();
  const count = (digits: Digits, by: number): void => {
    for (let i = 0; i < digits.count; i++) {
      const picture = Buffer.from(pixelsOf(digits, i).slice().buffer).toString('latin1');
      counted.set(picture, (counted.get(picture) ?? 0) + by);
    }
  };
  count(all, 1);
  for (const part of [train, validation, heldOut]) count(part, -1);
  expect([...counted.values()].every((left) => left === 0)).toBe(true);
});

test('another process gets the same parts', () => {
  expect(splitDigits(all).heldOut.labels).toEqual(split.heldOut.labels);
});
