import type { ImportedDashboard, ImportFinding } from '@vitrine/model/api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { importDashboards } from '@vitrine/model/grafana/import-dashboard.ts';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { complain, print } from './print.ts';

const LEVELS = ['migrated', 'approximated', 'unsupported', 'repaired'] as const;
const WARNINGS: ReadonlySet<ImportFinding['level']> = new Set(['approximated', 'unsupported']);
/** What of a folder may hold dashboards; YAML only where it says so. */
const YAML_WITH_DASHBOARDS = /^[ \t]*kind:[ \t]*["']?(ConfigMap|ConfigMapList|List|Dashboard|GrafanaDashboard)\b/m;

/** `vitrine check dashboard FILE…`: what an import would make of each, panel by panel, and the sum. The exit code is 1 where one cannot be read. */
export function checkDashboards(paths: readonly string[]): number {
  if (paths.length === 0) {
    complain('vitrine check dashboard: expected files or folders of dashboards, Grafana’s or Vitrine’s, in JSON or YAML.');
    return 1;
  }
  const sum: Sum = { files: 0, errors: 0, warnings: 0 };
  for (const path of paths) {
    try {
      const texts = textsOf(path);
      // Nothing is not all right: a mistyped folder would stay green.
      if (texts.length === 0) {
        sum.errors++;
        complain(`${path}: holds no dashboards: no .json file, and no YAML that says it has some.`);
      }
      for (const { file, text } of texts) {
        sum.files++;
        checkOne(file, text, sum);
      }
    } catch (error) {
      sum.files++;
      sum.errors++;
      complain(`${path}: ${sentenceOf(error as NodeJS.ErrnoException)}`);
    }
  }
  print(`${counted(sum.files, 'file')}, ${counted(sum.errors, 'error')}, ${counted(sum.warnings, 'warning')}`);
  return sum.errors === 0 ? 0 : 1;
}

/** What became of all files: an error is one that cannot be read, a warning what looks or behaves a little different, or is not shown. */
interface Sum {
  files: number;
  errors: number;
  warnings: number;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** The file, or those of a folder in the order of their names. */
function textsOf(path: string): { readonly file: string; readonly text: string }[] {
  if (!statSync(path).isDirectory()) return [{ file: path, text: readFileSync(path, 'utf8') }];
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ['.json', '.yaml', '.yml'].includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  return files
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    .filter(({ file, text }) => extname(file) === '.json' || YAML_WITH_DASHBOARDS.test(text));
}

function checkOne(file: string, text: string, sum: Sum): void {
  try {
    for (const imported of importDashboards(text)) {
      for (const line of reportLines(file, imported)) print(line);
      sum.warnings += imported.report.findings.filter(({ level }) => WARNINGS.has(level)).length;
    }
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    complain(`${file}: ${error.message}`);
    sum.errors++;
  }
}

function reportLines(file: string, { dashboard, report }: ImportedDashboard): string[] {
  const { title, uid, panels, variables } = dashboard;
  const counts = LEVELS.map((level) => `${report.findings.filter((finding) => finding.level === level).length} ${level}`).join(
    ', ',
  );
  return [
    `${file}: "${title}" (${uid}), ${report.form}: panels: ${panels.length}, variables: ${variables.length}; ${counts}`,
    ...report.inputs.map(
      ({ name, kind, type }) => `  asks for ${name}, ${kind === 'constant' ? 'a value' : `a data source of the type ${type}`}`,
    ),
    ...byPanel(report.findings).flatMap(([panel, findings]) => [
      `  ${panel}`,
      ...findings.map(
        ({ level, path, text: sentence }) => `    ${level.padEnd(12)} ${path === '' ? '' : `${path}: `}${sentence}`,
      ),
    ]),
  ];
}

/** The dashboard's own first, then panel by panel in the order of the report. */
function byPanel(findings: readonly ImportFinding[]): [string, readonly ImportFinding[]][] {
  const groups = new Map<string, ImportFinding[]>();
  for (const finding of findings.toSorted((a, b) => Number(a.panel !== undefined) - Number(b.panel !== undefined))) {
    const { panel } = finding;
    const name = panel === undefined ? 'dashboard' : `panel ${panel.id} "${panel.title}" (${panel.kind})`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [finding]);
    else group.push(finding);
  }
  return [...groups];
}

function sentenceOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such file.';
  if (error.code !== undefined) return `cannot be read (${error.code}).`;
  throw error;
}
