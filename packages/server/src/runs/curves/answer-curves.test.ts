import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { CurveX, Smoothing } from '@vitrine/model/run-api.ts';
import { CurveTimes } from '@vitrine/tsdb/curves/curve-times.ts';
import { describe, expect, test } from 'vitest';
import { MemoryCurves } from '../../testing/memory-curves.ts';
import { questionsOver } from '../../testing/questions-over.ts';
import { testApp } from '../../testing/test-app.ts';
import { answerCurves } from './answer-curves.ts';
import { type CurveFile, CurveMemory } from './curve-memory.ts';
import type { CurveQuestion, QuestionRun } from './curve-question.ts';

const NONE: Smoothing = { kind: 'none' };
const STEP: CurveX = { kind: 'step' };

interface Logged {
  readonly run?: string;
  readonly metric?: string;
  readonly steps: readonly number[];
  readonly values?: readonly number[];
  readonly epochs?: readonly number[];
}

/** Points that come a second apart, from 10 s on. */
async function curvesOf(...logged: readonly Logged[]): Promise<MemoryCurves> {
  const curves = new MemoryCurves();
  for (const { run = 'r1', metric = 'loss', steps, values = steps, epochs } of logged) {
    await curves.append({
      curves: [{ run, metric }],
      curveIndex: new Uint32Array(steps.length),
      steps: Float64Array.from(steps),
      timesMs: Float64Array.from(steps, (_, index) => 10_000 + 1_000 * index),
      values: Float64Array.from(values),
      ...(epochs === undefined ? {} : { epochs: Float64Array.from(epochs) }),
    });
  }
  return curves;
}

function run(id: string, group?: string): QuestionRun {
  return { id, name: id, startedMs: 5_000, group };
}

const QUESTION: CurveQuestion = {
  refId: 'A',
  runs: [run('r1')],
  metrics: ['loss'],
  x: STEP,
  logX: false,
  from: -Infinity,
  to: Infinity,
  widthPx: 100,
  smoothing: NONE,
  band: undefined,
};

async function ask(curves: MemoryCurves, changes: Partial<CurveQuestion> = {}) {
  const { frames, notices } = await questionsOver(curves).ask({ ...QUESTION, ...changes }, new AbortController().signal);
  return {
    notices: notices.map(({ text }) => text),
    lines: frames.map(({ name, fields }) => ({
      name,
      labels: fields[1]!.labels,
      columns: Object.fromEntries(fields.map((field, index) => [index < 2 ? 'xy'[index] : field.name, [...field.values]])),
    })),
  };
}

test('a line says at which x, when and at which step each point was', async () => {
  const { lines, notices } = await ask(await curvesOf({ steps: [1, 2, 3], values: [9, Number.NaN, 7] }));
  expect(lines).toEqual([
    {
      name: 'r1',
      labels: { run: 'r1', run_name: 'r1', metric: 'loss', part: 'raw' },
      columns: { x: [1, 2, 3], y: [9, Number.NaN, 7], time: [10_000, 11_000, 12_000], step: [1, 2, 3] },
    },
  ]);
  expect(notices).toEqual([]);
});

test.each<[CurveX, readonly number[], readonly number[]]>([
  [{ kind: 'step' }, [0, 10, 20], [1, 2, 3]],
  [{ kind: 'time' }, [10_000, 11_000, 12_000], [1, 2, 3]],
  [{ kind: 'elapsed' }, [5_000, 6_000, 7_000], [1, 2, 3]],
  [{ kind: 'epoch' }, [0, 0, 1], [1, 2, 3]],
  // Its own x goes back without a restart: the points stand in its order.
  [{ kind: 'metric', metric: 'tokens' }, [100, 300], [3, 1]],
  [{ kind: 'metric', metric: 'nothing' }, [], []],
])('over %j', async (x, xs, ys) => {
  const curves = await curvesOf(
    { steps: [0, 10, 20], values: [1, 2, 3] },
    { metric: 'epoch', steps: [0, 20], values: [0, 1] },
    { metric: 'tokens', steps: [0, 5, 20], values: [300, 200, 100] },
  );
  const { lines } = await ask(curves, { x });
  expect(lines.map(({ columns }) => [columns['x'], columns['y']])).toEqual(xs.length === 0 ? [] : [[xs, ys]]);
});

