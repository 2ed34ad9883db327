import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Dashboard, Layout, Panel } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { isKnownUnit } from '@vitrine/model/unit/unit-table.ts';
import { panelSpecs } from '@vitrine/plugins/panels/specs.ts';
import { parseBuiltinExpr } from '@vitrine/plugins/sources/builtin/check-query.ts';
import { builtinSpec } from '@vitrine/plugins/sources/builtin/spec.ts';
import { elasticsearchSpec } from '@vitrine/plugins/sources/elasticsearch/spec.ts';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';

import { registerHostMetrics } from './host.ts';
import { InferenceMetrics } from './inference-metrics.ts';
import { TrainingMetrics } from './training-metrics.ts';

const folder = join(import.meta.dirname, '../../../dashboards');
const dashboards: Dashboard[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => parseDashboard(JSON.parse(readFileSync(join(folder, file), 'utf8'))));
const panels: [where: string, panel: Panel][] = dashboards.flatMap(({ uid, panels }) =>
  panels.map((panel): [string, Panel] => [`${uid}: ${panel.title}`, panel]),
);

test('the built-in dashboards are there', () => {
  expect(dashboards.map(({ uid }) => uid).toSorted()).toEqual(['host', 'inference', 'latency-and-errors', 'training', 'vitrine']);
});

test.each(panels)('%s has options, queries and a unit that are known', (_, panel) => {
  const spec = panelSpecs.find(({ kind }) => kind === panel.kind);
  expect(spec, `a panel of kind ${panel.kind}`).toBeDefined();
  const options = spec!.parseOptions(panel.options) as Record<string, unknown>;
  expect(Object.keys(options)).toEqual(expect.arrayContaining(Object.keys(panel.options)));
  expect(panel.description).not.toBe('');
  expect(panel.queries.length).toBeGreaterThan(0);
  for (const { source, spec } of panel.queries) {
    if (source.type === elasticsearchSpec.kind) elasticsearchSpec.parseQuery(spec);
    else parseBuiltinExpr(builtinSpec.parseQuery(spec));
  }
  const unit = panel.fieldConfig.defaults.unit ?? '';
  expect(unit.startsWith('suffix:') || isKnownUnit(unit)).toBe(true);
});

/** The panels that share a grid: those of one section, or all of them. */
function gridsOf(layout: Layout): readonly (readonly number[])[] {
  return layout.kind === 'grid' ? [layout.panels] : layout.sections.flatMap((section) => gridsOf(section.layout));
}

test.each(dashboards.map((dashboard): [string, Dashboard] => [dashboard.uid, dashboard]))(
  'no two panels of %s overlap',
  (_, { panels, layout }) => {
    for (const ids of gridsOf(layout)) {
      const taken = new Map<string, string>();
      for (const { title, grid } of panels.filter(({ id }) => ids.includes(id))) {
        for (let x = grid.x; x < grid.x + grid.w; x++) {
          for (let y = grid.y; y < grid.y + grid.h; y++) {
            expect(taken.get(`${x},${y}`), `${title} stands at ${x},${y}`).toBeUndefined();
            taken.set(`${x},${y}`, title);
          }
        }
      }
    }
  },
);

test('the demo reports every training, inference and host metric that the dashboards ask for', async () => {
  const registry = new Registry();
  registerHostMetrics(registry);
  void new TrainingMetrics(registry);
  void new InferenceMetrics(registry, { model: 'digits', version: '1', parameters: 1 });
  const reported = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  const asked = panels.flatMap(([, { queries }]) =>
    queries.flatMap(({ spec }) => String(spec['expr']).match(/\b(?:training|inference|node)_\w+/g) ?? []),
  );
  expect(asked.length).toBeGreaterThan(50);
  const unknown = asked.filter(
    (name) => !reported.includes(name) && !reported.includes(name.replace(/_(bucket|sum|count)$/, '')),
  );
  expect(unknown).toEqual([]);
});
