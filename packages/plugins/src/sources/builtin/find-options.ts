import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import { type Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import { type LabelRequest, QueryError, type QueryResult } from '@vitrine/model/sample-store.ts';
import type { VariableOption } from '@vitrine/model/variable.ts';
import { parse } from '@vitrine/promql/parse.ts';
import type { QueryContext } from '../../contract.ts';
import { addFilters, filterMatchers } from './add-filters.ts';
import { fillExpr } from './fill-expr.ts';
import { narrowSamples } from './narrow-samples.ts';
import { intervalMacros } from './prepare.ts';
import type { PromSamples } from './prom-source.ts';
import { selectorsOf } from '@vitrine/promql/selectors.ts';

/** A variable has at most this many options; a dropdown searches among so many in no time. */
const MAX_OPTIONS = 200_000;
/** A series' text is long: of these there may be fewer. */
const MAX_SERIES = 50_000;

/** What a variable's query asks for. Texts are without variables. */
type OptionQuery =
  | { readonly kind: 'label names'; readonly match: string }
  | { readonly kind: 'label values'; readonly label: string; readonly match: string }
  | { readonly kind: 'metrics'; readonly regex: string }
  | { readonly kind: 'result'; readonly expr: string }
  | { readonly kind: 'series'; readonly match: string };

/**
 * The options of a variable whose query is in the words of Grafana's Prometheus source: `label_values(label)`,
 * `label_values(metric{…}, label)`, `label_names()`, `metrics(regex)`, `query_result(expr)` or a bare selector, as text or
 * in an object with qryType 0 to 5; only what the context's filters leave. Throws BadRequest, QueryError, and LimitExceeded over 200,000 options.
 */
export async function findOptions(
  samples: PromSamples,
  spec: Readonly<Record<string, unknown>>,
  context: QueryContext,
  scrapeIntervalMs: number,
): Promise<VariableOption[]> {
  const macros = intervalMacros(context.stepMs, scrapeIntervalMs);
  const query = readOptionQuery(spec, (text) => fillExpr(text, context.replace, macros));
  const { shown, signal, filters } = context;
  const range = { fromMs: shown.fromMs, toMs: shown.toMs, limit: MAX_OPTIONS + 1 };
  /** Of whom is asked, and for which series. */
  const matched = async (match: string): Promise<readonly [PromSamples, LabelRequest]> => {
    const all = match.trim() === '';
    if (all && filters.length === 0) return [samples, { ...range, selectors: [] }];
    try {
      // Prometheus refuses a selector that an empty label could match, as one of "!=" alone.
      const selectors = selectorsOf(parse(addFilters(all ? `{${METRIC_NAME}!=""}` : match, filters)));
      return [samples, { ...range, selectors }];
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      const found = await samples.inDialect?.({ match, filters: filterMatchers(filters) }, signal);
      if (found === undefined) throw error;
      return [found, { ...range, selectors: [] }];
    }
  };
  switch (query.kind) {
    case 'label names': {
      const [reader, request] = await matched(query.match);
      return options(await reader.labelNames(request, signal));
    }
    case 'label values': {
      const [reader, request] = await matched(query.match);
      return options(await reader.labelValues(query.label, request, signal));
    }
    case 'metrics': {
      const [reader, request] = await matched(`{${METRIC_NAME}=~${JSON.stringify(`.*(?:${query.regex}).*`)}}`);
      return options(await reader.labelValues(METRIC_NAME, request, signal));
    }
    case 'series': {
      const [reader, request] = await matched(query.match);
      const found = await reader.series({ ...request, limit: MAX_SERIES + 1 }, signal);
      return options(found.map(writeSeries), MAX_SERIES);
    }
    case 'result': {
      const { expr, samples: asked } = await narrowSamples(samples, query.expr, filters, signal);
      const at = { startMs: shown.toMs, endMs: shown.toMs, stepMs: 0, limits: context.limits };
      return options(writeResult(await asked.evaluate({ expr, ...at }, signal)), MAX_SERIES);
    }
  }
}

function options(values: readonly string[], most: number = MAX_OPTIONS): VariableOption[] {
  if (values.length > most) {
    throw new LimitExceeded(
      'variable options',
      `The variable's query finds more than ${most.toLocaleString('en')} values; narrow it, for example with a selector: label_values(metric{job="api"}, label)`,
    );
  }
  return values.map((value) => ({ text: value, value }));
}

/** Grafana's numbers for the kinds of a query in an object. */
const LABEL_NAMES = 0;
const LABEL_VALUES = 1;
const METRICS = 2;
const RESULT = 3;

function readOptionQuery(spec: Readonly<Record<string, unknown>>, fill: (text: string) => string): OptionQuery {
  const read = new Read('query', spec);
  const text = (key: string): string => read.at(key).or('', (it) => it.string());
  const type = spec['qryType'];
  const query = fill(text('query')).trim();
  const known = readCall(query);
  if (known !== undefined) return known;
  const match = fill(matchOf(spec, text('metric')) || text('match'));
  if (type === LABEL_VALUES && text('label') !== '') return { kind: 'label values', label: fill(text('label')), match };
  if (type === LABEL_NAMES) return { kind: 'label names', match: fill(text('labelNamesMatch')) || query || match };
  if (type === METRICS) return { kind: 'metrics', regex: fill(text('metricsMatch')) || query };
  if (type === RESULT) return { kind: 'result', expr: needed(fill(text('varQuery')) || query) };
  return { kind: 'series', match: needed(fill(text('seriesQuery')) || query) };
}

function needed(text: string): string {
  if (text !== '') return text;
  throw new BadRequest('query', 'is empty; write for example label_values(up, job)');
}

/** The metric and label filters of a query that was put together in a form. */
function matchOf(spec: Readonly<Record<string, unknown>>, metric: string): string {
  const filters = spec['labelFilters'];
  const written = Array.isArray(filters)
    ? filters.flatMap((filter: unknown) => {
        const { label, op, value } = (filter ?? {}) as Record<string, unknown>;
        if (typeof label !== 'string' || typeof value !== 'string') return [];
        return [`${label}${typeof op === 'string' ? op : '='}${JSON.stringify(value)}`];
      })
    : [];
  return written.length === 0 ? metric : `${metric}{${written.join(',')}}`;
}

function readCall(query: string): OptionQuery | undefined {
  const [, name, inside] = /^(label_values|label_names|metrics|query_result)\s*\(([^]*)\)\s*;?$/.exec(query) ?? [];
  if (name === undefined || inside === undefined) return undefined;
  switch (name) {
    case 'label_names':
      return { kind: 'label names', match: inside.trim() };
    case 'metrics':
      return { kind: 'metrics', regex: inside.trim() };
    case 'query_result':
      return { kind: 'result', expr: needed(inside.trim()) };
    default: {
      // The label is what stands behind the last comma: a name holds none, and a selector may hold many.
      const comma = inside.lastIndexOf(',');
      const label = unquote(inside.slice(comma + 1).trim());
      if (label === '') throw new BadRequest('query', 'names no label; write label_values(label) or label_values(metric, label)');
      return { kind: 'label values', label, match: comma === -1 ? '' : inside.slice(0, comma).trim() };
    }
  }
}

function unquote(text: string): string {
  const [, inside] = /^"(.*)"$/s.exec(text) ?? /^'(.*)'$/s.exec(text) ?? [];
  return inside ?? text;
}

/** `metric{a="b",c="d"}`: what the expressions of imported dashboards take labels out of. */
function writeSeries(labels: Labels): string {
  const pairs = [...labels].filter(([name]) => name !== METRIC_NAME).map(([name, value]) => `${name}="${value}"`);
  return `${labels.metricName}{${pairs.join(',')}}`;
}

/** `metric{a="b"} value time` for each element of the answer, the time in milliseconds. */
function writeResult(result: QueryResult): string[] {
  switch (result.kind) {
    case 'vector':
    case 'matrix': {
      const last = result.timesMs.length - 1;
      return result.series
        .filter(({ present }) => present?.[last] !== 0)
        .map(({ labels, values }) => `${writeSeries(labels)} ${writeValue(values[last] as number)} ${result.timesMs[last]}`);
    }
    case 'scalar':
      return [writeValue(result.value)];
    case 'string':
      return [result.value];
    case 'samples':
      throw new BadRequest(
        'query',
        'query_result() asks for samples over a window; ask for one value a series, such as last_over_time(x[5m])',
      );
  }
}

function writeValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
