import { isKnownUnit, unitOf } from '@vitrine/model/unit/unit-table.ts';
import { describe, expect, test } from 'vitest';

import { loadGrafanaData } from '../../../../scripts/peers/grafana-data.ts';
import { displayText } from './display.ts';
import { unitFormatter } from './format-unit.ts';

interface Formatted {
  readonly prefix?: string;
  readonly text: string;
  readonly suffix?: string;
}

const grafana = loadGrafanaData<{
  getValueFormats(): readonly { readonly submenu: readonly { readonly value: string }[] }[];
  getValueFormat(id: string): (value: number, decimals?: number, scaled?: undefined, timeZone?: string) => Formatted;
}>();

const IDS = grafana.getValueFormats().flatMap(({ submenu }) => submenu.map(({ value }) => value));
const CUSTOM = [
  'suffix:tok',
  'prefix:P',
  'si:F',
  'si:mF',
  'si:tok',
  'count:jobs',
  'currency:R',
  'bool:up/down',
  'TFLOPS',
  'a:b',
  '%',
];
const READER = { timeZone: 'UTC', nowMs: () => Date.now() };

function ours(id: string, value: number, decimals: number | undefined): string {
  return displayText(unitFormatter(id, decimals, READER)(value));
}

function theirs(id: string, value: number, decimals: number | undefined): string {
  const { prefix = '', text, suffix = '' } = grafana.getValueFormat(id)(value, decimals, undefined, 'utc');
  return prefix + text + suffix;
}

// What differs on purpose, each as one rule for all ids.

/** We write a true minus sign, group thousands, put one space before a suffix, and never the letter e of an exponent. */
function plainDigits(text: string): string {
  return text
    .replaceAll('−', '-')
    .replace(
      /×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/,
      (_, power: string) => `e${Array.from(power, (c) => '-0123456789'['⁻⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)]).join('')}`,
    )
    .replaceAll(',', '');
}

