import { BadRequest } from '@vitrine/model/bad-request.ts';
import { type AskedTime, writeDuration } from '../range.ts';

/** `$__name(a, b)`, or `$__name` alone. Arguments hold no brackets beyond one level. */
const MACRO = /\$__(\w+)(?:\(((?:[^()]|\([^()]*\))*)\))?/g;

/** Grafana's macros for InfluxDB's SQL. Throws BadRequest for one that is not known or lacks its column. */
export function fillMacros(sql: string, { fromMs, toMs, stepMs }: AskedTime): string {
  const from = literal(fromMs);
  const to = literal(toMs);
  return sql.replace(MACRO, (whole: string, name: string, inside: string | undefined) => {
    const args = (inside ?? '').split(',').map((one) => one.trim());
    const column = (): string => args[0] || refuse(`${whole.slice(0, 50)} names no column; write $__${name}(time)`);
    const step = (): string => interval(args[1] === undefined || args[1] === '' ? writeDuration(stepMs) : args[1]);
    const bin = (): string => `date_bin(${step()}, ${column()}, timestamp '1970-01-01T00:00:00Z')`;
    switch (name) {
      case 'timeFilter':
      case 'timeRange':
        return `${column()} >= ${from} AND ${column()} <= ${to}`;
      case 'timeRangeFrom':
        return `${column()} >= ${from}`;
      case 'timeRangeTo':
        return `${column()} <= ${to}`;
      case 'timeFrom':
        return inside === undefined || args[0] === '' ? from : `${column()} >= ${from}`;
      case 'timeTo':
        return inside === undefined || args[0] === '' ? to : `${column()} <= ${to}`;
      case 'dateBin':
      case 'timeGroup':
        return bin();
      case 'dateBinAlias':
        return `${bin()} AS ${args[0]}_binned`;
      case 'timeGroupAlias':
        return `${bin()} AS time`;
      default:
        return refuse(
          `${whole.slice(0, 50)} is no macro that is known here; known are $__timeFilter(column), $__dateBin(column), $__timeGroup(column, '1m'), $__timeFrom, $__timeTo and $__interval`,
        );
    }
  });
}

function literal(ms: number): string {
  return `timestamp '${new Date(ms).toISOString()}'`;
}

const UNITS: Readonly<Record<string, string>> = {
  ms: 'millisecond',
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
};

/** `interval '15 second'` of "15s". */
function interval(text: string): string {
  const [, count, unit] = /^'?(\d+)(ms|s|m|h|d|w)'?$/.exec(text) ?? [];
  if (count === undefined) return refuse(`"${text.slice(0, 50)}" is not a duration such as 5m`);
  return `interval '${count} ${UNITS[unit!]}'`;
}

function refuse(problem: string): never {
  throw new BadRequest('query', problem);
}
