import { importDashboards } from '@vitrine/model/grafana/import-dashboard.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { openStore } from '@vitrine/tsdb/open-store.ts';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replyFor } from '../http/errors.ts';
import { corpusFolder } from '../testing/corpus-folder.ts';
import { createAnswers } from './answers.ts';
import { dataSourceRegistry } from './data-source-registry.ts';
import { optionMemory } from './page-scope.ts';
import { runPanel } from './run-panel.ts';
import { sourceKinds } from './source-kinds.ts';
import { connectSources } from './sources.ts';

const folder = corpusFolder('dashboards');
const END = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;

function dashboards(from: string): Dashboard[] {
  return readdirSync(from)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      try {
        return importDashboards(readFileSync(join(from, name), 'utf8')).map(({ dashboard }) => dashboard);
      } catch {
        // What cannot be imported is counted elsewhere.
        return [];
      }
    });
}

/** Every panel whose queries are all Prometheus'. Nothing is stored: what counts is that each question can be asked. */
test.skipIf(folder === undefined)(
  'queries of real dashboards can be asked [needs ../shared/corpus]',
  { timeout: 120_000 },
  async () => {
    const data = mkdtempSync(join(tmpdir(), 'vitrine-corpus-'));
    const samples = await openStore({ folder: data, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1_000 });
    const sources = connectSources({
      registry: dataSourceRegistry(async () => []),
      kinds: sourceKinds(),
      samples,
      scrapeIntervalMs: 15_000,
      reachOf: () => ({ mayBePrivate: true }),
      timeoutMs: 10_000,
    });
    const limits = { maxSamples: 1_000_000, maxSeries: 1_000, timeoutMs: 10_000 };
    const needs = { sources, limits, memory: optionMemory(), answers: createAnswers(), maxPoints: 11_000 };
    const failures = new Map<string, number>();
    let panels = 0;
    let failed = 0;
    for (const dashboard of dashboards(folder as string)) {
      const { uid, title, variables, timezone } = dashboard;
      for (const panel of dashboard.panels) {
        const isProm =
          panel.queries.length > 0 &&
          panel.queries.every(
            ({ source, spec }) =>
              ['prometheus', 'builtin', '__expr__'].includes(source.type) &&
              (source.type === '__expr__' || typeof spec['expr'] === 'string'),
          );
        if (!isProm) continue;
        panels++;
        const page = {
          dashboard: { uid, title },
          variables,
          chosen: {},
          filters: {},
          fromMs: END - 3_600_000,
          toMs: END,
          calendar: dashboard,
          timeZone: timezone === '' ? 'browser' : timezone,
          user: undefined,
        };
        try {
          const { notices } = await runPanel(
            { panel, panels: dashboard.panels, page, fromMs: page.fromMs, toMs: page.toMs, widthPx: 400 },
            needs,
            new AbortController().signal,
          );
          const wrong = notices.find(({ level }) => level === 'error');
          if (wrong !== undefined) throw new Error(wrong.text);
        } catch (error) {
          failed++;
          const reply = replyFor(error);
          const said = `${title} / ${panel.title}: ${reply.code === 'internal' ? (error as Error).stack : reply.message}`;
          failures.set(said, (failures.get(said) ?? 0) + 1);
        }
      }
    }
    await samples.close();
    rmSync(data, { recursive: true, force: true });
    console.log(`${panels - failed} of ${panels} panels of real dashboards can be asked`);
    if (process.env['VITRINE_CORPUS_REPORT'] !== undefined) console.log([...failures.keys()].join('\n'));
    expect(panels).toBeGreaterThan(2_000);
    expect((panels - failed) / panels).toBeGreaterThan(0.95);
  },
);