/** We write units as SI does, and words that are not symbols in full. */
const SPELLING: readonly (readonly [theirs: RegExp, ours: string])[] = [
  [/FLOPS$/, 'FLOP/s'],
  [/W-Min$/, 'W·min'],
  [/Lm$/, 'lm'],
  [/^dbm$/, 'dBm'],
  [/^ksi$/, 'kpsi'],
  [/^lux$/, 'lx'],
  [/m\/sec²$/, 'm/s²'],
  [/f\/sec²$/, 'ft/s²'],
  [/^"Hg$/, 'inHg'],
  [/^cms$/, 'm³/s'],
  [/^cfs$/, 'ft³/s'],
  [/^cfm$/, 'ft³/min'],
  [/rd\//, 'reads/'],
  [/wr\//, 'writes/'],
  [/evts?\//, 'events/'],
  [/msgs?\//, 'messages/'],
  [/rec\//, 'records/'],
  [/\/m$/, '/min'],
];

/** Powers of ten in words. We stop at trillions, and write them as one letter. */
const COUNT_WORDS: Readonly<Record<string, number>> = {
  K: 1e3,
  M: 1e6,
  B: 1e9,
  T: 1e12,
  Mil: 1e6,
  Bil: 1e9,
  Tri: 1e12,
  Quadr: 1e15,
  Quint: 1e18,
  Sext: 1e21,
  Sept: 1e24,
};
const SI: Readonly<Record<string, number>> = {
  f: -5,
  p: -4,
  n: -3,
  µ: -2,
  μ: -2,
  m: -1,
  '': 0,
  k: 1,
  M: 2,
  G: 3,
  T: 4,
  P: 5,
  E: 6,
  Z: 7,
  Y: 8,
};
const IEC: Readonly<Record<string, number>> = { '': 0, Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6, Zi: 7, Yi: 8 };
/** Seconds. Our years are the mean ones of the calendar; theirs vary by 7 parts in 10,000 with the stored unit. */
const DURATION: Readonly<Record<string, number>> = {
  ns: 1e-9,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  mins: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  week: 604_800,
  weeks: 604_800,
  y: 31_556_952,
  year: 31_556_952,
  years: 31_556_952,
};

interface Read {
  readonly digits: string;
  /** In the stored unit. */
  readonly amount: number;
  /** What half a unit of the last digit is worth. */
  readonly half: number;
  /** The prefix of the unit as a number. */
  readonly scale: number;
  /** What is left of the suffix without the prefix. */
  readonly stem: string;
  readonly before: string;
}

/** Takes a text apart: what stands before the digits, the digits, the scale, the unit. */
function read(id: string, text: string): Read {
  const [, sign = '', before = '', inner = '', digits = '', rest = ''] =
    /^(-?)([^\d-]*?)(-?)(\d[\d.]*(?:e[-+]?\d+)?)(.*)$/s.exec(plainDigits(text)) ?? [];
  const { scale, stem } = unscaled(id, rest.trim());
  const number = Number(sign + inner + digits);
  const decimals = (/\.(\d+)/.exec(digits)?.[1]?.length ?? 0) - Number(/e([-+]?\d+)/.exec(digits)?.[1] ?? 0);
  return { digits, amount: number * scale, half: 0.5 * 10 ** -decimals * scale, scale, stem, before };
}

function unscaled(id: string, suffix: string): { scale: number; stem: string } {
  const unit = unitOf(id);
  const stem = SPELLING.reduce((text, [from, to]) => text.replace(from, to), suffix);
  switch (unit.kind) {
    case 'plain':
      return { scale: 1 / (unit.factor ?? 1), stem };
    case 'duration':
      return { scale: (DURATION[stem] ?? Number.NaN) / unit.seconds, stem: '' };
    case 'scaled': {
      const prefix = stem.slice(0, stem.length - unit.suffix.length);
      const power = (unit.base === 1000 ? SI : IEC)[prefix];
      return { scale: unit.base ** ((power ?? Number.NaN) - unit.exponent), stem: stem.slice(prefix.length) };
    }
    default: {
      // "K req/s", "Kkr", " Mil".
      const [, word = ''] = /^(Mil|Bil|Tri|Quadr|Quint|Sext|Sept|[KMBT])/.exec(stem) ?? [];
      const own = 'suffix' in unit ? unit.suffix : 'symbol' in unit && unit.after ? unit.symbol : '';
      if (word === '' || stem === own) return { scale: 1, stem };
      return { scale: COUNT_WORDS[word]!, stem: stem.slice(word.length).trim() };
    }
  }
}

/** Where the scale may differ: counts below 10,000 stay whole and above trillions stay trillions; what is counted has no milli; weeks are days; microseconds reach minutes, and psi more than mega; a length of time may be shorter than its unit. */
function mayScaleOtherwise(id: string, value: number): boolean {
  const unit = unitOf(id);
  const magnitude = Math.abs(value);
  if (unit.kind === 'count' || unit.kind === 'currency') return magnitude < 10_000 || magnitude >= 999e12;
  if (unit.kind === 'scaled')
    return (
      /^(?:[Bb](?:\/|$)|(?:p|H|FLOP)\/|psi$)/.test(unit.suffix) && (magnitude < 1 || (id === 'pressurepsi' && magnitude >= 1e9))
    );
  if (unit.kind !== 'duration') return false;
  const seconds = magnitude * unit.seconds;
  return magnitude < 1 || (id === 'µs' && seconds >= 59) || (seconds >= 7 * 86_400 * 0.99 && seconds < 366 * 86_400);
}

/** Just below a step of the scale we go up where the digits would round to it: 999.96 k is 1 M. */
function isNearStep(a: number, b: number): boolean {
  return [1000, 1024, 60, 24, 365].some((step) => Math.abs(Math.max(a / b, b / a) / step - 1) < 1e-3);
}

const VALUES = [
  0,
  1,
  2,
  0.5,
  0.25,
  7,
  42,
  59.7,
  61.25,
  99.95,
  100,
  250,
  512,
  999,
  1000,
  1023,
  1024,
  1234.5678,
  5000,
  9999,
  10_000,
  12_345.678,
  93_784.5,
  1e6,
  1_234_567,
  87_654_321,
  1e9,
  2 ** 31,
  123_456_789_012,
  1e12,
  3.21e14,
  5e15,
  1e18,
  0.1,
  0.012,
  0.001,
  0.000_45,
  1.5e-6,
  2e-8,
  1e-10,
  4e-13,
].flatMap((value) => (value === 0 ? [value] : [value, -value]));

const numeric = (id: string): boolean => ['plain', 'scaled', 'count', 'currency', 'duration'].includes(unitOf(id).kind);

test('there are 273 ids, and the table knows each', () => {
  expect(IDS).toHaveLength(273);
  expect(IDS.filter((id) => !isKnownUnit(id))).toEqual([]);
});

describe.each([...IDS, ...CUSTOM].filter(numeric))('%s', (id) => {
  test.each([undefined, 0, 1, 3])('says the same amount of the same unit with %s decimals', (decimals) => {
    for (const value of VALUES) {
      const [mine, peer] = [ours(id, value, decimals), theirs(id, value, decimals)];
      const [a, b] = [read(id, mine), read(id, peer)];
      const what = `${value}: "${mine}" and "${peer}"`;
      expect(a.stem, what).toBe(b.stem);
      expect(a.before, what).toBe(b.before);
      // Theirs may be coarser or finer: we show at most four significant digits, and no zeros at the end.
      const slack = a.half + b.half + Math.abs(value) * (unitOf(id).kind === 'duration' ? 8e-4 : 1e-9);
      expect(Math.abs(a.amount - b.amount), what).toBeLessThanOrEqual(slack * 1.001);
      if (mayScaleOtherwise(id, value)) continue;
      if (a.scale !== b.scale) {
        expect(isNearStep(a.scale, b.scale), what).toBe(true);
      } else if (decimals !== undefined && !/e/.test(a.digits + b.digits)) {
        const tied = Math.abs(a.amount - b.amount) > 0;
        if (!tied) expect(a.digits, what).toBe(b.digits);
      }
    }
  });
});

describe('units that are no number with a suffix', () => {
  const plain = (text: string): string => plainDigits(text);
  const lengths = [0, 0.4, 1, 59.7, 61.25, 3661, 93_784.5, 1e6, 31_535_999, 1e9];

  test.each(['dthms', 'dtdhms'])('%s', (id) => {
    for (const value of lengths) expect(ours(id, value, undefined)).toBe(theirs(id, value, undefined));
    // A length before now has a minus sign with us, not the word "ago": it may be no time at all.
    for (const value of [-61, -93_784])
      expect(plain(ours(id, value, undefined))).toBe(`-${theirs(id, value, undefined).replace(' ago', '')}`);
  });

  test.each(['clocks', 'clockms'])('%s', (id) => {
    for (const value of lengths) {
      for (const decimals of [undefined, 0, 1, 2, 3]) expect(ours(id, value, decimals)).toBe(theirs(id, value, decimals));
    }
  });

  test.each(['dtdurations', 'dtdurationms'])('%s', (id) => {
    // Less than a millisecond is "0 seconds" with us, and with them nothing at all.
    for (const value of lengths.filter((value) => value >= 1)) {
      for (const decimals of [undefined, 0, 1, 3])
        expect(ours(id, value, decimals), `${value}`).toBe(theirs(id, value, decimals));
    }
  });

  test.each(['bool', 'bool_yes_no', 'bool_on_off', 'bool:up/down'])('%s', (id) => {
    for (const value of [0, 1, -3, 0.1]) expect(ours(id, value, undefined)).toBe(theirs(id, value, undefined));
  });

  // We round to whole numbers: nobody reads a hexadecimal fraction.
  test.each(['hex', 'hex0x'])('%s', (id) => {
    for (const value of [0, 1, 255, 3661, 2 ** 32, -17]) {
      expect(plain(ours(id, value, undefined))).toBe(theirs(id, value, undefined));
    }
  });

  test('sci', () => {
    for (const value of VALUES) {
      for (const decimals of [0, 1, 3])
        expect(Number(plain(ours('sci', value, decimals)))).toBe(Number(theirs('sci', value, decimals)));
      expect(Number(plain(ours('sci', value, undefined)))).toBeCloseTo(
        Number(theirs('sci', value, undefined)),
        -Math.log10(Math.abs(value) || 1) + 2,
      );
    }
  });

  test('locale', () => {
    for (const value of [0, 1, 999.5, 1234.5678, 12_345_678.9]) {
      for (const decimals of [undefined, 0, 1, 3])
        expect(ours('locale', value, decimals)).toBe(theirs('locale', value, decimals));
    }
  });

  test('string', () => {
    for (const value of VALUES.filter((value) => Math.abs(value) > 1e-6))
      expect(plain(ours('string', value, 1))).toBe(theirs('string', value, 1));
  });

  const instants = [0, 1234.5678, Date.UTC(2026, 10, 22, 18, 5, 9), Date.UTC(1999, 11, 31, 23, 59, 59), -1];
  test.each([
    'dateTimeAsIso',
    'dateTimeAsIsoNoDateIfToday',
    'dateTimeAsUS',
    'dateTimeAsUSNoDateIfToday',
    'dateTimeAsSystem',
    'time:YYYY-MM-DD',
    'time:dddd, D. MMMM YY HH:mm:ss.SSS [o’clock]',
  ])('%s', (id) => {
    for (const ms of [...instants, Date.now()]) expect(ours(id, ms, undefined)).toBe(theirs(id, ms, undefined));
  });

  test('dateTimeFromNow', () => {
    for (const seconds of [
      0, 3, 44, 46, 89, 91, 2640, 2760, 5340, 5460, 75_600, 79_200, 126_000, 133_200, 2_160_000, 3e6, 4e6, 27e6, 28e6, 4.7e7, 9e7,
    ]) {
      for (const ms of [Date.now() - seconds * 1000, Date.now() + seconds * 1000 + 400]) {
        expect(ours('dateTimeFromNow', ms, undefined), `${seconds} s`).toBe(theirs('dateTimeFromNow', ms, undefined));
      }
    }
  });
});

test('what is no finite number is a word in every unit: "NaN", and "+Inf" where they have "∞"', () => {
  for (const id of IDS.filter(numeric)) {
    expect(ours(id, Number.NaN, undefined)).toBe('NaN');
    expect(theirs(id, Number.NaN, undefined)).toContain('NaN');
    expect(ours(id, Number.POSITIVE_INFINITY, 1)).toBe('+Inf');
    expect(ours(id, Number.NEGATIVE_INFINITY, 1)).toBe('−Inf');
  }
});
