import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DamagedChunk, decodeChunk, encodeChunk } from './chunk.ts';
import { Columns } from './columns.ts';
import { keepBetween } from '../series-samples.ts';
import { decodeTimes, encodeTimes, SharedTimes } from './times.ts';

type Sample = readonly [timestampMs: number, bits: bigint];

const bitsOf = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint;

function columnsOf(samples: readonly Sample[]): Columns {
  const columns = new Columns(4);
  for (const [timestampMs, bits] of samples) columns.push(timestampMs, Number(bits & 0xffffffffn), Number(bits >> 32n));
  return columns;
}

function roundTrip(samples: readonly Sample[]): Sample[] {
  const columns = columnsOf(samples);
  const out = new Columns(1);
  out.push(1, 2, 3);
  decodeChunk(encodeChunk(columns, 0, columns.length), out);
  expect(out.length).toBe(samples.length + 1);
  return samplesIn(out, 1);
}

function samplesIn({ length, timestampsMs, words }: Columns, from: number): Sample[] {
  return Array.from({ length: length - from }, (_, i) => [
    timestampsMs[from + i] as number,
    (BigInt(words[2 * (from + i) + 1] as number) << 32n) | BigInt(words[2 * (from + i)] as number),
  ]);
}

function at15s(values: readonly number[]): Sample[] {
  return values.map((value, i) => [1_700_000_000_000 + i * 15_000, bitsOf(value)]);
}

const sine = (amplitude: number, round: (x: number) => number) =>
  Array.from({ length: 960 }, (_, i) => round(amplitude * Math.sin(i / 7) + amplitude));

function summed(count: number, step: (i: number) => number): number[] {
  let total = 0;
  return Array.from({ length: count }, (_, i) => (total += step(i)));
}

