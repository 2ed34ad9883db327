import { readIntervalMs } from '@vitrine/compute/interval.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { formatDurationMs } from '@vitrine/model/duration.ts';
import type { Frame, Notice } from '@vitrine/model/frame.ts';
import type { DatasourceNeeds, DatasourceServer, QueryAnswer, QueryContext } from '../../contract.ts';
import type { BuilderQuery } from './builder-query.ts';
import { type BoundSql, buildSql } from './build-sql.ts';
import { canBuiltGrow, canSqlGrow } from './can-grow.ts';
import { checkPostgres } from './check-postgres.ts';
import { countFrame, countSql } from './count-lines.ts';
import { fillSql } from './fill-sql.ts';
import { findEvents, readAnnotationSql } from './find-events.ts';
import { findValues, readVariableSql } from './find-values.ts';
import { type GapFill, groupTime, readStepMs } from './macros.ts';
import { openPool, type Pool } from './pool.ts';
import { runSql, type SqlAnswer } from './run-sql.ts';
import { shapeSql } from './shape-sql.ts';
import { type PostgresSettings, postgresSpec, type SqlQuery } from './spec.ts';
import { suggest } from './suggest.ts';

interface Connected {
  readonly settings: PostgresSettings;
  readonly pool: Pool;
  readonly dial: DatasourceNeeds['dial'];
}

/** What one answer may hold, whatever the settings allow. */
const MAX_CELLS = 10_000_000;
/** More options or events than these are cut off by a sentence; one more tells that there are. */
const MAX_OPTIONS = 200_000;

/** A PostgreSQL database. It cannot tell of growth, so that pages poll. */
export const postgres: DatasourceServer<PostgresSettings, SqlQuery> = {
  spec: postgresSpec,
  connect(settings, { dial }) {
    const pool = openPool(settings, dial);
    const connected = { settings, dial, pool };
    return {
      query: (refId, query, context) => runQuery(connected, refId, query, context),
      options: async (spec, context) => findValues(await runText(connected, readVariableSql(spec), context, MAX_OPTIONS + 1)),
      annotations: async (spec, context) => findEvents(await runText(connected, readAnnotationSql(spec), context, undefined)),
      check: (signal) => checkPostgres(settings, dial, signal),
      suggest: (path, parameters, signal) =>
        suggest((sql) => runSql(pool, settings, sql, limitsOf(settings), signal), path, parameters),
      close: () => pool.close(),
    };
  },
};

async function runQuery(
  { settings, pool }: Connected,
  refId: string,
  query: SqlQuery,
  context: QueryContext,
): Promise<QueryAnswer> {
  const startedMs = performance.now();
  const { sql, gaps, stepMs, growable, range } = prepare(settings, query, context);
  const answer = await runSql(pool, settings, sql, limitsOf(settings), context.signal);
  const { columns } = answer;
  const { frames, notices } = shapeSql(columns, {
    refId,
    format: query.format,
    gaps,
    maxSeries: context.limits.maxSeries,
    ...range,
  });
  const counted = await countLines(settings, pool, refId, query, sql, frames, range, context.signal);
  return {
    frames: [...counted.frames, ...frames],
    growable: growable && !answer.isCut,
    notices: [...cutNotices(refId, answer), ...notices, ...filterNotices(refId, query, context), ...counted.notices],
    trace: {
      refId,
      source: settings.name,
      executed: [sql.text, ...sql.values.map((value, index) => `-- $${index + 1} = ${JSON.stringify(value)}`)].join('\n'),
      stepMs,
      elapsedMs: performance.now() - startedMs,
      seriesRead: frames.reduce((sum, { fields, shape }) => sum + (shape === 'series' ? Math.max(0, fields.length - 1) : 0), 0),
      samplesRead: columns.length,
    },
  };
}

/** How many lines there are stands beside the lines: where it fails they are shown all the same. */
async function countLines(
  settings: PostgresSettings,
  pool: Pool,
  refId: string,
  { format, volume }: SqlQuery,
  sql: BoundSql,
  [lines]: readonly Frame[],
  range: QueryContext['shown'],
  signal: AbortSignal,
): Promise<Pick<QueryAnswer, 'frames' | 'notices'>> {
  const counting = volume && format === 'logs' && lines !== undefined ? countSql(sql, lines, range) : undefined;
  if (counting === undefined) return { frames: [], notices: [] };
  try {
    const { columns } = await runSql(pool, settings, counting, limitsOf(settings), signal);
    return { frames: [countFrame(refId, columns.frame(refId, 'table', { exact: false, times: [] }), range)], notices: [] };
  } catch (error) {
    signal.throwIfAborted();
    return {
      frames: [],
      notices: [{ level: 'info', text: `Query ${refId}: the lines are not counted: ${(error as Error).message}` }],
    };
  }
}

interface Prepared {
  readonly sql: BoundSql;
  readonly gaps: GapFill | undefined;
  readonly stepMs: number;
  /** Whether the newest part of the answer can be asked for alone. */
  readonly growable: boolean;
  /** What is asked of time. */
  readonly range: QueryContext['shown'];
}

