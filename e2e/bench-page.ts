/**
 * `npm run bench -- --page`: how fast dashboards are in Chromium. Data comes by remote write to a Vitrine of its own; times are
 * taken in the page.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CDPSession, chromium, type Page } from '@playwright/test';
import { encodeWriteRequest, packSnappy } from '@vitrine/server/ingest/remote-write/encode-remote-write.ts';
import { benchTable, tableDashboard } from './bench-table.ts';
import { BROWSER } from './browser-options.ts';
import { frameTimes, type Painted, paintedSinceNavigation, paintedSinceRelease, watchPage } from './page-clock.ts';
import { SPEED, speedDashboards, speedData } from './speed-data.ts';
import { startVitrine } from './vitrine-process.ts';
import { remoteWriteRequests, sendAll } from '../bench/remote-write.ts';

const HOURS = 6;
const STEP_MS = 15_000;
const FRAMES_FOR_MS = 5_000;
/** All twenty panels are seen at once. */
const VIEW = { width: 1600, height: 1400 };

/** Prints one line for each figure. `profileFolder` takes the browser's CPU profiles of opening, zooming and living. */
export async function benchPage(rounds: number, print: (line: string) => void, profileFolder?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-page-'));
  mkdirSync(join(folder, 'dashboards'));
  for (const [name, dashboard] of Object.entries(speedDashboards(`now-${HOURS}h`)))
    writeFileSync(join(folder, 'dashboards', `${name}.json`), JSON.stringify(dashboard));
  writeFileSync(join(folder, 'dashboards', 'table.json'), JSON.stringify(tableDashboard()));
  const vitrine = await startVitrine('serve', ['--dashboards', join(folder, 'dashboards')]);
  const browser = await chromium.launch(BROWSER);
  try {
    const toMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
    const data = speedData(toMs - HOURS * 3_600_000, toMs, STEP_MS);
    await sendAll(`${vitrine.url}/api/v1/write`, remoteWriteRequests(data), 1);
    print(`\nThe page in Chromium: ${data.series.length} series over ${HOURS} h at 15 s, ${rounds} rounds`);
    const context = await browser.newContext({ colorScheme: 'dark', viewport: VIEW });
    const page = await context.newPage();
    await watchPage(page);
    await page.goto(vitrine.signInLink);
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    const session = await context.newCDPSession(page);
    const profiled = async <T>(name: string, work: () => Promise<T>): Promise<T> =>
      profileFolder === undefined ? work() : profile(session, join(profileFolder, `${name}.cpuprofile`), work);

    const opened: Painted[] = [];
    for (let round = 0; round < rounds; round++) {
      opened.push(
        await profiled('open', async () => {
          await page.goto(`${vitrine.url}/d/twenty?refresh=off`);
          return paintedSinceNavigation(page, SPEED.panels);
        }),
      );
    }
    figure('20 panels × 50 series: navigation to all painted', opened, 1_000);

    const zoomed: Painted[] = [];
    for (let round = 0; round < rounds; round++) {
      zoomed.push(await profiled('zoom', () => zoom(page)));
      await page.goBack();
      await page.waitForTimeout(500);
    }
    figure('zoom to all painted', zoomed, 100);
    print(`${'zoom to all painted from what is known'.padEnd(60)} median ${median(zoomed.map(({ firstMs }) => firstMs))} ms`);

    await page.goto(`${vitrine.url}/d/twenty?refresh=live`);
    await paintedSinceNavigation(page, SPEED.panels);
    const writer = setInterval(() => void writeNow(vitrine.url), 1_000);
    frames('20 panels live, a sample a second each', await profiled('live', () => frameTimes(page, FRAMES_FOR_MS)));
    frames('20 panels live, the pointer moves', await whilePointing(page, () => frameTimes(page, FRAMES_FOR_MS)));
    await page.goto(`${vitrine.url}/d/fleet?refresh=live`);
    await paintedSinceNavigation(page, 1);
    frames('2,000 series in one panel, live', await profiled('fleet', () => frameTimes(page, FRAMES_FOR_MS)));
    frames(
      '2,000 series in one panel, live, the pointer moves',
      await whilePointing(page, () => frameTimes(page, FRAMES_FOR_MS)),
    );
    clearInterval(writer);
    await benchTable(page, vitrine.url, print);
  } finally {
    await browser.close();
    await vitrine.stop();
    rmSync(folder, { recursive: true, force: true });
  }

  function figure(name: string, times: readonly Painted[], goalMs: number): void {
    const all = times.map(({ allMs }) => allMs);
    print(`${name.padEnd(60)} median ${median(all)} ms, worst ${Math.round(Math.max(...all))} ms (goal ${goalMs} ms)`);
  }

  function frames(name: string, times: readonly number[]): void {
    const p95 = times[Math.floor(times.length * 0.95)] ?? Number.NaN;
    print(
      `${name.padEnd(60)} frames: median ${(times[times.length >> 1] ?? Number.NaN).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`,
    );
  }
}

/** Drags over the middle of the first chart. */
async function zoom(page: Page): Promise<Painted> {
  const box = await page.locator('.u-over').first().boundingBox();
  if (box === null) throw new Error('there is no chart');
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  return paintedSinceRelease(page, SPEED.panels);
}

async function whilePointing<T>(page: Page, work: () => Promise<T>): Promise<T> {
  const box = await page.locator('.u-over').first().boundingBox();
  if (box === null) throw new Error('there is no chart');
  const over = new AbortController();
  const pointing = (async () => {
    for (let at = 0; !over.signal.aborted; at++) {
      const [x, y] = [0.5 + 0.4 * Math.sin(at / 20), 0.5 + 0.4 * Math.cos(at / 13)];
      await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
    }
  })();
  try {
    return await work();
  } finally {
    over.abort();
    await pointing;
  }
}

/** A new sample of every series. */
async function writeNow(url: string): Promise<void> {
  const atMs = Date.now();
  const series = speedData(atMs, atMs + 1, 1).series.map(({ labels, values }) => {
    return { labels: [...labels], samples: [[values[0] as number, atMs] as const] };
  });
  await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: new Uint8Array(packSnappy(encodeWriteRequest(series))),
  });
}

async function profile<T>(session: CDPSession, file: string, work: () => Promise<T>): Promise<T> {
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: 200 });
  await session.send('Profiler.start');
  try {
    return await work();
  } finally {
    const { profile: taken } = await session.send('Profiler.stop');
    writeFileSync(file, JSON.stringify(taken));
  }
}

function median(list: readonly number[]): number {
  return Math.round(list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN);
}