describe('a chunk gives back the bits it was given', () => {
  test.each<[name: string, samples: Sample[]]>([
    ['one sample', at15s([1.5])],
    ['two samples', at15s([1, 2])],
    ['a constant', at15s(Array(300).fill(0.1))],
    ['a counter', at15s(sine(1e6, Math.round))],
    ['decimals', at15s(sine(50, (x) => Math.round(x * 100) / 100))],
    ['float32', at15s(sine(3, Math.fround))],
    ['any double', at15s(sine(3, (x) => x))],
    ['integers at the limit', at15s([2 ** 51, -(2 ** 51), 0, 2 ** 51 - 1])],
    ['integers past the limit', at15s([2 ** 53, 2 ** 60, -(2 ** 62), 1])],
    ['-0 among integers', at15s([...Array(100).keys(), -0])],
    ['small negative decimals', at15s([-0.1, -0.00001, 0, 1e-300, 0.3])],
    ['infinities', at15s([...Array(100).keys(), Infinity, -Infinity])],
    ['a counter with rare leaps', at15s(summed(960, (i) => (i % 37 === 5 ? 1e6 + i : i % 3)))],
    [
      'a gauge with rare leaps both ways',
      at15s(sine(20, Math.round).map((x, i) => (i % 41 === 7 ? (i % 2 === 0 ? -1e12 : 1e12) : x))),
    ],
    [
      'leaps at the ends of groups',
      at15s(Array.from({ length: 193 }, (_, i) => ([0, 1, 63, 64, 65, 127, 128, 192].includes(i) ? 1e9 : 3))),
    ],
    [
      'leaps over the whole range',
      at15s(Array.from({ length: 100 }, (_, i) => (i % 50 === 49 ? 2 ** 51 : i % 50 === 48 ? -(2 ** 51) : i % 7))),
    ],
    ['the stale marker after a counter', [...at15s([...Array(100).keys()]), [1_800_000_000_000, 0x7ff0000000000002n]]],
    ['the stale marker before a counter', [[0, 0x7ff0000000000002n], ...at15s([...Array(100).keys()])]],
    ['only NaNs of many payloads', Array.from({ length: 200 }, (_, i) => [i, 0x7ff8000000000000n + BigInt(i * i)] as const)],
    ['milliseconds times 0.001', at15s(sine(1e6, (x) => Math.round(x) * 0.001))],
    ['the same below nought', at15s(sine(1e6, (x) => -Math.round(x) * 0.001))],
    ['a sum of milliseconds', at15s(summed(960, (i) => ((i * 7919) % 5000) / 1000))],
    ['a sum that crosses a power of two', at15s(summed(200, (i) => 0.1 * (i % 3)).map((x) => x - 8))],
    ['a sum with gaps', at15s(summed(200, (i) => 0.001 * i).map((x, i) => (i % 50 === 0 ? Number.NaN : x)))],
    ['denormals', at15s([5e-324, 1e-310, 2.2e-308])],
  ])('%s', (_, samples) => {
    expect(roundTrip(samples)).toEqual(samples);
  });

  const timestamps = fc
    .tuple(
      fc.integer({ min: -1e12, max: 2e12 }),
      fc.array(fc.oneof(fc.constant(15_000), fc.nat(1e9)), { minLength: 1, maxLength: 300 }),
    )
    .map(([start, steps]) => {
      let now = start;
      return steps.map((step) => (now += step + 1));
    });
  const bits = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.double().map(bitsOf),
    fc.integer().map(bitsOf),
    fc.maxSafeInteger().map(bitsOf),
    fc.integer().map((n) => bitsOf(n / 1000)),
    fc.float().map(bitsOf),
    fc.constantFrom(0x7ff0000000000002n, 0x8000000000000000n),
  );
  const kinds = fc.oneof(
    fc.constant(bits),
    fc.constant(fc.integer({ min: -1000, max: 1000 }).map(bitsOf)),
    fc.constant(fc.oneof({ weight: 30, arbitrary: fc.integer().map((n) => bitsOf(n / 100)) }, { weight: 1, arbitrary: bits })),
    fc.constant(fc.float().map(bitsOf)),
    fc.constant(
      fc.oneof({ weight: 20, arbitrary: fc.nat(3).map(bitsOf) }, { weight: 1, arbitrary: fc.maxSafeInteger().map(bitsOf) }),
    ),
    fc.constant(fc.maxSafeInteger().map(bitsOf)),
    // A decimal, and some places beside it.
    fc.constant(
      fc.tuple(fc.integer(), fc.constantFrom(10, 1000, 1e6, 1e9), fc.integer({ min: -3, max: 3 })).map(([n, power, beside]) => {
        const bits = bitsOf(n / power);
        return n === 0 ? bits : bits + BigInt(beside);
      }),
    ),
  );

  const samples = fc
    .tuple(timestamps, kinds)
    .chain(([times, kind]) =>
      fc
        .array(kind, { minLength: times.length, maxLength: times.length })
        .map((all) => times.map((t, i) => [t, all[i]!] as const)),
    );

  test('property: of a part of the time as of all', () => {
    fc.assert(
      fc.property(samples, fc.nat(), fc.nat(), fc.boolean(), (all, one, other, isShared) => {
        const columns = columnsOf(all);
        const [from, to] = [one % all.length, other % all.length].sort((a, b) => a - b) as [number, number];
        const [fromMs, toMs] = [all[from]![0], all[to]![0]];
        const out = new Columns(1);
        out.clear(fromMs, toMs);
        const chunk = encodeChunk(columns, 0, columns.length, 0, isShared ? 7 : undefined);
        decodeChunk(chunk, out, false, () => columns.timestampsMs.slice(0, columns.length));
        keepBetween(out, fromMs, toMs);
        expect(samplesIn(out, 0)).toEqual(all.filter(([t]) => t >= fromMs && t <= toMs));
      }),
      { numRuns: 400 },
    );
  });

  test('property: any timestamps in order, any bits', () => {
    fc.assert(
      fc.property(samples, (wanted) => {
        expect(roundTrip(wanted)).toEqual(wanted);
      }),
      { numRuns: 400 },
    );
  });
});

