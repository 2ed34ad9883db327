import type { ImportedDashboard, ImportInput } from '../api.ts';
import { BadRequest } from '../bad-request.ts';
import { DASHBOARD_VERSION } from '../dashboard.ts';
import { MAX_ANNOTATIONS, MAX_LINKS, MAX_PANELS, MAX_SECTIONS, MAX_VARIABLES, parseDashboard } from '../parse/dashboard.ts';
import { mendCase } from './careless.ts';
import { importV1, type Naming } from './import-v1.ts';
import { importV2, isV2 } from './import-v2.ts';
import { answerInputs, readInputs } from './inputs.ts';
import { listOf, numberOf, objectOf, objectsOf, textOf, type Json } from './json.ts';
import { readText, type ForeignDashboard } from './read-text.ts';
import { Notes, Report } from './report.ts';

const NEWEST_SCHEMA = 42;

/**
 * Reads the dashboards of a file: Grafana's of any age in JSON, bare or in the envelope of an API or a Kubernetes resource, in
 * ConfigMaps of YAML or JSON, or Vitrine's own. `answers` say what stands for each input by its name. Each dashboard comes with
 * a report of what was migrated, approximated, unsupported or repaired; what is not understood is kept in `extra`. `uidFor` is
 * told the uid in the document, "" where there is none, and says what it is to be; "" makes one of the title. `drawn` are kinds of panels
 * that plugins draw here.
 * Throws BadRequest with a sentence that names the place.
 */
export function importDashboards(
  text: string,
  answers: Readonly<Record<string, string>> = {},
  uidFor: Naming['uidFor'] = (given) => given,
  drawn: ReadonlySet<string> = new Set(),
): ImportedDashboard[] {
  return readText(text).map((found) => {
    try {
      return importOne(found, answers, uidFor, drawn);
    } catch (error) {
      if (!(error instanceof BadRequest) || found.path === '') throw error;
      const field = `${found.path}.${error.field}`;
      throw new BadRequest(field, error.message.slice(error.field.length + 2), { cause: error });
    }
  });
}

function importOne(
  { json, path, name }: ForeignDashboard,
  answers: Readonly<Record<string, string>>,
  uidFor: Naming['uidFor'],
  drawn: ReadonlySet<string>,
): ImportedDashboard {
  if (isOwn(json)) {
    const uid = uidFor(textOf(json['uid']));
    const dashboard = parseDashboard(uid === '' ? json : { ...json, uid });
    return { dashboard, report: { form: `Vitrine ${String(json['version'])}`, inputs: [], findings: [] } };
  }
  refuseTooMany(json);
  const report = new Report(drawn);
  const notes = new Notes(report, path);
  const inputs = readInputs(json);
  const answered = answerInputs(json, inputs, answers);
  noteOpenInputs(inputs, answered, notes);
  const { form, dashboard } = isV2(json)
    ? { form: 'Grafana v2', dashboard: importV2(answered, { name, uidFor }, notes) }
    : readV1(mendCase(answered, notes), { name, uidFor }, notes);
  // The parser has the last word, so that whatever comes in can be saved and opened again.
  return { dashboard: parseDashboard(dashboard), report: { form, inputs, findings: report.findings } };
}

/**
 * Counted before anything is read: a document of 100,000 panels takes minutes to migrate, and the parser would refuse what
 * comes out of it.
 */
function refuseTooMany(json: Json): void {
  const top = [...listOf(json['panels']), ...listOf(json['rows'])];
  const all = top.flatMap((entry) => [entry, ...listOf(objectOf(entry)['panels'])]);
  const rows = listOf(json['rows']).length + all.filter((entry) => objectOf(entry)['type'] === 'row').length;
  const counts = [
    ['panels', all.length - rows, MAX_PANELS, 'panels'],
    ['panels', rows, MAX_SECTIONS, 'rows'],
    ['elements', Object.keys(objectOf(json['elements'])).length, MAX_PANELS, 'panels'],
    ['templating.list', listOf(objectOf(json['templating'])['list']).length, MAX_VARIABLES, 'variables'],
    ['variables', listOf(json['variables']).length, MAX_VARIABLES, 'variables'],
    ['annotations.list', listOf(objectOf(json['annotations'])['list']).length, MAX_ANNOTATIONS, 'annotations'],
    ['links', listOf(json['links']).length, MAX_LINKS, 'links'],
  ] as const;
  for (const [field, count, most, what] of counts) {
    if (count > most) throw new BadRequest(field, `holds ${count} ${what}, and at most ${most} fit`);
  }
}

function readV1(json: Json, naming: Naming, notes: Notes): { readonly form: string; readonly dashboard: unknown } {
  const schema = numberOf(json['schemaVersion']);
  if (schema !== undefined && schema > NEWEST_SCHEMA) {
    notes
      .at('schemaVersion')
      .approximated(
        `The schema ${schema} is newer than ${NEWEST_SCHEMA}, the newest one known here; what is new in it is kept, not understood.`,
      );
  }
  return { form: schema === undefined ? 'Grafana v1' : `Grafana v1, schema ${schema}`, dashboard: importV1(json, naming, notes) };
}

function noteOpenInputs(inputs: readonly ImportInput[], answered: Json, notes: Notes): void {
  const open = new Set(objectsOf(answered['__inputs']).map((input) => input['name']));
  for (const { name, kind, type } of inputs) {
    if (open.has(name)) {
      notes
        .at('__inputs')
        .approximated(
          kind === 'datasource'
            ? `"${name}" asks for a data source of the type ${type}, which was not named; the default one of that type answers.`
            : `"${name}" asks for a value, which was not given.`,
        );
    }
  }
}

/** Vitrine's documents count versions from 1 and have no schemaVersion; their panels have kinds, not types. */
function isOwn(json: Json): boolean {
  const version = numberOf(json['version']);
  if (version === undefined || version < 1 || json['schemaVersion'] !== undefined || json['elements'] !== undefined) return false;
  const panels = objectsOf(json['panels']);
  return panels.length > 0
    ? panels.every((panel) => panel['kind'] !== undefined && panel['type'] === undefined)
    : version <= DASHBOARD_VERSION && ('x' in json || 'range' in json);
}
