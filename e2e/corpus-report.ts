import { writeFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { BROWSER } from './browser-options.ts';
import { type JudgedDashboard, type JudgedPanel, startCorpusRun } from './corpus-run.ts';

/** Dashboards that are looked at at once. */
const AT_ONCE = 2;
/** Of the panels that Vitrine supports, so many must come without a failure box. */
const GOAL = 0.98;

interface Asked {
  /** Of the folder, to be opened. */
  readonly files: readonly string[];
  /** Of the folder, to make data up for: the same for each choice of `files`, so that one dashboard looks as it does among all. */
  readonly dataOf: readonly string[];
  /** Takes all that was seen, as JSON. */
  readonly detailFile?: string;
}

/** Opens dashboards in Chromium and prints what came of each panel, counted. Answers whether the goals were met. */
export async function reportCorpusInBrowser(
  folder: string,
  { files, dataOf, detailFile }: Asked,
  say: (line: string) => void,
): Promise<boolean> {
  const browser = await chromium.launch(BROWSER);
  const judged: JudgedDashboard[] = [];
  const unopened: string[] = [];
  try {
    const run = await startCorpusRun(browser, folder, dataOf);
    say(
      `${run.sampleCount.toLocaleString('en')} samples of ${run.seriesCount.toLocaleString('en')} series for what the queries name`,
    );
    const queue = files.values();
    const work = async (): Promise<void> => {
      for (const file of queue) {
        try {
          judged.push(await run.judge(file));
        } catch (error) {
          unopened.push(`${file}: ${(error as Error).message}`);
        }
        const done = judged.length + unopened.length;
        if (done % 25 === 0) say(`  ${done} of ${files.length} dashboards`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await run.end();
  } finally {
    await browser.close();
  }
  if (detailFile !== undefined) writeFileSync(detailFile, JSON.stringify({ judged, unopened }, null, 1));
  return report(judged, unopened, say);
}

function report(judged: readonly JudgedDashboard[], unopened: readonly string[], say: (line: string) => void): boolean {
  const all = judged.flatMap(({ file, panels }) => panels.map((panel) => ({ file, ...panel })));
  const supported = all.filter(({ isSupported }) => isSupported);
  const bad = supported.filter(isBad);
  const pageErrors = judged.flatMap(({ file, pageErrors: errors }) => errors.map((error) => `${file}: ${error}`));
  const consoleErrors = judged.flatMap(({ consoleErrors: errors }) => errors.map(withoutNumbers));

  say('\nPanels in Chromium, by kind and state');
  const states = [...new Set(all.map(({ state }) => state))].toSorted();
  say(['', ...states].map((cell) => cell.padStart(9)).join(''));
  for (const [kind, panels] of groupBy(supported, ({ kind: name }) => name)) {
    const counts = states.map((state) => panels.filter((panel) => panel.state === state).length);
    say(`${counts.map((count) => String(count || '').padStart(9)).join('')}  ${kind}`);
  }
  list('Failure boxes of supported panels, by what they say', bad.map(sentenceOf));
  for (const panel of bad) say(`         ${panel.file} ${panel.key} "${panel.title}" (${panel.kind}): ${sentenceOf(panel)}`);
  list(
    'Notices of panels that are drawn',
    supported.filter(({ notices, state }) => notices !== '' && state !== 'failed').map(({ notices }) => withoutNumbers(notices)),
  );
  list(
    'Panels that are not supported',
    all.filter(({ isSupported }) => !isSupported).map(({ because, state }) => `${because} (${state})`),
  );
  list('Errors in the console', consoleErrors);
  list('Errors of the page', pageErrors);
  list('Not opened', unopened);

  const share = 1 - bad.length / supported.length;
  const drawn = supported.filter(({ state }) => state === 'ready').length;
  say(
    `\n${judged.length} dashboards opened, ${unopened.length} not; ${pageErrors.length} page errors, ${consoleErrors.length} console errors; ` +
      `${supported.length} supported panels, ${drawn} drawn with data, ${bad.length} with a failure box: ${(share * 100).toFixed(2)} % without`,
  );
  return unopened.length === 0 && pageErrors.length === 0 && share >= GOAL;

  function list(title: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    say(`\n${title}`);
    const counted = [...groupBy(lines, (line) => line)].map(([line, same]): [string, number] => [line, same.length]);
    for (const [line, count] of counted.toSorted((a, b) => b[1] - a[1])) say(`${String(count).padStart(7)}  ${line}`);
  }
}

/** Whatever keeps a reader from seeing what a panel says: a failure box, nothing at all, or something that never comes. */
export function isBad({ state, alert }: JudgedPanel): boolean {
  return alert !== '' || !['ready', 'empty'].includes(state);
}

function sentenceOf({ alert, state }: JudgedPanel): string {
  return alert === '' ? `(${state})` : withoutNumbers(alert.replace(/Try again$/, ''));
}

/** What differs only in numbers and quoted names is one cause. */
function withoutNumbers(text: string): string {
  return text
    .slice(0, 300)
    .replaceAll(/https?:\/\/127\.0\.0\.1:\d+/g, '')
    .replaceAll(/\d[\d,.]*/g, 'N');
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  return [...Map.groupBy(items, keyOf)].toSorted((a, b) => b[1].length - a[1].length);
}
