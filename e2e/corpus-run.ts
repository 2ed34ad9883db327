import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { ImportAnswer } from '@vitrine/model/api.ts';
import type { Dashboard, Panel } from '@vitrine/model/dashboard.ts';
import { importDashboards } from '@vitrine/model/grafana/import-dashboard.ts';
import { panelSpecs } from '@vitrine/plugins/panels/specs.ts';
import { remoteWriteRequests, sendAll } from '../bench/remote-write.ts';
import { madeUpSeries } from './made-up-series.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';
import { type Walk, walkDashboard, type WalkedPanel } from './walk-dashboard.ts';

const EXPORTER = 'prometheus-node-exporter';
const STEP_MS = 15_000;
/** The stretch that every dashboard is looked at over. */
const RANGE_MS = 30 * 60_000;
const VIEW = { width: 1600, height: 2400 };

/** A panel that Vitrine says it can draw, from a source that it can ask here, and what came of it. */
export interface JudgedPanel extends WalkedPanel {
  readonly kind: string;
  /** Whether its kind is one of Vitrine's, and all its queries go to Vitrine's own store. */
  readonly isSupported: boolean;
  /** Why it isn't; "" where it is. */
  readonly because: string;
}

export interface JudgedDashboard extends Omit<Walk, 'panels'> {
  readonly file: string;
  readonly panels: readonly JudgedPanel[];
}

/** A Vitrine with data for the dashboards of the given files, and a browser that is signed in to it. */
export interface CorpusRun {
  readonly seriesCount: number;
  readonly sampleCount: number;
  /** Imports a file over the API, opens what became of it, and looks at every panel. */
  judge(file: string): Promise<JudgedDashboard>;
  end(): Promise<void>;
}