test('points carry their epoch themselves, and those without one are left out, in words', async () => {
  const curves = await curvesOf({ steps: [0, 1, 2], epochs: [0.5, Number.NaN, 1] });
  const { lines, notices } = await ask(curves, { x: { kind: 'epoch' } });
  expect(lines[0]!.columns['x']).toEqual([0.5, 1]);
  expect(notices).toEqual(['1 of 3 points have no epoch and are left out']);
});

test('a smoothed line has its raw one before it, and each stretch after a restart is smoothed alone', async () => {
  const curves = await curvesOf({ steps: [0, 1, 0, 1], values: [1, 3, 10, 20] });
  const { lines } = await ask(curves, { smoothing: { kind: 'ema', weight: 0.5 } });
  expect(lines.map(({ labels, columns }) => [labels!['part'], columns['y']])).toEqual([
    ['raw', [1, 3, 10, 20]],
    ['smooth', [1, 7 / 3, 10, 50 / 3]],
  ]);
});

test('smoothing goes over the whole curve, whatever part of it is asked for', async () => {
  const steps = Array.from({ length: 1_000 }, (_, step) => step);
  const curves = await curvesOf({ steps, values: steps.map((step) => Math.sin(step)) });
  const smoothing: Smoothing = { kind: 'ema', weight: 0.99 };
  const whole = await ask(curves, { smoothing, widthPx: 10_000 });
  const part = await ask(curves, { smoothing, from: 500, to: 600 });
  const at = (lines: typeof whole.lines, step: number) => {
    const { columns } = lines.find(({ labels }) => labels!['part'] === 'smooth')!;
    return columns['y']![columns['x']!.indexOf(step)];
  };
  expect(part.lines[1]!.columns['x']!.length).toBeLessThan(200);
  expect(at(part.lines, 550)).toBe(at(whole.lines, 550));
});

test('no spike is lost between the pixels, and zooming in finds its neighbours', async () => {
  const steps = Array.from({ length: 100_000 }, (_, step) => step);
  const curves = await curvesOf({ steps, values: steps.map((step) => (step === 77_777 ? 1e6 : step === 5 ? Number.NaN : 1)) });
  const { lines } = await ask(curves);
  expect(lines[0]!.columns['x']!.length).toBeLessThan(1_000);
  expect(Math.max(...(lines[0]!.columns['y'] as number[]).filter(Number.isFinite))).toBe(1e6);
  expect(lines[0]!.columns['y']!.some(Number.isNaN)).toBe(true);
  const zoomed = await ask(curves, { from: 77_770, to: 77_780 });
  expect(zoomed.lines[0]!.columns['x']).toEqual([
    77_769, 77_770, 77_771, 77_772, 77_773, 77_774, 77_775, 77_776, 77_777, 77_778, 77_779, 77_780, 77_781,
  ]);
});

test('a curve that goes back all the time is drawn as a range, in words', async () => {
  const steps = Array.from({ length: 2_000 }, (_, index) => index % 2);
  const { lines, notices } = await ask(await curvesOf({ steps, values: steps.map((_, index) => index) }));
  expect(lines[0]!.columns).toMatchObject({ x: [0, 0, 1, 1], y: [0, 1_998, 1, 1_999] });
  expect(notices[0]).toMatch(/^1 curve goes back in x more than 256 times/);
});

describe('groups', () => {
  test('runs of one value are one line with a band, on which no restart was', async () => {
    const curves = await curvesOf(
      { run: 'a', steps: [0, 1, 2, 1, 2], values: [0, 90, 90, 1, 2] },
      { run: 'b', steps: [0, 2], values: [10, 20] },
      { run: 'c', steps: [0], values: [7] },
    );
    const runs = [run('a', 'lr=1'), run('b', 'lr=1'), run('c', 'lr=2')];
    const { lines } = await ask(curves, { runs, band: 'minmax' });
    expect(lines.map(({ name, labels, columns }) => [name, labels!['part'], columns['y']])).toEqual([
      ['lr=1', 'low', [0, 1, 2]],
      ['lr=1', 'high', [10, 15, 20]],
      ['lr=1', 'smooth', [5, 8, 11]],
      ['lr=2', 'low', [7]],
      ['lr=2', 'high', [7]],
      ['lr=2', 'smooth', [7]],
    ]);
    expect(lines[2]!.columns['runs']).toEqual([2, 2, 2]);
  });

  test('without a band there is the mean alone', async () => {
    const curves = await curvesOf({ run: 'a', steps: [0], values: [1] }, { run: 'b', steps: [0], values: [3] });
    const { lines } = await ask(curves, { runs: [run('a', 'g'), run('b', 'g')] });
    expect(lines.map(({ columns }) => columns['y'])).toEqual([[2]]);
  });
});

