import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogdirState } from '@vitrine/model/logdir-state.ts';
import { pythonWith } from '@vitrine/server/testing/python-venv.ts';
import { type EventTree, writeEventTree } from './event-files.ts';
import { askVitrine, type BenchServer, startTensorboard, startVitrine } from './servers.ts';

const PACKAGES = ['tensorboard==2.21.0', 'setuptools<81'];
const POLL_MS = 50;
const LIMIT_MS = 900_000;

interface Loaded {
  readonly firstSeconds: number;
  readonly allSeconds: number;
  /** Points of one curve that it answers. */
  readonly pointsACurve: number;
  readonly residentBytes: number;
}

/**
 * Vitrine and TensorBoard, each from its start over an empty folder of its own, read the same event files: until one curve can be
 * drawn, and until the last point of every run can. Their memory is that of the server's process.
 */
export async function benchTensorboard(megabytes: number, print: (line: string) => void): Promise<void> {
  const logdir = mkdtempSync(join(tmpdir(), 'bench-events-'));
  try {
    const tree = writeEventTree(logdir, megabytes);
    const scalars = tree.runs.length * tree.tags.length * tree.steps;
    print(
      `\n${(tree.bytes / 1e6).toFixed(0)} MB of event files: ${scalars.toLocaleString('en')} scalars of ${tree.runs.length} runs, ${tree.tags.length} tags each`,
    );
    const vitrine = await vitrineLoads(logdir, tree);
    tell('Vitrine', vitrine, scalars, print);
    const python = await pythonWith('tensorboard', PACKAGES).catch((error: unknown) => {
      print(`TensorBoard was not measured: it could not be installed from PyPI (${String(error).split('\n')[0]}).`);
    });
    if (python === undefined) return;
    const tensorboard = await tensorboardLoads(python, logdir, tree);
    tell('TensorBoard', tensorboard, scalars, print);
    print(
      `Vitrine's first curve comes ${(tensorboard.firstSeconds / vitrine.firstSeconds).toFixed(2)}× as fast, all of them ${(tensorboard.allSeconds / vitrine.allSeconds).toFixed(2)}× as fast; ` +
        `TensorBoard has ${tensorboard.pointsACurve} of a curve's ${tree.steps} points, Vitrine ${vitrine.pointsACurve}.`,
    );
    if (vitrine.pointsACurve !== tree.steps) process.exitCode = 1;
  } finally {
    rmSync(logdir, { recursive: true, force: true });
  }
}

function tell(
  name: string,
  { firstSeconds, allSeconds, residentBytes }: Loaded,
  scalars: number,
  print: (line: string) => void,
): void {
  print(
    `${name}: first curve after ${firstSeconds.toFixed(1)} s, all after ${allSeconds.toFixed(1)} s (${Math.round(scalars / allSeconds / 1_000)} k scalars a second), ${Math.round(residentBytes / 2 ** 20)} MiB`,
  );
}

async function vitrineLoads(logdir: string, tree: EventTree): Promise<Loaded> {
  // A token is made beforehand, while there is nothing to read yet.
  const followed = `${logdir}-followed`;
  const vitrine = await startVitrine('--logdir', followed);
  const headers = { authorization: `Bearer ${await askVitrine(vitrine, 'token', 'create', '--scope', 'admin')}` };
  symlinkSync(logdir, followed);
  const from = performance.now();
  await vitrine.killAndRestart();
  const request = async (path: string, body?: object): Promise<Response> => {
    const response = await fetch(`${vitrine.url}${path}`, {
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`Vitrine answered ${response.status} to ${path}: ${await response.text()}`);
    return response;
  };
  const ask = async <T>(path: string, body?: object): Promise<T> => (await (await request(path, body)).json()) as T;
  let run: string | undefined;
  const pointsOf = async (id: string): Promise<number> => {
    const { metrics } = await ask<{ readonly metrics: readonly { readonly metric: string; readonly points: number }[] }>(
      `/api/runs/${id}`,
    );
    return metrics.find(({ metric }) => metric === tree.tags[0])?.points ?? 0;
  };
  await until(async () => {
    const { rows } = await ask<{ readonly rows: readonly { readonly run: { readonly id: string } }[] }>('/api/runs/table', {
      filter: '',
      offset: 0,
      limit: 1,
    });
    run = rows[0]?.run.id;
    return run !== undefined && (await pointsOf(run)) > 0;
  });
  const chart = { runs: [run], metrics: [tree.tags[0]], x: { kind: 'step' }, widthPx: 1_000, smoothing: { kind: 'none' } };
  await (await request('/api/runs/curves', chart)).arrayBuffer();
  const firstSeconds = secondsSince(from);
  await until(async () => {
    const { logdirs } = await ask<{ readonly logdirs: readonly LogdirState[] }>('/api/runs/logdirs');
    return logdirs[0]?.state === 'following';
  });
  const allSeconds = secondsSince(from);
  const pointsACurve = await pointsOf(run as string);
  rmSync(followed);
  return { firstSeconds, allSeconds, pointsACurve, residentBytes: await stopped(vitrine) };
}

async function tensorboardLoads(python: string, logdir: string, tree: EventTree): Promise<Loaded> {
  const from = performance.now();
  const tensorboard = await startTensorboard(python, logdir);
  const ask = async <T>(path: string): Promise<T | undefined> => {
    const response = await fetch(`${tensorboard.url}/data/plugin/scalars/${path}`);
    return response.ok ? ((await response.json()) as T) : undefined;
  };
  const [tag] = tree.tags as [string];
  const pointsOf = async (run: string): Promise<readonly (readonly [wallTime: number, step: number, value: number])[]> =>
    (await ask<[number, number, number][]>(`scalars?run=${encodeURIComponent(run)}&tag=${encodeURIComponent(tag)}`)) ?? [];
  await until(async () => {
    const [run] = Object.keys((await ask<object>('tags')) ?? {});
    return run !== undefined && (await pointsOf(run)).length > 0;
  });
  const firstSeconds = secondsSince(from);
  const waiting = new Set(tree.runs);
  let pointsACurve = 0;
  await until(async () => {
    for (const run of waiting) {
      const points = await pointsOf(run);
      if (points.at(-1)?.[1] !== (tree.steps - 1) * 100) return false;
      pointsACurve = points.length;
      waiting.delete(run);
    }
    return true;
  });
  return { firstSeconds, allSeconds: secondsSince(from), pointsACurve, residentBytes: await stopped(tensorboard) };
}

async function stopped(server: BenchServer): Promise<number> {
  const bytes = server.residentBytes();
  await server.stop();
  return bytes;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`Not there after ${LIMIT_MS / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function secondsSince(fromMs: number): number {
  return (performance.now() - fromMs) / 1_000;
}
