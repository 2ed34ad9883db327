import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame, FrameShape, NumberField, PanelData } from '@vitrine/model/frame.ts';
import { countSeries, isEmpty, mergePanelData } from './merge.ts';

const STEP = 10;

/** Series are born and die; a value depends on its series and its time alone, so that any two answers agree. */
interface Life {
  readonly name: string;
  readonly bornMs: number;
  readonly diedMs: number;
}

function answer(lives: readonly Life[], fromMs: number, toMs: number, shape: FrameShape = 'series'): PanelData {
  const times: number[] = [];
  for (let t = Math.floor(fromMs / STEP) * STEP; t <= toMs; t += STEP) times.push(t);
  const fields: NumberField[] = [{ name: 'time', type: 'time', values: Float64Array.from(times) }];
  for (const { name, bornMs, diedMs } of lives) {
    const present = Uint8Array.from(times, (t) => (t >= bornMs && t < diedMs ? 1 : 0));
    if (!present.includes(1)) continue;
    const values = Float64Array.from(times, (t, i) => (present[i] === 1 ? t * 7 + name.length : 0));
    const labels = shape === 'buckets' ? { le: name } : { run: name };
    fields.push({ name, type: 'number', labels, values, ...(present.includes(0) ? { present } : {}) });
  }
  const frames: Frame[] = fields.length === 1 ? [] : [{ refId: 'A', shape, length: times.length, fields }];
  return {
    frames,
    growable: true,
    notices: [],
    traces: [],
    fromMs: times[0] ?? fromMs,
    toMs: times.at(-1) ?? toMs,
    stepMs: STEP,
  };
}

/** Everything a reader can see: each series' values by time, between two times. */
function visible(data: PanelData, fromMs: number): Record<string, Record<number, number>> {
  const seen: Record<string, Record<number, number>> = {};
  for (const frame of data.frames) {
    const [x, ...series] = frame.fields as NumberField[];
    for (const { labels, values, present } of series) {
      const points: Record<number, number> = {};
      for (let i = 0; i < frame.length; i++) {
        const t = x?.values[i] as number;
        if (t >= fromMs && present?.[i] !== 0) points[t] = values[i] as number;
      }
      if (Object.keys(points).length > 0) seen[JSON.stringify(labels)] = points;
    }
  }
  return seen;
}

const life = fc.record({
  name: fc.stringMatching(/^[a-z]{1,4}$/),
  bornMs: fc.integer({ min: 0, max: 400 }),
  diedMs: fc.integer({ min: 0, max: 500 }),
});

test('growing by parts shows what one full answer shows', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(life, { selector: ({ name }) => name, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0, max: 4 }),
      (lives, advances, overlapSteps) => {
        const lengthMs = 150;
        let toMs = 150;
        let data = answer(lives, toMs - lengthMs, toMs);
        for (const advance of advances) {
          toMs += advance;
          const fresh = answer(lives, Math.max(toMs - lengthMs, data.toMs - overlapSteps * STEP), toMs);
          data = mergePanelData(data, fresh, toMs - lengthMs);
          expect(visible(data, toMs - lengthMs)).toEqual(visible(answer(lives, toMs - lengthMs, toMs), toMs - lengthMs));
          for (const { fields, length } of data.frames) {
            expect(fields.every((field) => field.values.length === length)).toBe(true);
            expect(length).toBeLessThanOrEqual((lengthMs + 2 * STEP) / STEP + 2);
          }
        }
      },
    ),
  );
});

describe('one step', () => {
  const train = { name: 'train', bornMs: 0, diedMs: 1_000 };
  const late = { name: 'late', bornMs: 100, diedMs: 1_000 };
  const gone = { name: 'gone', bornMs: 0, diedMs: 20 };

  test('the fresh answer replaces where it overlaps', () => {
    const old = answer([train], 0, 100);
    const fresh = answer([train], 80, 120);
    const loss = fresh.frames[0]?.fields[1] as NumberField;
    loss.values[0] = Number.NaN;
    const points = visible(mergePanelData(old, fresh, 0), 0)['{"run":"train"}'];
    expect(points?.[80]).toBeNaN();
    expect(points?.[70]).toBe(70 * 7 + 5);
    expect(points?.[120]).toBe(120 * 7 + 5);
  });

  test('a new series is missing before it came, and a gone one leaves', () => {
    const merged = mergePanelData(answer([train, gone], 0, 90), answer([train, late], 80, 120), 50);
    expect(merged.frames[0]?.fields.map(({ name }) => name)).toEqual(['time', 'train', 'late']);
    expect(Object.keys(visible(merged, 0)['{"run":"late"}'] ?? {})).toEqual(['100', '110', '120']);
  });

  test('a query that answers nothing new keeps its picture until it slides out', () => {
    const old = answer([train], 0, 90);
    const nothing = { ...answer([], 80, 120), fromMs: 80 };
    expect(visible(mergePanelData(old, nothing, 40), 0)['{"run":"train"}']).toMatchObject({ 30: 215, 70: 495 });
    expect(mergePanelData(old, nothing, 500).frames).toEqual([]);
  });

  test('buckets stay in the order of their bounds', () => {
    const bucket = (le: string): Life => ({ name: le, bornMs: 0, diedMs: 1_000 });
    const old = answer([bucket('0.1'), bucket('+Inf')], 0, 90, 'buckets');
    const merged = mergePanelData(old, answer([bucket('0.1'), bucket('0.5'), bucket('+Inf')], 80, 120, 'buckets'), 0);
    expect(merged.frames[0]?.fields.slice(1).map(({ labels }) => labels?.['le'])).toEqual(['0.1', '0.5', '+Inf']);
  });

  test('a table is the newest table', () => {
    const table = (value: string): PanelData => ({
      ...answer([], 0, 90),
      frames: [{ refId: 'A', shape: 'table', length: 1, fields: [{ name: 'run', type: 'string', values: [value] }] }],
    });
    expect(mergePanelData(table('old'), { ...table('new'), fromMs: 80 }, 0).frames).toEqual(table('new').frames);
  });

  test.each([
    ['another step', { stepMs: 20 }],
    ['an answer that covers everything', { fromMs: 0 }],
  ])('%s replaces all', (_, change) => {
    const fresh = { ...answer([train], 80, 120), ...change };
    expect(mergePanelData(answer([train], 0, 90), fresh, 0)).toBe(fresh);
  });

  test('the same notice is told once', () => {
    const notices = [{ level: 'info', text: 'metric might not be a counter' }] as const;
    const merged = mergePanelData({ ...answer([train], 0, 90), notices }, { ...answer([train], 80, 120), notices }, 0);
    expect(merged.notices).toEqual(notices);
  });

  test('counts series and knows an empty answer', () => {
    expect(countSeries(answer([train, late], 0, 200))).toBe(2);
    expect(isEmpty(answer([train], 0, 90))).toBe(false);
    expect(isEmpty(answer([], 0, 90))).toBe(true);
  });
});
