import { exportDashboard } from '@vitrine/model/grafana/export-dashboard.ts';
import { importDashboards } from '@vitrine/model/grafana/import-dashboard.ts';
import { MEANING_FREE } from '@vitrine/model/grafana/meaning-free.ts';
import { oldKeysOf } from '@vitrine/model/grafana/migrate-panel.ts';
import { panelSpecs } from '@vitrine/plugins/panels/specs.ts';
import { prometheusSpec as prometheus } from '@vitrine/plugins/sources/prometheus/spec.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { corpusFolder } from '../testing/corpus-folder.ts';

const folder = corpusFolder('dashboards');
const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.json'));

const specs = new Map(panelSpecs.map((spec) => [spec.kind, spec]));

type Json = Readonly<Record<string, unknown>>;

describe.skipIf(folder === undefined)('real dashboards', () => {
  test('are all there', () => expect(files).toHaveLength(275));

  test.each(files)('%s: comes in, loses nothing, and comes back the same from an export', (file) => {
    const text = readFileSync(join(folder as string, file), 'utf8');
    const [imported, ...more] = importDashboards(text);
    expect(more).toEqual([]);
    const { dashboard, report } = imported!;
    const exported = exportDashboard(dashboard) as Json;
    expect(importDashboards(JSON.stringify(exported))[0]?.dashboard).toEqual(dashboard);
    expect(
      lost(
        dashboardIn(text),
        exported,
        report.findings.map(({ path }) => path),
      ),
    ).toEqual([]);
  });

  test.each(files)('%s: panels and queries are ones that their plugins read', (file) => {
    const [imported] = importDashboards(readFileSync(join(folder as string, file), 'utf8'));
    const refused = imported!.dashboard.panels.flatMap(({ id, kind, options, queries }) => [
      ...complaint(`panel ${id}`, () => specs.get(kind)?.parseOptions(options)),
      ...queries.flatMap(({ refId, source, spec, hidden }) =>
        source.type === 'prometheus' && !hidden
          ? complaint(`panel ${id}, query ${refId}`, () => prometheus.parseQuery(spec))
          : [],
      ),
    ]);
    expect(refused).toEqual([]);
  });
});

function complaint(where: string, read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    return [`${where}: ${(error as Error).message}`];
  }
}

function dashboardIn(text: string): Json {
  const json = JSON.parse(text.replace(/^\uFEFF/, '')) as Json;
  return (json['dashboard'] as Json | undefined) ?? json;
}

interface Leaf {
  readonly path: string;
  /** The nearest member's name. */
  readonly key: string;
  readonly value: unknown;
}

