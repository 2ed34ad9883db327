// How long a sample takes from being written to being seen: remote write in, a changed canvas out.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { encodeWriteRequest, packSnappy } from '@vitrine/server/ingest/remote-write/encode-remote-write.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

declare global {
  /** In the page: each time the line reaches higher, the row of pixels that it reached and when. */
  var lineTop: { row: number; atMs: number }[];
}

const WRITES = 30;
/** The design's goal; printed beside the figure, since a time says nothing about another machine. */
const GOAL_MS = 300;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-pixel-'));
let vitrine: VitrineProcess;

test.beforeAll(async () => {
  mkdirSync(join(folder, 'dashboards'));
  writeFileSync(join(folder, 'dashboards/pixel.json'), JSON.stringify(dashboard()));
  vitrine = await startVitrine('serve', ['--dashboards', join(folder, 'dashboards')]);
});

test.afterAll(async () => {
  await vitrine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('each written sample is on the screen, and soon', async ({ page }) => {
  await page.goto(vitrine.signInLink);
  await write(0);
  await page.goto(`${vitrine.url}/d/pixel`);
  await expect(page.getByRole('button', { name: 'Live' })).toHaveAttribute('data-state', 'live');
  await watchTopOfLine(page);

  const latenciesMs: number[] = [];
  for (let level = 1; level <= WRITES; level++) {
    // Not in step with anything that the page does.
    await new Promise((resolve) => setTimeout(resolve, 350 + Math.random() * 400));
    const topBefore = await page.evaluate(() => lineTop.at(-1)?.row ?? Number.POSITIVE_INFINITY);
    const writtenMs = performance.timeOrigin + performance.now();
    await write((level / WRITES) * 100);
    // Polled from here: the page's content policy forbids what waitForFunction would run.
    let seenMs: number | undefined;
    await expect
      .poll(async () => (seenMs = await page.evaluate(firstAbove, topBefore)), { timeout: 10_000, intervals: [20] })
      .toBeDefined();
    latenciesMs.push((seenMs ?? Number.NaN) - writtenMs);
  }
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const [p50, p95] = [0.5, 0.95].map((q) => Math.round(sorted[Math.ceil(q * sorted.length) - 1] as number));
  const figure = `written to pixel: p50 ${p50} ms, p95 ${p95} ms over ${WRITES} samples (goal: p95 under ${GOAL_MS} ms)`;
  test.info().annotations.push({ type: 'figure', description: figure });
  process.stdout.write(`    ${figure}\n`);
  expect(latenciesMs).toHaveLength(WRITES);
});

/** Runs in the page: when the line first reached above a row. */
function firstAbove(row: number): number | undefined {
  return lineTop.find((top) => top.row < row)?.atMs;
}

/** Looks at the plot's pixels in each frame, for the highest row that has the line's colour: all else between the axes is grey. */
async function watchTopOfLine(page: Page): Promise<void> {
  await expect(page.locator('.uplot canvas')).toBeVisible();
  await page.evaluate(() => {
    globalThis.lineTop = [];
    function look(): void {
      const canvas = document.querySelector<HTMLCanvasElement>('.uplot canvas')!;
      // One CSS pixel is one of the canvas here.
      const plot = document.querySelector<HTMLElement>('.uplot .u-over')!;
      const { data } = canvas
        .getContext('2d')!
        .getImageData(plot.offsetLeft, plot.offsetTop, plot.offsetWidth, plot.offsetHeight);
      for (let at = 0; at < data.length; at += 4) {
        const [red, green, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
        if (Math.max(red, green, blue) - Math.min(red, green, blue) < 80) continue;
        const row = Math.floor(at / 4 / plot.offsetWidth);
        if (row < (lineTop.at(-1)?.row ?? Number.POSITIVE_INFINITY)) {
          lineTop.push({ row, atMs: performance.timeOrigin + performance.now() });
        }
        break;
      }
      requestAnimationFrame(look);
    }
    look();
  });
}

async function write(value: number): Promise<void> {
  const body = encodeWriteRequest([{ labels: [['__name__', 'pixel_level']], samples: [[value, Date.now()]] }]);
  const response = await fetch(`${vitrine.url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: new Uint8Array(packSnappy(body)),
  });
  expect(response.status).toBe(204);
}

function dashboard(): unknown {
  return {
    version: 1,
    uid: 'pixel',
    title: 'Pixel',
    range: { from: 'now-1m', to: 'now' },
    refresh: 'live',
    panels: [
      {
        id: 1,
        title: 'Level',
        kind: 'timeseries',
        grid: { x: 0, y: 0, w: 24, h: 16 },
        queries: [{ refId: 'A', spec: { expr: 'pixel_level' } }],
        field: { min: 0, max: 100 },
      },
    ],
  };
}