function prepare(settings: PostgresSettings, { builder, rawSql, format }: SqlQuery, context: QueryContext): Prepared {
  const stepMs = Math.max(context.stepMs, settings.minIntervalMs);
  const { hasTimescale } = settings;
  // TimescaleDB counts its groups from another day than the grid does.
  const isOnGrid = format === 'time_series' && stepMs === context.stepMs && !hasTimescale;
  // From the grid's start on the first group is whole.
  const newest = { fromMs: context.fromMs, toMs: context.shown.toMs };
  if (builder !== undefined) {
    const groupMs = groupLength(builder, context, stepMs);
    const growable = isOnGrid && canBuiltGrow(builder, groupMs, stepMs);
    const range = growable ? newest : context.shown;
    return { sql: buildQuery(settings, builder, { ...context, shown: range }, stepMs), gaps: undefined, stepMs, growable, range };
  }
  const fill = (range: QueryContext['shown']) =>
    fillSql(rawSql, { ...range, hasTimescale, replace: context.replace, macros: intervalMacros(stepMs) });
  const whole = fill(context.shown);
  const growable = isOnGrid && canSqlGrow(rawSql, whole.text);
  const { text, gaps } = growable ? fill(newest) : whole;
  return { sql: { text, values: [] }, gaps, stepMs, growable, range: growable ? newest : context.shown };
}

function intervalMacros(stepMs: number): Readonly<Record<string, string>> {
  return { __interval: formatDurationMs(stepMs), __interval_ms: String(stepMs) };
}

/** Between the values of a variable that has several, where one text is wanted. No value holds it. */
const BETWEEN = '\0';

function fillValues(text: string, { replace }: QueryContext, stepMs: number): string[] {
  return replace(text, (value) => (typeof value === 'string' ? value : value.join(BETWEEN)), intervalMacros(stepMs)).split(
    BETWEEN,
  );
}

/** How long the builder's groups of time are; undefined where there are none. Throws BadRequest. */
function groupLength({ timeGroup }: BuilderQuery, context: QueryContext, stepMs: number): number | undefined {
  const interval = (fillValues(timeGroup, context, stepMs)[0] ?? '').trim();
  if (interval === '') return undefined;
  const groupMs = readStepMs(interval) ?? readIntervalMs(interval);
  if (groupMs === undefined) throw new BadRequest('sql.timeGroup', `"${interval.slice(0, 100)}" is not an interval such as 5m`);
  return groupMs;
}

/** The builder's question: no value stands in its text. */
function buildQuery(settings: PostgresSettings, builder: BuilderQuery, context: QueryContext, stepMs: number): BoundSql {
  const { shown, filters } = context;
  const fill = (text: string): string[] => fillValues(text, context, stepMs);
  const groupMs = groupLength(builder, context, stepMs);
  const values: string[] = [];
  const bind = (value: string): string => `$${values.push(value)}`;
  const adhoc = filters.flatMap(({ key, operator, value, values }): BuilderQuery['filters'] => {
    switch (operator) {
      case '=|':
        return [{ column: key, operator: 'IN', values: values ?? [value] }];
      case '!=|':
        return [{ column: key, operator: 'NOT IN', values: values ?? [value] }];
      case '=':
      case '!=':
      case '<':
      case '>':
        return [{ column: key, operator, values: [value] }];
      default:
        throw new BadRequest('filters', `${operator} on ${key} is not asked of PostgreSQL; use = or "one of"`);
    }
  });
  const text = buildSql(
    { ...builder, filters: [...builder.filters, ...adhoc] },
    {
      value: (written, many) => (many ? fill(written).map(bind).join(', ') : bind(fill(written).join(','))),
      timeFilter: (column) =>
        `${column} BETWEEN ${bind(new Date(shown.fromMs).toISOString())} AND ${bind(new Date(shown.toMs).toISOString())}`,
      timeGroup: groupMs === undefined ? undefined : (column) => groupTime(column, groupMs, settings.hasTimescale),
    },
  );
  return { text, values };
}

/** Runs the text of a variable or of annotations. */
function runText(
  { settings, pool }: Connected,
  rawSql: string,
  context: QueryContext,
  maxRows = settings.maxRows,
): Promise<SqlAnswer> {
  const { sql } = prepare(settings, { format: 'table', builder: undefined, rawSql, volume: false }, context);
  return runSql(pool, settings, sql, { ...limitsOf(settings), maxRows }, context.signal);
}

function limitsOf({ maxRows }: PostgresSettings) {
  return { maxRows, maxCells: MAX_CELLS };
}

function cutNotices(refId: string, { columns, isCut }: SqlAnswer): Notice[] {
  const notices: Notice[] = [];
  if (isCut)
    notices.push({
      level: 'warning',
      text: `Query ${refId}: showing the first ${columns.length.toLocaleString('en')} rows, there are more. Group them, or add a LIMIT.`,
    });
  if (columns.cutCells > 0)
    notices.push({
      level: 'warning',
      text: `Query ${refId}: ${columns.cutCells.toLocaleString('en')} ${columns.cutCells === 1 ? 'cell is' : 'cells are'} longer than 65,536 letters and cut.`,
    });
  return notices;
}

/** Filters are put into the builder's questions; text is not taken apart. */
function filterNotices(refId: string, { builder }: SqlQuery, { filters }: QueryContext): Notice[] {
  if (filters.length === 0 || builder !== undefined) return [];
  return [{ level: 'warning', text: `Query ${refId} is written as SQL, and the dashboard’s filters are not put into it.` }];
}