export async function startCorpusRun(browser: Browser, folder: string, files: readonly string[]): Promise<CorpusRun> {
  const dashboards = files.flatMap((file) => read(folder, file).map(({ dashboard }) => dashboard));
  const toMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  // A window before the range, so that rates have something to start from.
  const data = madeUpSeries(dashboards, toMs - RANGE_MS - 10 * 60_000, toMs, STEP_MS);
  const port = await freePort();
  const scrapes = join('/tmp', `vitrine-corpus-${process.pid}-${port}.yml`);
  const exporter = startExporter(port);
  writeFileSync(
    scrapes,
    `global: {scrape_interval: 15s}\nscrape_configs: [{job_name: node, static_configs: [{targets: ['127.0.0.1:${port}']}]}]\n`,
  );
  let vitrine: VitrineProcess | undefined;
  let context: BrowserContext | undefined;
  const end = async (): Promise<void> => {
    await context?.close();
    await vitrine?.stop();
    exporter?.kill('SIGTERM');
  };
  try {
    const running = (vitrine = await startVitrine('serve', exporter === undefined ? [] : ['--scrape.file', scrapes]));
    await sendAll(`${running.url}/api/v1/write`, remoteWriteRequests(data), 1);
    const signedIn = (context = await browser.newContext({ colorScheme: 'dark', viewport: VIEW }));
    const page = await signedIn.newPage();
    await page.goto(running.signInLink);
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    await page.close();
    return {
      seriesCount: data.series.length,
      sampleCount: data.series.length * data.timestampsMs.length,
      judge: (file) => judge(signedIn, running.url, folder, file, toMs),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function judge(context: BrowserContext, url: string, folder: string, file: string, toMs: number): Promise<JudgedDashboard> {
  const page = await context.newPage();
  try {
    const dashboard = await importFile(page, url, folder, file);
    const range = new URLSearchParams({ from: String(toMs - RANGE_MS), to: String(toMs) });
    const walk = await walkDashboard(page, `${url}/d/${dashboard.uid}?${range}`);
    const byId = new Map(dashboard.panels.map((panel) => [panel.id, panel]));
    const panels = walk.panels.map((walked): JudgedPanel => {
      const panel = byId.get(Number.parseInt(walked.key, 10));
      const because = panel === undefined ? 'not of this dashboard' : whyUnsupported(panel, dashboard);
      const state = walked.state === 'blank' && panel !== undefined && mayBeBlank(panel) ? 'ready' : walked.state;
      return { ...walked, state, kind: panel?.kind ?? '', isSupported: because === '', because };
    });
    return { ...walk, file, panels };
  } finally {
    await page.close();
  }
}

async function importFile(page: Page, url: string, folder: string, file: string): Promise<Dashboard> {
  const inputs = read(folder, file).flatMap(({ report }) => report.inputs);
  const answers = inputs.map(({ name, kind, type, value }): [string, string] => [
    name,
    kind === 'constant' ? value : type === 'prometheus' ? 'builtin' : '',
  ]);
  const response = await page.request.post(`${url}/api/import`, {
    headers: { origin: url },
    data: {
      text: readFileSync(join(folder, file), 'utf8'),
      inputs: Object.fromEntries(answers.filter(([, answer]) => answer !== '')),
      uid: '',
    },
  });
  if (!response.ok()) throw new Error(`${file} was not imported: ${response.status()} ${await response.text()}`);
  const [imported] = ((await response.json()) as ImportAnswer).dashboards;
  if (imported === undefined) throw new Error(`${file} holds no dashboard`);
  return imported.dashboard;
}

const KINDS = new Set(panelSpecs.map(({ kind }) => kind));
/** Types whose queries go to Vitrine's own store where no other source is set up, or are computed by Vitrine. */
const OWN_TYPES = new Set(['', 'prometheus', 'builtin', '__expr__', 'datasource']);
/** What only VictoriaMetrics understands, though the query names a source of the type prometheus. */
const METRICS_QL = [
  /\bwith\s*\(/i,
  /\blabel_(?:move|set|del|keep|copy|map|match|transform|value)\s*\(/,
  /\)\s*default\b/,
  // Their aggregation into buckets of its own making.
  /\bhistogram\s*\(/,
  // A window on what is no selector, and a rate without one.
  /\)\s*\[[^\]:]+\]/,
  /\b(?:rate|increase|delta)\s*\((?:[^()[\]]|\{[^}]*\})*\)/,
  /,\s*\)/,
];

function whyUnsupported(panel: Panel, dashboard: Dashboard, depth = 0): string {
  if (!KINDS.has(panel.kind)) return `kind ${panel.kind}`;
  for (const { source, spec, hidden } of panel.queries) {
    if (hidden) continue;
    const name = /^\$\{?(\w+)/.exec(source.uid)?.[1];
    const chosen = dashboard.variables.find((variable) => variable.name === name);
    const type = chosen?.kind === 'datasource' ? chosen.type : source.type;
    if (!OWN_TYPES.has(type)) return `source ${type}`;
    // Where the type is not said, the words of the query say it.
    if (type === '' && typeof spec['expr'] !== 'string') return 'source of another kind, by its words';
    const { expr } = spec;
    if (typeof expr === 'string' && METRICS_QL.some((words) => words.test(expr))) return 'MetricsQL';
    const other = type === 'datasource' ? dashboard.panels.find(({ id }) => id === spec['panelId']) : undefined;
    const ofOther = other === undefined || depth > 5 ? '' : whyUnsupported(other, dashboard, depth + 1);
    if (ofOther !== '') return ofOther;
  }
  return '';
}

/** A text that is empty, and tiles that say all by their colour. */
function mayBeBlank({ kind, options }: Panel): boolean {
  return kind === 'text' || (options as { readonly textMode?: unknown }).textMode === 'none';
}

function read(folder: string, file: string): ReturnType<typeof importDashboards> {
  return importDashboards(readFileSync(join(folder, file), 'utf8'));
}

function startExporter(port: number): ChildProcess | undefined {
  if (spawnSync(EXPORTER, ['--version']).error !== undefined) return undefined;
  return spawn(EXPORTER, [`--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