describe('timestamps that are stored elsewhere', () => {
  const columns = columnsOf(Array.from({ length: 100 }, (_, i) => [i * 1000 + ((i * 7919) % 13), bitsOf(i)] as const));
  const times = encodeTimes(columns.timestampsMs, 0, 100);
  const chunk = encodeChunk(columns, 0, 100, 0, 7);

  test('are put in their place', () => {
    const out = new Columns(1);
    out.push(-5, 0, 0);
    decodeChunk(chunk, out, false, (id) => decodeTimes(id === 7 ? times : new Uint8Array()));
    expect([...out.timestampsMs.subarray(1, 101)]).toEqual([...columns.timestampsMs.subarray(0, 100)]);
    expect([...out.values.subarray(1, 101)]).toEqual([...columns.values.subarray(0, 100)]);
  });

  test.each<[problem: string, timesOf: undefined | (() => Float64Array)]>([
    ['nobody knows them', undefined],
    ['they are others', () => new Float64Array(99)],
    ['they are damaged', () => decodeTimes(times.map((byte, i) => (i === 9 ? byte ^ 1 : byte)))],
    ['they are cut', () => decodeTimes(times.subarray(0, 3))],
  ])('are missed where %s', (_, timesOf) => {
    const out = new Columns(1);
    expect(() => decodeChunk(chunk, out, false, timesOf)).toThrow(DamagedChunk);
    expect(out.length).toBe(0);
  });

  test('are read once by those who share them, and not kept without bound', () => {
    const read: number[] = [];
    const wide = encodeTimes(
      Float64Array.from({ length: 100_000 }, (_, i) => i * i),
      0,
      100_000,
    );
    const shared = new SharedTimes((id) => {
      read.push(id);
      return wide;
    });
    for (let round = 0; round < 2; round++) for (let id = 0; id < 30; id++) for (let k = 0; k < 3; k++) shared.get(id);
    expect(read).toHaveLength(60);
    expect(() => new SharedTimes(() => undefined).get(1)).toThrow(DamagedChunk);
  });
});

describe('a damaged chunk is told from a good one', () => {
  const good = (() => {
    const columns = columnsOf(at15s(sine(1000, Math.round)));
    return encodeChunk(columns, 0, columns.length);
  })();

  test('property: any changed byte', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = good.slice();
        bad[at]! ^= change;
        expect(() => decodeChunk(bad, new Columns())).toThrow(DamagedChunk);
      }),
    );
  });

  test('any cut', () => {
    for (let length = 0; length < good.length; length += 13) {
      expect(() => decodeChunk(good.slice(0, length), new Columns())).toThrow(DamagedChunk);
    }
  });
});

describe('size', () => {
  test.each<[name: string, values: number[], bytes: number]>([
    ['a constant', Array(960).fill(7), 40],
    ['a straight counter', Array.from({ length: 960 }, (_, i) => i * 150), 40],
    ['a counter of some hundreds an interval', sine(1, () => 0).map((_, i) => i * 300 + ((i * 7919) % 200)), 1300],
    ['a counter that stands still but for rare leaps', summed(960, (i) => (i % 97 === 5 ? 5000 + i : 0)), 150],
    ['memory in pages', sine(200, Math.round).map((pages) => pages * 4096), 1100],
    ['milliseconds times 0.001', summed(960, (i) => (i * 7919) % 200).map((x) => x * 0.001), 1600],
    ['a sum of microseconds', summed(960, (i) => ((i * 7919) % 100_000) / 1e6), 4000],
    ['a percentage with two decimals', sine(50, (x) => Math.round(x * 100) / 100), 1700],
  ])('960 samples of %s', (_, values, bytes) => {
    const columns = columnsOf(at15s(values));
    expect(encodeChunk(columns, 0, columns.length).length).toBeLessThanOrEqual(bytes);
  });
});
