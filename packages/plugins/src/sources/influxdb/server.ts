import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Frame, Notice } from '@vitrine/model/frame.ts';
import type { Datasource, DatasourceServer, QueryAnswer, QueryContext } from '../../contract.ts';
import { checkInflux } from './check-influx.ts';
import { fillText } from './fill-text.ts';
import { annotationsOf, parseAnnotationSpec } from './find-annotations.ts';
import { optionsOf } from './find-options.ts';
import { askFlux } from './flux/ask.ts';
import { shapeTables } from './flux/frames.ts';
import { prepareFlux } from './flux/prepare.ts';
import { canGrow, MARKS } from './influxql/can-grow.ts';
import { askInfluxql, type InfluxResult } from './influxql/ask.ts';
import { shapeResults } from './influxql/frames.ts';
import { printSelect } from './influxql/print-select.ts';
import { quoteIdentifier } from './influxql/quote.ts';
import { prepareStatements } from './influxql/statements.ts';
import { type AskedTime, askedTime, writeDuration } from './range.ts';
import { type InfluxQuery, influxSpec, type InfluxSettings } from './spec.ts';
import { askSql } from './sql/ask.ts';
import { shapeRows } from './sql/frames.ts';
import { prepareSql } from './sql/prepare.ts';
import { suggestInflux } from './suggest.ts';
import type { InfluxTable } from './table.ts';
import { INFLUXQL } from './tokens.ts';

/** An InfluxDB server. It cannot tell of growth, so that pages poll. */
export const influxdb: DatasourceServer<InfluxSettings, InfluxQuery> = {
  spec: influxSpec,
  connect: (settings, { fetch }) => influxSource(settings, fetch),
};

/** What came of a text in whatever language. */
interface Asked {
  /** The text as it was asked. */
  readonly executed: string;
  readonly tables: readonly InfluxTable[];
  /** As the query asked to have it. */
  shape(
    refId: string,
    query: Pick<InfluxQuery, 'format' | 'alias'>,
  ): { readonly frames: readonly Frame[]; readonly notices: readonly Notice[] };
}

type AskText = (text: string, context: QueryContext, time: AskedTime, database: string) => Promise<Asked>;

function influxSource(settings: InfluxSettings, fetchFrom: typeof fetch): Datasource<InfluxQuery> {
  const ask = ASK[settings.language](settings, fetchFrom);
  const find = (text: string, context: QueryContext): Promise<Asked> =>
    ask(text, context, askedTime(text, context, settings), '');
  return {
    query: (refId, query, context) => runQuery(settings, ask, refId, query, context),
    async options(spec, context) {
      const text = optionText(settings, spec);
      if (text === '') return [];
      // A call of Flux that reads the schema has no place for filters; what it offers is merely more.
      const unfiltered = settings.language === 'InfluxQL' ? context : { ...context, filters: [] };
      return optionsOf((await find(text, unfiltered)).tables);
    },
    async annotations(input, context) {
      const spec = parseAnnotationSpec(input);
      return spec.query === '' ? [] : annotationsOf(spec, (await find(spec.query, context)).tables);
    },
    check: (signal) => checkInflux(settings, fetchFrom, signal),
    suggest: (path, parameters, signal) => suggestInflux(settings, fetchFrom, path, parameters, signal),
  };
}

const ASK: Readonly<Record<InfluxSettings['language'], (settings: InfluxSettings, fetchFrom: typeof fetch) => AskText>> = {
  InfluxQL: (settings, fetchFrom) => async (text, context, time, database) => {
    const statements = prepareStatements(fillText(text, INFLUXQL, context.replace, influxqlMacros(time)), context.filters);
    const results =
      statements.length === 0
        ? []
        : await askInfluxql(settings, fetchFrom, statements, database || settings.database, context.signal);
    return {
      executed: statements.join('; '),
      tables: results.flatMap(({ series }) => series),
      shape(refId, query) {
        const alias = context.replace(query.alias, 'csv');
        const { frames, notices } = shapeResults(refId, { ...query, alias }, results);
        return { frames, notices: [...notices, ...saidBeside(refId, results)] };
      },
    };
  },
  Flux: (settings, fetchFrom) => async (text, context, time) => {
    const executed = prepareFlux(text, context, time, settings);
    const tables = await askFlux(settings, fetchFrom, executed, context.signal);
    return {
      executed,
      tables,
      shape: (refId, { format }) => shapeTables(refId, tables, format === 'time_series' ? undefined : format),
    };
  },
  SQL: (settings, fetchFrom) => async (text, context, time) => {
    const executed = prepareSql(text, context, time);
    const answer = await askSql(settings, fetchFrom, executed, context.signal);
    return {
      executed,
      tables: [answer],
      shape: (refId, query) => shapeRows(refId, { ...query, alias: context.replace(query.alias, 'csv') }, answer),
    };
  },
};