/** Leaves of a document that neither its export has nor a finding mentions, nor the documentation calls free of meaning. */
function lost(json: Json, exported: Json, mentioned: readonly string[]): string[] {
  const { panels, rows, ...rest } = json;
  const all = wordsOf(exported);
  const byId = new Map(
    (exported['panels'] as Json[])
      .flatMap((panel) => [panel, ...listOf(panel['panels'])])
      .map((panel) => [panel['id'], wordsOf(panel)]),
  );
  const given = [...listOf(panels), ...listOf(rows)].flatMap((panel) => [panel, ...listOf(panel['panels'])]).map(({ id }) => id);
  // That rows became a grid says nothing of what stood in them.
  const paths = new Set(mentioned.filter((path) => path !== 'rows').flatMap((path) => [path, path.replace(/^dashboard\./, '')]));
  const isMentioned = (path: string): boolean => {
    for (let at = path; at !== ''; at = at.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]*)$/, '')) if (paths.has(at)) return true;
    return false;
  };
  const losses: string[] = [];
  const look = (value: unknown, path: string, words: ReadonlySet<string>): void => {
    for (const leaf of leaves(value, path)) {
      if (!words.has(wordOf(leaf)) && !isMentioned(leaf.path) && !isFree(leaf))
        losses.push(`${leaf.path}: ${JSON.stringify(leaf.value)}`);
    }
  };
  look(
    Object.fromEntries(
      Object.entries(rest).filter(
        ([key]) => !(MEANING_FREE.dashboard as readonly string[]).some((free) => free.toLowerCase() === key.toLowerCase()),
      ),
    ),
    '',
    all,
  );
  listOf(panels).forEach((panel, index) => visit(panel, `panels[${index}]`));
  listOf(rows).forEach((row, index) =>
    listOf(row['panels']).forEach((panel, at) => visit(panel, `rows[${index}].panels[${at}]`)),
  );
  return losses;

  function visit(panel: Json, path: string): void {
    if (panel['type'] === 'row') {
      look({ title: panel['title'], repeat: panel['repeat'] }, path, all);
      listOf(panel['panels']).forEach((inner, index) => visit(inner, `${path}.panels[${index}]`));
      return;
    }
    const twins = given.filter((id) => id === panel['id']).length;
    const words = (twins === 1 ? byId.get(panel['id']) : undefined) ?? all;
    const read = new Set([...oldKeysOf(panel), ...MEANING_FREE.panel, 'gridPos'].map((key) => key.toLowerCase()));
    // A migrated panel takes its look from its old words, whatever Grafana had put beside them.
    if (panel['autoMigrateFrom'] !== undefined) for (const key of ['type', 'options', 'fieldconfig']) read.add(key);
    if (oldKeysOf(panel).length > 0) read.add('type');
    look(Object.fromEntries(Object.entries(panel).filter(([key]) => !read.has(key.toLowerCase()))), path, words);
  }
}

/** What docs/dashboards-import.md says means nothing, or is said in other words. */
function isFree({ path, key, value }: Leaf): boolean {
  if ((MEANING_FREE.anywhere as readonly string[]).includes(key)) return true;
  // Off is how these are without being said.
  if (value === false && ['hide', 'transparent', 'hideTimeOverride', 'hidden'].includes(key)) return true;
  if (
    /^templating\.list\[\d+\]\.(definition|options|index|error|valuesFormat|refresh|current\.(text|selected|isNone))/.test(path)
  )
    return true;
  if (/^templating\.list\[\d+\]\.(allowCustomValue|regexApplyTo)$/.test(path)) return value === true || value === 'value';
  if (/^(timezone|refresh)$/.test(path)) return ['UTC', 'default', false].includes(value as string);
  // The order in which an editor lists mappings and steps.
  if (key === 'index' && /mappings|thresholds|overrides/.test(path)) return true;
  // Expressions are computed; there is no source to choose for them.
  if (/^\$\{DS_EXPRESSION\}$/.test(String(value)) || path.endsWith('options.alertThreshold')) return true;
  const computed = ['default', 'grafana', 'datasource', '-- Mixed --'].includes(value as string) || path.endsWith('.default');
  return computed && /datasource/.test(path);
}

function* leaves(value: unknown, path: string, key = ''): Generator<Leaf> {
  if (value === null || value === undefined || value === '') return;
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* leaves(item, `${path}[${index}]`, key);
  else if (typeof value === 'object') {
    for (const [name, member] of Object.entries(value)) yield* leaves(member, path === '' ? name : `${path}.${name}`, name);
  } else yield { path, key, value };
}

function wordsOf(value: unknown): ReadonlySet<string> {
  return new Set([...leaves(value, '')].map(wordOf));
}

/** Sources by name are called by uid now; options of a variable are listed with other blanks. */
function wordOf({ path, key, value }: Leaf): string {
  const name = key === 'datasource' ? 'uid' : key;
  // $name and ${name} are one variable.
  const text = name === 'uid' ? String(value).replace(/^\$\{(\w+)\}$/, '$$$1') : String(value);
  return `${name}=${/^templating\.list\[\d+\]\.query$/.test(path) || name === 'query' ? text.replaceAll(/\s*([,:])\s*/g, '$1').replaceAll(/([^,:]+):\1(?=,|$)/g, '$1') : text}`.toLowerCase();
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