describe('what is too long', () => {
  /** Curves that say how long they are, and must not be read. */
  const longCurves = (lengths: Readonly<Record<string, number>>) =>
    Object.assign(new MemoryCurves(), {
      version: ({ run: id, metric }: { run: string; metric: string }) => `1:${lengths[id] ?? lengths[metric] ?? 3}`,
      readLogged: ({ run: id, metric }: { run: string; metric: string }) => {
        if ((lengths[id] ?? lengths[metric] ?? 0) > 100) throw new Error('read');
        const points = Float64Array.of(0, 1, 2);
        const times = new CurveTimes([{ length: 3, times: points }]);
        return { version: '1:3', length: 3, steps: points, times, values: points, epochs: undefined };
      },
    });

  test('one long curve is not read, in words, and those beside it are drawn', async () => {
    const { lines, notices } = await ask(longCurves({ r1: 20_000_001 }), { runs: [run('r1'), run('r2')] });
    expect(lines.map(({ name }) => name)).toEqual(['r2']);
    expect(notices).toEqual([expect.stringContaining('more than 20,000,000 (one has 20,000,001)')]);
  });

  test('nor is a long metric that x would be', async () => {
    const { lines, notices } = await ask(longCurves({ tokens: 3e7 }), { x: { kind: 'metric', metric: 'tokens' } });
    expect(lines).toEqual([]);
    expect(notices[0]).toContain('one has 30,000,000');
  });

  test('nor what is too long together', async () => {
    const { lines, notices } = await ask(longCurves({ r1: 19_999_999 }), { runs: [run('r2', 'g'), run('r1', 'g')] });
    expect(lines[0]!.columns['runs']).toEqual([1, 1, 1]);
    expect(notices[0]).toMatch(/^1 of the curves are not shown: together/);
  });
});

describe('what is kept in memory', () => {
  test('names of curves that there are not take nothing', async () => {
    const file = await curvesOf({ steps: [0, 1, 2] });
    const memory = new CurveMemory(1e6);
    for (let index = 0; index < 100; index++) {
      memory.load({ run: 'r1', metric: `m${index}` }, { file, question: 1 });
      memory.settle({ run: 'r1', metric: `m${index}` });
    }
    expect(memory.bytes).toBe(0);
    memory.load({ run: 'r1', metric: 'loss' }, { file, question: 1 });
    // Three columns of three numbers are less than what keeping them costs.
    expect(memory.bytes).toBeGreaterThan(500);
  });

  test('a curve that has grown is read from where it was known to', async () => {
    const curves = await curvesOf({ steps: [0, 1, 2] });
    const limits: number[] = [];
    const file: CurveFile = {
      version: (curve) => curves.version(curve),
      readLogged: (curve, limit = Infinity) => {
        limits.push(limit);
        return curves.readLogged(curve, limit);
      },
    };
    const memory = new CurveMemory(1e6);
    const name = { run: 'r1', metric: 'loss' };
    memory.load(name, { file, question: 1 });
    memory.load(name, { file, question: 2 });
    await curves.append({
      curves: [name],
      curveIndex: new Uint32Array(2),
      steps: Float64Array.of(3, 4),
      timesMs: Float64Array.of(1, 2),
      values: Float64Array.of(8, 9),
      epochs: Float64Array.of(1, 1),
    });
    const { points } = memory.load(name, { file, question: 3 });
    expect(limits).toEqual([Infinity, 2]);
    expect([...points.values]).toEqual([0, 1, 2, 8, 9]);
    expect([...(points.epochs ?? [])]).toEqual([Number.NaN, Number.NaN, Number.NaN, 1, 1]);
  });

  test('what was read for who left counts as well', async () => {
    const file = await curvesOf({ steps: Array.from({ length: 1_000 }, (_, step) => step) });
    const memory = new CurveMemory(1e6);
    const goOn = (): void => {
      throw new Error('gone');
    };
    await expect(answerCurves(QUESTION, { file, memory, question: 1, pause: async () => {}, goOn })).rejects.toThrow('gone');
    expect(memory.bytes).toBeGreaterThan(24_000);
  });

  test('what was looked at long ago goes first, and never the last one', async () => {
    const steps = Array.from({ length: 1_000 }, (_, step) => step);
    const curves = await curvesOf(...['a', 'b', 'c'].map((metric) => ({ metric, steps })));
    let reads = 0;
    const file: CurveFile = {
      version: (curve) => curves.version(curve),
      readLogged: (curve) => (reads++, curves.readLogged(curve)),
    };
    // Two of three fit.
    const memory = new CurveMemory(60_000);
    const look = (metric: string, question: number) => {
      memory.load({ run: 'r1', metric }, { file, question });
      memory.settle({ run: 'r1', metric });
      return reads;
    };
    expect([look('a', 1), look('b', 2), look('a', 3), look('c', 4), look('a', 5), look('b', 6)]).toEqual([1, 2, 2, 3, 3, 4]);
    expect(memory.bytes).toBeLessThanOrEqual(60_000);
    const small = new CurveMemory(1);
    const only = small.load({ run: 'r1', metric: 'a' }, { file, question: 1 });
    small.settle({ run: 'r1', metric: 'a' });
    expect(small.load({ run: 'r1', metric: 'a' }, { file, question: 2 })).toBe(only);
  });
});

