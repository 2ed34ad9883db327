import { BadRequest } from '@vitrine/model/bad-request.ts';
import { importDashboards } from '@vitrine/model/grafana/import-dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { describeParseError } from '@vitrine/promql/parse.ts';
import { checkBuiltinQuery } from '@vitrine/plugins/sources/builtin/check-query.ts';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { ExpositionError } from '../ingest/exposition/exposition-error.ts';
import { parseExposition } from '../ingest/exposition/parse-exposition.ts';
import { parseScrapeConfigs } from '../scrape/parse-scrape-configs.ts';
import { KEY_NAMES } from './keys.ts';
import { checkConfigFile, ConfigError } from './read-config.ts';

const OWN_SECTIONS = [...new Set(KEY_NAMES.map((name) => name.split('.')[0] as string))];

/**
 * Reads a file as what its name says it is. Answers what is right but has no effect; throws ConfigError, whose message
 * begins with file:line, at the first thing that is wrong.
 */
export function checkText(path: string, extension: string, bytes: Buffer): readonly string[] {
  switch (extension) {
    case '.prom':
    case '.om':
    case '.txt':
      return checkExposition(path, extension, bytes);
    case '.json':
      return checkDashboard(path, bytes.toString('utf8'));
    case '.yaml':
    case '.yml':
      return checkYaml(path, bytes.toString('utf8'));
    default:
      throw new ConfigError(
        `${path}: what it is cannot be told from "${extension}"; known are .yaml, .yml, .json, .prom, .om and .txt.`,
      );
  }
}

function checkExposition(path: string, extension: string, bytes: Buffer): readonly string[] {
  try {
    parseExposition(bytes, extension === '.om' ? 'openmetrics' : 'text');
    return [];
  } catch (error) {
    if (!(error instanceof ExpositionError)) throw error;
    throw new ConfigError(`${path}:${error.line}: ${error.message.replace(/^line \d+: /, '')}`, { cause: error });
  }
}

/** A file with a key that is only Vitrine's is a vitrine.yaml; any other is read as a prometheus.yml. */
function checkYaml(path: string, text: string): readonly string[] {
  const top = parseDocument(text).contents;
  const names = isMap(top) ? top.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : [];
  const isPrometheus = names.some((name) => name === 'scrape_configs' || name === 'global');
  const isOurs = names.some((name) => OWN_SECTIONS.includes(name));
  if (isOurs || !isPrometheus) checkConfigFile(path, text);
  return isPrometheus ? parseScrapeConfigs({ file: path, text }, isOurs ? OWN_SECTIONS : []).notices : [];
}

function checkDashboard(path: string, text: string): readonly string[] {
  // JSON is YAML, and YAML's reader knows on which line each value stands.
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problem = document.errors[0];
  if (problem !== undefined) {
    throw new ConfigError(
      `${path}:${lines.linePos(problem.pos[0]).line}: ${(problem.message.split('\n')[0] as string).replace(/[.:]+$/, '')}.`,
    );
  }
  try {
    const json: unknown = JSON.parse(text);
    if (isForeign(json)) return checkForeign(path, text);
    const dashboard = parseDashboard(json);
    dashboard.panels.forEach((panel, p) => {
      panel.queries.forEach((query, q) => {
        if (query.source.type === 'builtin') checkQuery(`panels[${p}].queries[${q}].spec`, query.spec);
      });
    });
    return [];
  } catch (error) {
    if (error instanceof SyntaxError) throw new ConfigError(`${path}: ${error.message}.`, { cause: error });
    if (!(error instanceof BadRequest)) throw error;
    throw new ConfigError(`${path}:${lineOf(error.field)}: ${error.message}`, { cause: error });
  }

  /** The line of the value at a path such as `panels[3].grid.w`, or of the nearest thing around it that is there. */
  function lineOf(field: string): number {
    const steps = field.split(/[.[\]]+/).filter((step) => step !== '');
    for (let length = steps.length; length > 0; length--) {
      const node = document.getIn(
        steps.slice(0, length).map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
        true,
      ) as { range?: [number, number, number] } | undefined;
      if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}

/** Members that dashboards of other programs have, and Vitrine's do not. */
const FOREIGN = ['schemaVersion', 'dashboard', 'elements', 'spec', 'templating', '__inputs'];

function isForeign(json: unknown): boolean {
  return typeof json === 'object' && json !== null && FOREIGN.some((key) => Object.hasOwn(json, key));
}

/** A dashboard of Grafana's is right where it can be imported. */
function checkForeign(path: string, text: string): readonly string[] {
  return importDashboards(text).map(({ dashboard, report: { form, findings } }) => {
    const more = findings.length === 0 ? '' : ` "vitrine check dashboard ${path}" names what it changes (${findings.length}).`;
    return `${path}: an import takes "${dashboard.title}" from ${form}.${more}`;
  });
}

function checkQuery(path: string, spec: Readonly<Record<string, unknown>>): void {
  try {
    checkBuiltinQuery(spec);
  } catch (error) {
    if (error instanceof BadRequest)
      throw new BadRequest(`${path}.${error.field}`, error.message.slice(error.field.length + 2), { cause: error });
    if (error instanceof QueryError)
      throw new BadRequest(`${path}.expr`, describeParseError(String(spec['expr']), error), { cause: error });
    throw error;
  }
}
