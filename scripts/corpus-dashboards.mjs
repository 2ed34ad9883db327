// `npm run corpus:dashboards`: imports every dashboard of the corpus, exports it, imports it again, and counts what came of it by
// panel kind, transformation, kind of variable and type of data source. Ends with 1 where one cannot be read or comes back different.
// With `--browser` all are opened in Chromium as well, on made-up data, and what is drawn is counted, which takes a quarter of
// an hour; `--match vllm,dcgm` takes only files with one of these in their names, and `--detail FILE` writes all that was seen as JSON.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { exportDashboard } from '../packages/model/src/grafana/export-dashboard.ts';
import { importDashboards } from '../packages/model/src/grafana/import-dashboard.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: options, positionals } = parseArgs({
  options: { browser: { type: 'boolean', default: false }, match: { type: 'string', default: '' }, detail: { type: 'string' } },
  allowPositionals: true,
});
const folder = positionals[0] ?? join(process.env.VITRINE_CORPUS ?? join(ROOT, '../shared/corpus'), 'dashboards');
if (!existsSync(folder)) {
  say(`1 skipped: the folder ${folder} is absent. Set VITRINE_CORPUS to a copy of the corpus, or name a folder.`);
  process.exit(0);
}

const parts = options.match.split(',');
const all = readdirSync(folder).filter((name) => /\.(json|ya?ml)$/.test(name));
const files = all.filter((name) => parts.some((part) => name.includes(part)));
const tables = new Map();
const failures = [];
let dashboards = 0;
for (const file of files) {
  try {
    for (const imported of importDashboards(readFileSync(join(folder, file), 'utf8'))) {
      dashboards++;
      tally(imported);
      const [again] = importDashboards(JSON.stringify(exportDashboard(imported.dashboard)));
      if (!isDeepStrictEqual(again?.dashboard, imported.dashboard))
        failures.push(`${file}: comes back different from its export`);
    }
  } catch (error) {
    failures.push(`${file}: ${error.message}`);
  }
}
for (const [title, rows] of tables) print(title, rows);
say(`\n${files.length} files, ${dashboards} dashboards, ${failures.length} failures`);
for (const failure of failures) say(`  ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
if (options.browser) {
  // Not loaded without need: Playwright is large.
  const { reportCorpusInBrowser } = await import('../e2e/corpus-report.ts');
  const isGood = await reportCorpusInBrowser(folder, { files, dataOf: all, detailFile: options.detail }, say);
  if (!isGood) process.exitCode = 1;
}

function tally({ dashboard, report }) {
  count('Forms', report.form);
  for (const { kind, queries, transformations } of dashboard.panels) {
    count('Panels by kind', kind);
    for (const { id } of transformations) count('Transformations', id);
    for (const { source } of queries) count('Queries by type of source', source.type || '(default or by name)');
  }
  for (const { kind } of dashboard.variables) count('Variables by kind', kind);
  for (const { level, panel, text } of report.findings) {
    count('Findings by level', level);
    if (level === 'unsupported') count('Unsupported', text);
    if (panel !== undefined && level === 'approximated') count('Panels that are only near, by their old kind', panel.kind);
  }
}

function count(title, name) {
  const rows = tables.get(title) ?? new Map();
  tables.set(title, rows.set(name, (rows.get(name) ?? 0) + 1));
}

function print(title, rows) {
  say(`\n${title}`);
  for (const [name, times] of [...rows].toSorted((a, b) => b[1] - a[1])) say(`${String(times).padStart(7)}  ${name}`);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