describe('over HTTP', () => {
  const body = { runs: ['r1', 'r2', 'gone'], metrics: ['loss'], x: STEP, widthPx: 500, smoothing: NONE };

  async function server() {
    const { app, needs, browser } = await testApp();
    for (const id of ['r1', 'r2'])
      await needs.runs.create({ id, name: `run ${id}`, project: 'p', source: 'api', params: { lr: '0.1' } });
    await needs.runs.curves.append({
      curves: [
        { run: 'r1', metric: 'loss' },
        { run: 'r2', metric: 'loss' },
      ],
      curveIndex: Uint32Array.of(0, 1),
      steps: Float64Array.of(1, 1),
      timesMs: Float64Array.of(1, 1),
      values: Float64Array.of(2, 4),
    });
    return (payload: Readonly<Record<string, unknown>>) =>
      app.inject({ method: 'POST', url: '/api/runs/curves', headers: browser, payload });
  }

  test('frames of the runs that are there, named by run, and grouped by a parameter', async () => {
    const post = await server();
    const read = async (changes: Readonly<Record<string, unknown>>) => {
      const answer = await post({ ...body, ...changes });
      expect(answer.statusCode).toBe(200);
      return decodePanelData(answer.rawPayload).frames.map(({ name, fields }) => [name, [...fields[1]!.values]]);
    };
    expect(await read({})).toEqual([
      ['run r1', [2]],
      ['run r2', [4]],
    ]);
    expect(await read({ groupBy: 'params.lr' })).toEqual([['lr=0.1', [3]]]);
    expect(await read({ groupBy: 'tags.x' })).toEqual([['no x', [3]]]);
  });

  test('of very many lines the first are drawn, in words', async () => {
    const post = await server();
    const metrics = Array.from({ length: 600 }, (_, index) => (index === 0 ? 'loss' : `m${index}`));
    const { frames, notices } = decodePanelData((await post({ ...body, metrics })).rawPayload);
    expect(frames.map(({ name }) => name)).toEqual(['loss']);
    expect(notices.map(({ text }) => text)).toEqual(['Showing 1 of 2 runs: a chart is drawn from at most 1,000 curves.']);
  });

  test.each([
    [{ runs: [] }, 'runs'],
    [{ smoothing: { kind: 'ema', weight: 1 } }, 'smoothing'],
    [{ x: { kind: 'metric' } }, 'x'],
    [{ widthPx: 0 }, 'widthPx'],
    [{ band: 'sem' }, 'band'],
    [{ more: 1 }, 'more'],
  ])('refuses %j and names the field', async (changes, field) => {
    const post = await server();
    const answer = await post({ ...body, ...changes });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.message).toContain(field);
  });
});
