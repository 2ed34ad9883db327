/**
 * What a chart of curves costs from the stored points to the bytes that the page draws: one curve of 10 M points, then zooms into it, and 100 runs of
 * 100,000 points each. The first answer is that of a thread that has nothing in memory.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePanelData } from '@vitrine/model/frame-wire.ts';
import type { Smoothing } from '@vitrine/model/run-api.ts';
import { openCurveQuestions } from '@vitrine/server/runs/curves/ask-curves.ts';
import type { CurveQuestion } from '@vitrine/server/runs/curves/curve-question.ts';
import { openCurveStore } from '@vitrine/tsdb/curves/open-curve-store.ts';

const BATCH = 100_000;
const WIDTH_PX = 1_200;
const LONG = 10_000_000;
const RUNS = 100;
const RUN_POINTS = 100_000;
const EMA: Smoothing = { kind: 'ema', weight: 0.6 };
const QUESTION: CurveQuestion = {
  refId: 'A',
  runs: [],
  metrics: [],
  x: { kind: 'step' },
  logX: false,
  from: -Infinity,
  to: Infinity,
  widthPx: WIDTH_PX,
  smoothing: EMA,
  band: undefined,
};

export async function benchCurves(rounds: number, print: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-bench-curves-'));
  try {
    await fill(folder, print);
    print(`\nPOST /api/runs/curves at ${WIDTH_PX} px, from the question to the encoded answer, median of ${rounds} rounds`);
    for (const { title, runs, metric, goalMs } of [
      { title: `one curve of ${LONG.toLocaleString('en')} points`, runs: ['long'], metric: 'loss', goalMs: 500 },
      {
        title: `${RUNS} runs of ${RUN_POINTS.toLocaleString('en')} points`,
        runs: Array.from({ length: RUNS }, (_, run) => `run-${run}`),
        metric: 'loss',
        goalMs: 1_000,
      },
    ]) {
      const times: Record<'first' | 'smoothing' | 'zoom', Took[]> = { first: [], smoothing: [], zoom: [] };
      let bytes = 0;
      for (let round = 0; round < rounds; round++) {
        const questions = openCurveQuestions({ folder });
        await questions.ask({ ...QUESTION, runs: [] }, AbortSignal.timeout(60_000));
        const ask = async (smoothing: Smoothing, from: number, to: number): Promise<Took> => {
          const started = performance.now();
          const before = process.cpuUsage();
          const answer = await questions.ask(
            {
              ...QUESTION,
              runs: runs.map((id) => ({ id, name: id, startedMs: 0, group: undefined })),
              metrics: [metric],
              from,
              to,
              smoothing,
            },
            AbortSignal.timeout(60_000),
          );
          bytes = encodePanelData({ ...answer, traces: [], fromMs: 0, toMs: 0, stepMs: 0, growable: false }).length;
          const { user, system } = process.cpuUsage(before);
          return { ms: performance.now() - started, cpuMs: (user + system) / 1_000 };
        };
        const end = runs.length === 1 ? LONG : RUN_POINTS;
        times.first.push(await ask(EMA, -Infinity, Infinity));
        times.zoom.push(await ask(EMA, end * 0.25, end * 0.75), await ask(EMA, end * 0.5, end * 0.501));
        times.smoothing.push(await ask({ kind: 'ema', weight: 0.9 }, -Infinity, Infinity));
        await questions.close();
      }
      print(
        `${title}: first ${text(times.first)} (goal ${goalMs} ms), zoom ${text(times.zoom)} (goal 100 ms), another smoothing ${text(times.smoothing)}; ${(bytes / 2 ** 20).toFixed(1)} MiB sent`,
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function fill(folder: string, print: (line: string) => void): Promise<void> {
  const store = await openCurveStore({ folder });
  const started = performance.now();
  await append('long', LONG);
  for (let run = 0; run < RUNS; run++) await append(`run-${run}`, RUN_POINTS);
  const { points, bytesOnDisk } = await store.stats();
  print(
    `\n${points.toLocaleString('en')} points stored in ${((performance.now() - started) / 1_000).toFixed(1)} s, ${(bytesOnDisk / points).toFixed(1)} bytes each`,
  );
  await store.close();

  async function append(run: string, length: number): Promise<void> {
    for (let from = 0; from < length; from += BATCH) {
      const steps = Float64Array.from({ length: BATCH }, (_, index) => from + index);
      await store.append({
        curves: [{ run, metric: 'loss' }],
        curveIndex: new Uint32Array(BATCH),
        steps,
        timesMs: steps.map((step) => 1.7e12 + step * 50 + Math.floor(noise(step) * 5)),
        // As frameworks log them: what fits 32 bits.
        values: steps.map((step) => Math.fround(2 / (1 + step / 10_000) + 0.1 * noise(step + 0.5))),
      });
    }
  }
}

/** 0 to 1, the same on every run. */
function noise(at: number): number {
  const value = Math.sin(at * 12.9898) * 43_758.5453;
  return value - Math.floor(value);
}

interface Took {
  readonly ms: number;
  /** Of all threads: on a busy machine it tells more. */
  readonly cpuMs: number;
}

function text(times: readonly Took[]): string {
  const median = (list: readonly number[]): string => list.toSorted((a, b) => a - b)[list.length >> 1]!.toFixed(0);
  return `${median(times.map(({ ms }) => ms))} ms (${median(times.map(({ cpuMs }) => cpuMs))} of processor)`;
}
