import type { Read } from '@vitrine/model/parse/read.ts';

/** What the builder puts together, in the words of Grafana's targets. */
export interface InfluxSelect {
  /** A name, or a regular expression between slashes. */
  readonly measurement: string;
  /** A retention policy; "" and "default" are the database's own. */
  readonly policy: string;
  /** A column each: what is read, then what is done with it. */
  readonly select: readonly (readonly QueryPart[])[];
  readonly tags: readonly TagCondition[];
  readonly groupBy: readonly QueryPart[];
  readonly orderByTime: 'ASC' | 'DESC';
  readonly limit: string;
  readonly slimit: string;
  /** An IANA zone; "" is UTC. */
  readonly tz: string;
}

/** `{ type: "field", params: ["usage_idle"] }`, `{ type: "mean", params: [] }`, `{ type: "fill", params: ["null"] }`. */
export interface QueryPart {
  readonly type: string;
  readonly params: readonly string[];
}

export interface TagCondition {
  readonly key: string;
  /** =, !=, =~, !~, <, <=, >, >=, <>, Is, Is Not; undefined is told by the value. */
  readonly operator: string | undefined;
  readonly value: string;
  /** Between this and what stands before it. */
  readonly condition: 'AND' | 'OR';
}

const MOST_PARTS = 200;

/** What stands in a new query. */
export const NEW_SELECT: InfluxSelect = {
  measurement: '',
  policy: 'default',
  select: [
    [
      { type: 'field', params: ['value'] },
      { type: 'mean', params: [] },
    ],
  ],
  tags: [],
  groupBy: [
    { type: 'time', params: ['$__interval'] },
    { type: 'fill', params: ['null'] },
  ],
  orderByTime: 'ASC',
  limit: '',
  slimit: '',
  tz: '',
};

/** Reads the builder's part of a target. Throws BadRequest that names the field. */
export function parseSelect(query: Read): InfluxSelect {
  const text = (key: string): string =>
    query
      .at(key)
      .or('', (it) => textOf(it))
      .trim();
  return {
    measurement: text('measurement'),
    policy: text('policy'),
    select: query.at('select').or(NEW_SELECT.select, (it) => it.atMost(MOST_PARTS, 'columns').map(parts)),
    tags: query.at('tags').or([], (it) => it.atMost(MOST_PARTS, 'conditions').map(condition)),
    groupBy: query.at('groupBy').or(NEW_SELECT.groupBy, parts),
    orderByTime: text('orderByTime').toUpperCase() === 'DESC' ? 'DESC' : 'ASC',
    limit: text('limit'),
    slimit: text('slimit'),
    tz: text('tz'),
  };
}

function parts(read: Read): QueryPart[] {
  return read.atMost(MOST_PARTS, 'parts').map((part) => ({
    type: part.at('type').string(),
    params: part.at('params').or([], (it) => it.atMost(20, 'parameters').map(textOf)),
  }));
}

function condition(read: Read): TagCondition {
  return {
    key: read.at('key').string(),
    operator: read.at('operator').or(undefined, (it) => it.string()),
    value: read.at('value').or('', textOf),
    condition: read.at('condition').or('AND', (it) => (String(it.value).toUpperCase() === 'OR' ? 'OR' : 'AND')),
  };
}

/** Numbers are written by some programs where others write text. */
function textOf(read: Read): string {
  return typeof read.value === 'number' || typeof read.value === 'boolean' ? String(read.value) : read.string();
}