function influxqlMacros({ fromMs, toMs, stepMs }: AskedTime): Readonly<Record<string, string>> {
  const step = writeDuration(stepMs);
  return {
    timeFilter: `time >= ${fromMs}ms AND time <= ${toMs}ms`,
    interval: step,
    __interval: step,
    __interval_ms: String(stepMs),
  };
}

async function runQuery(
  settings: InfluxSettings,
  ask: AskText,
  refId: string,
  query: InfluxQuery,
  context: QueryContext,
): Promise<QueryAnswer> {
  const startedMs = performance.now();
  const { written, built } = query;
  const text =
    settings.language !== 'InfluxQL' || built === undefined ? written : built.measurement === '' ? '' : printSelect(built);
  const whole = askedTime(text, context, settings);
  const growable = isGrowable(settings, query, text, context, whole);
  const time = growable ? { ...whole, fromMs: context.fromMs } : whole;
  // A query that somebody has yet to write asks for nothing.
  const asked = text === '' ? undefined : await ask(text, context, time, query.database);
  const { frames, notices } = asked?.shape(refId, query) ?? { frames: [], notices: [] };
  checkSeries(frames, Math.min(context.limits.maxSeries, settings.maxSeries ?? Number.POSITIVE_INFINITY));
  const rows = (asked?.tables ?? []).reduce((sum, table) => sum + table.rows.length, 0);
  return {
    frames,
    notices,
    growable,
    trace: {
      refId,
      source: settings.name,
      executed: asked?.executed ?? '',
      stepMs: time.stepMs,
      elapsedMs: performance.now() - startedMs,
      seriesRead: asked?.tables.length ?? 0,
      samplesRead: rows,
    },
  };
}

/** Whether the newest part of the answer can be asked for alone. */
function isGrowable(
  { language }: InfluxSettings,
  { format }: InfluxQuery,
  text: string,
  context: QueryContext,
  { stepMs }: AskedTime,
): boolean {
  if (language !== 'InfluxQL' || (format ?? 'time_series') !== 'time_series' || stepMs !== context.stepMs) return false;
  return canGrow(fillText(text, INFLUXQL, context.replace, MARKS));
}

function checkSeries(frames: readonly Frame[], most: number): void {
  const count = frames.reduce((sum, { shape, fields }) => sum + (shape === 'series' ? fields.length - 1 : 0), 0);
  if (count > most) {
    throw new LimitExceeded(
      'limits.query.series',
      `The query finds ${count.toLocaleString('en')} series, and the limit is ${most.toLocaleString('en')}; narrow it, or group by fewer tags`,
    );
  }
}

function saidBeside(refId: string, results: readonly InfluxResult[]): Notice[] {
  const said = new Set(results.flatMap(({ messages }) => messages).filter((text) => text !== ''));
  return [
    ...[...said].map((text): Notice => ({ level: 'info', text: `Query ${refId}: ${text}` })),
    ...(results.some(({ isPartial }) => isPartial)
      ? [
          {
            level: 'warning' as const,
            text: `Query ${refId}: the server cut its answer at its own limit (max-row-limit); ask for a longer interval or fewer series.`,
          },
        ]
      : []),
  ];
}

/** What a variable asks, in the words of Grafana's source; and what an ad-hoc filter asks of any source. */
function optionText({ language }: InfluxSettings, spec: Readonly<Record<string, unknown>>): string {
  const { query, rawSql } = spec;
  const text = typeof query === 'string' && query !== '' ? query : typeof rawSql === 'string' ? rawSql : '';
  if (language !== 'InfluxQL') return text;
  if (text === 'label_names()') return 'SHOW TAG KEYS';
  const [, label] = /^label_values\(("(?:[^"\\]|\\.)*")\)$/.exec(text) ?? [];
  return label === undefined ? text : `SHOW TAG VALUES WITH KEY = ${quoteIdentifier(JSON.parse(label) as string)}`;
}
