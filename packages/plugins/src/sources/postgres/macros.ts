import { BadRequest } from '@vitrine/model/bad-request.ts';

/** What missing points of a grouped series become. */
export interface GapFill {
  readonly stepMs: number;
  readonly mode: 'null' | 'previous' | 'value';
  /** Of the mode "value". */
  readonly value: number;
}

export interface MacroNeeds {
  /** The page's range. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly hasTimescale: boolean;
  /** Told by $__timeGroup with a third argument. */
  readonly onFill: (fill: GapFill) => void;
}

type Macro = (args: readonly string[], needs: MacroNeeds) => string;

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  M: 30 * 86_400_000,
  y: 365 * 86_400_000,
};

/** In the words and with the meaning of Grafana's PostgreSQL source. */
const MACROS: Readonly<Record<string, Macro>> = {
  __time: ([column]) => `${needed('__time', column)} AS "time"`,
  __timeEpoch: ([column]) => `extract(epoch from ${needed('__timeEpoch', column)}) AS "time"`,
  __timeFilter: ([column], { fromMs, toMs }) =>
    `${needed('__timeFilter', column)} BETWEEN '${instant(fromMs)}' AND '${instant(toMs)}'`,
  __timeFrom: (_, { fromMs }) => `'${instant(fromMs)}'`,
  __timeTo: (_, { toMs }) => `'${instant(toMs)}'`,
  __timeGroup: (args, needs) => {
    const { column, stepMs } = groupOf('__timeGroup', args, needs);
    return groupTime(column, stepMs, needs.hasTimescale);
  },
  __timeGroupAlias: (args, needs) => {
    const { column, stepMs } = groupOf('__timeGroupAlias', args, needs);
    return `${groupTime(column, stepMs, needs.hasTimescale)} AS "time"`;
  },
  __unixEpochFilter: ([column], { fromMs, toMs }) => between(needed('__unixEpochFilter', column), seconds(fromMs), seconds(toMs)),
  __unixEpochFrom: (_, { fromMs }) => seconds(fromMs),
  __unixEpochTo: (_, { toMs }) => seconds(toMs),
  __unixEpochNanoFilter: ([column], { fromMs, toMs }) =>
    between(needed('__unixEpochNanoFilter', column), nanos(fromMs), nanos(toMs)),
  __unixEpochNanoFrom: (_, { fromMs }) => nanos(fromMs),
  __unixEpochNanoTo: (_, { toMs }) => nanos(toMs),
  __unixEpochGroup: (args, needs) => groupEpoch('__unixEpochGroup', args, needs),
  __unixEpochGroupAlias: (args, needs) => `${groupEpoch('__unixEpochGroupAlias', args, needs)} AS "time"`,
};

/** What `$name(args)` stands for; undefined where there is no such macro. Throws BadRequest. */
export function expandMacro(name: string, args: readonly string[], needs: MacroNeeds): string | undefined {
  return Object.hasOwn(MACROS, name) ? MACROS[name]?.(args, needs) : undefined;
}

/** The start of the group that a time falls into. Without TimescaleDB in seconds of the epoch, as Grafana has it. */
export function groupTime(column: string, stepMs: number, hasTimescale: boolean): string {
  const step = stepMs / 1_000;
  return hasTimescale ? `time_bucket('${step.toFixed(3)}s', ${column})` : `floor(extract(epoch from ${column})/${step})*${step}`;
}

/** Such as 5m, 1h, 500ms, 1M; undefined where it is none. */
export function readStepMs(text: string): number | undefined {
  let total = 0;
  const part = /(\d+(?:\.\d+)?)\s*(ms|[smhdwMy])?/y;
  const trimmed = text.trim();
  while (part.lastIndex < trimmed.length) {
    const [, digits, unit = 's'] = part.exec(trimmed) ?? [];
    if (digits === undefined) return undefined;
    total += Number(digits) * (UNITS_MS[unit] ?? Number.NaN);
  }
  return total > 0 && Number.isFinite(total) ? total : undefined;
}

function groupOf(name: string, args: readonly string[], needs: MacroNeeds): { readonly column: string; readonly stepMs: number } {
  const [column, interval, fill] = args;
  const text = (interval ?? '').replaceAll(/^['"]|['"]$/g, '');
  const stepMs = readStepMs(text);
  if (stepMs === undefined)
    throw new BadRequest(`$${name}`, `"${text.slice(0, 100)}" is not an interval; write for example $${name}(time, '5m')`);
  if (fill !== undefined && fill !== '') needs.onFill({ stepMs, ...readFill(name, fill) });
  return { column: needed(name, column), stepMs };
}

function readFill(name: string, text: string): Pick<GapFill, 'mode' | 'value'> {
  const word = text.toLowerCase();
  if (word === 'null') return { mode: 'null', value: 0 };
  if (word === 'previous') return { mode: 'previous', value: 0 };
  const value = Number(text);
  if (!Number.isFinite(value))
    throw new BadRequest(`$${name}`, `cannot fill gaps with "${text.slice(0, 100)}"; write NULL, previous or a number`);
  return { mode: 'value', value };
}

function groupEpoch(name: string, args: readonly string[], needs: MacroNeeds): string {
  const { column, stepMs } = groupOf(name, args, needs);
  return `floor((${column})/${stepMs / 1_000})*${stepMs / 1_000}`;
}

function needed(name: string, column: string | undefined): string {
  if (column === undefined || column === '')
    throw new BadRequest(`$${name}`, `names no column; write for example $${name}(time)`);
  return column;
}

function between(column: string, from: string, to: string): string {
  return `${column} >= ${from} AND ${column} <= ${to}`;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function seconds(ms: number): string {
  return String(Math.floor(ms / 1_000));
}

function nanos(ms: number): string {
  return String(BigInt(Math.floor(ms)) * 1_000_000n);
}
