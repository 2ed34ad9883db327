import { Labels } from '@vitrine/model/labels.ts';
import type { BenchData } from '../bench/data.ts';

export const SPEED = { panels: 20, seriesPerPanel: 50, fleet: 2_000, longPanels: 172 } as const;

/** 20 metrics of 50 series each, `speed{panel="7",replica="12"}`, and `fleet{pod="0"}` … of 2,000: rising and falling, seeded. */
export function speedData(fromMs: number, toMs: number, stepMs: number): BenchData {
  const points = Math.floor((toMs - fromMs) / stepMs);
  const timestampsMs = Float64Array.from({ length: points }, (_, at) => fromMs + at * stepMs);
  const values = (seed: number): Float64Array => {
    let level = 50 + (seed % 50);
    let state = seed + 1;
    return timestampsMs.map(() => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      level += state / 0x7fffffff - 0.5 + (75 - level) / 200;
      return Math.round(level * 1_000) / 1_000;
    });
  };
  const speed = Array.from({ length: SPEED.panels * SPEED.seriesPerPanel }, (_, at) => {
    const labels = { panel: String(Math.floor(at / SPEED.seriesPerPanel)), replica: String(at % SPEED.seriesPerPanel) };
    return { labels: Labels.from({ __name__: 'speed', ...labels }), values: values(at) };
  });
  const fleet = Array.from({ length: SPEED.fleet }, (_, at) => {
    return { labels: Labels.from({ __name__: 'fleet', pod: String(at) }), values: values(10_000 + at) };
  });
  return { series: [...speed, ...fleet], timestampsMs };
}

/** The dashboards that speed is judged on, by the file's name: `twenty`, `long` and `fleet`, live over the last `from`. */
export function speedDashboards(from: string): Readonly<Record<string, unknown>> {
  const panel = (id: number, title: string, expr: string, grid: object): object => {
    return { id, title, type: 'timeseries', gridPos: grid, targets: [{ refId: 'A', expr }] };
  };
  const dashboard = (uid: string, panels: readonly object[]): object => {
    return { uid, title: uid, schemaVersion: 42, time: { from, to: 'now' }, panels };
  };
  const grid = (at: number, across: number, h: number): object => {
    return { x: (at % across) * (24 / across), y: Math.floor(at / across) * h, w: 24 / across, h };
  };
  const count = (length: number): number[] => Array.from({ length }, (_, at) => at);
  return {
    twenty: dashboard(
      'twenty',
      count(SPEED.panels).map((at) => panel(at + 1, `Panel ${at}`, `speed{panel="${at}"}`, grid(at, 4, 5))),
    ),
    long: dashboard(
      'long',
      count(SPEED.longPanels).map((at) =>
        panel(at + 1, `Panel ${at}`, `sum(speed{panel="${at % SPEED.panels}"})`, grid(at, 3, 8)),
      ),
    ),
    fleet: dashboard('fleet', [panel(1, 'Fleet', 'fleet', { x: 0, y: 0, w: 24, h: 18 })]),
  };
}
