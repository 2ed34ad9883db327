import '@vitrine/compute/pattern-engine.ts';
import { RUN_ATTRIBUTES } from '@vitrine/compute/run-filter/run-field.ts';
import { parseRunField } from '@vitrine/compute/run-filter/parse-run-filter.ts';
import type { RunStatus } from '@vitrine/model/run.ts';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenRuns, openRuns } from './runs/open-runs.ts';
import { runTable } from './runs/table/run-table.ts';
import { MemoryCurves } from './testing/memory-curves.ts';
import { openTestDocuments } from './testing/open-test-documents.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/runs.md', import.meta.url)), 'utf8');
const NOW_MS = 1_800_000_000_000;

interface Example {
  readonly name: string;
  readonly project: string;
  readonly group: string;
  readonly status: RunStatus;
  readonly hosts: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, readonly number[]>>;
  readonly hoursAgo: number;
}

describe('docs/runs.md', () => {
  let runs: OpenRuns;
  beforeAll(async () => {
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(PAGE) ?? [];
    const { metrics, hoursAgo, ...run } = JSON.parse(json) as Example;
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-docs-runs-'));
    const documents = await openTestDocuments(folder);
    const curves = new MemoryCurves();
    runs = await openRuns({ documents: documents.runs, curves, folder, log: { error: () => {} } });
    const { id } = await runs.create({ ...run, source: 'mlflow', startedMs: NOW_MS - hoursAgo * 3_600_000 });
    for (const [metric, values] of Object.entries(metrics)) {
      await curves.append({
        curves: [{ run: id, metric }],
        curveIndex: new Uint32Array(values.length),
        steps: Float64Array.from(values, (_, step) => step),
        timesMs: new Float64Array(values.length).fill(NOW_MS),
        values: Float64Array.from(values),
      });
    }
    afterAll(async () => {
      await runs.close();
      await documents.close();
      rmSync(folder, { recursive: true, force: true });
    });
  });

  const rows = [...PAGE.matchAll(/^\| (`+)(.+?)\1 \| (yes|no) \|/gm)].map(([, , filter = '', says = '']): [string, string] => [
    filter,
    says,
  ]);
  test('has examples', () => expect(rows.length).toBeGreaterThan(20));
  test.each(rows)('%s: %s', async (filter, says) => {
    const { total } = await runTable({ filter, offset: 0, limit: 1 }, runs, NOW_MS);
    expect(total === 1 ? 'yes' : 'no').toBe(says);
  });

  test('names every attribute, and each of its other names', () => {
    const [, table = ''] = PAGE.split('| field | also | what it is |');
    const lines = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| `(\w+)` \|(.*?)\|/gm)];
    expect(lines.map(([, name]) => name)).toEqual(RUN_ATTRIBUTES.map(({ name }) => name));
    for (const [, name, also = ''] of lines) {
      for (const [, alias = ''] of also.matchAll(/`(\w+)`/g)) expect(parseRunField(alias)).toEqual({ kind: 'attribute', name });
    }
  });
});
