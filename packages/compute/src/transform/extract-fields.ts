import type { Field, Frame } from '@vitrine/model/frame.ts';

import { compilePattern } from '../pattern.ts';
import { cellAt, columnOf, type Cell } from './column.ts';
import { findField } from './fields.ts';
import type { Options } from './options.ts';
import type { Run, TransformationKind } from './transformation.ts';

/** More columns than this come of keys that are data themselves. */
const MOST_COLUMNS = 1_000;

export const extractFields: TransformationKind = {
  id: 'extractFields',
  title: 'Extract fields',
  description: 'Makes columns of what stands in the cells of one: JSON, key=value pairs, the groups of a regular expression.',
  defaults: { delimiter: ',', source: '', format: 'auto', replace: false, keepTime: false },
  apply(frames, options, run) {
    const parse = parserOf(options);
    return frames.map((frame) => {
      const source = findField(options.text('source'), frame, frames);
      return source === undefined ? frame : extract(frame, source, parse, options, run);
    });
  },
};

/** What stands in a cell, by name. */
type Parse = (cell: Exclude<Cell, undefined>) => Iterable<readonly [string, Cell]>;

function extract(frame: Frame, source: Field, parse: Parse, options: Options, run: Run): Frame {
  const columns = new Map<string, Cell[]>();
  for (let row = 0; row < frame.length; row++) {
    const cell = cellAt(source, row);
    if (cell === undefined) continue;
    for (const [name, value] of parse(cell)) {
      let column = columns.get(name);
      if (column === undefined) {
        if (columns.size >= MOST_COLUMNS) continue;
        run.allow((frame.fields.length + columns.size + 1) * frame.length, 'extracting fields');
        columns.set(name, (column = Array.from({ length: frame.length })));
      }
      column[row] = value;
    }
  }
  if (columns.size >= MOST_COLUMNS)
    run.notice('warning', `only the first ${MOST_COLUMNS} names found in "${source.name}" became columns`);
  const made = Array.from(columns, ([name, cells]) => columnOf({ name }, cells, 'string'));
  if (!options.flag('replace', false)) return { ...frame, fields: [...frame.fields, ...made] };
  const time = options.flag('keepTime', false) ? frame.fields.filter(({ type }) => type === 'time').slice(0, 1) : [];
  return { ...frame, shape: 'table', fields: [...time, ...made] };
}

function parserOf(options: Options): Parse {
  switch (options.choice('format', ['auto', 'json', 'kvp', 'regexp', 'delimiter'], 'auto')) {
    case 'json': {
      const paths = options.list('jsonPaths').flatMap((entry) => {
        const path = entry.text('path');
        return path === '' ? [] : [{ name: entry.text('alias') || path, keys: keysOf(path) }];
      });
      return paths.length === 0 ? parseJson : (cell) => readPaths(cell, paths);
    }
    case 'kvp':
      return parsePairs;
    case 'regexp': {
      const pattern = compilePattern('regExp', options.text('regExp') || '/(?<NewField>.*)/', 'part');
      return (cell) => (typeof cell === 'string' ? Object.entries(pattern.exec(cell)?.named ?? {}) : []);
    }
    case 'delimiter': {
      const delimiter = options.text('delimiter', ',') || ',';
      return (cell) =>
        typeof cell === 'string'
          ? cell.split(delimiter, MOST_COLUMNS + 1).map((part, index) => [String(index), part.trim()] as const)
          : [];
    }
    case 'auto':
      return (cell) => (typeof cell !== 'string' || /^\s*[[{]/.test(cell) ? parseJson(cell) : parsePairs(cell));
  }
}

function parseJson(cell: Exclude<Cell, undefined>): Iterable<readonly [string, Cell]> {
  const value = fromJson(cell);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, item]) => [name, (item ?? undefined) as Cell] as const);
}

function fromJson(cell: Cell): unknown {
  if (typeof cell !== 'string') return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return undefined;
  }
}

/** `a.b[0]["c d"]` as the keys that lead there. */
function keysOf(path: string): string[] {
  return Array.from(path.matchAll(/\["([^"]*)"\]|\['([^']*)'\]|\[(\d+)\]|([^.[\]]+)/g), (found) =>
    found.slice(1).find((key) => key !== undefined)!,
  );
}

function readPaths(cell: Cell, paths: readonly { name: string; keys: readonly string[] }[]): [string, Cell][] {
  const value = fromJson(cell);
  return paths.map(({ name, keys }) => {
    let at = value;
    for (const key of keys)
      at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined;
    return [name, at ?? undefined];
  });
}

// A name begins where no character of one stands before it: else a long word would be looked at from each of its letters.
const PAIR = /(?<![^\s=,;:&"'{}])([^\s=,;:&"'{}]+)\s*[=:]\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s,;&{}]*))/g;

/** `level=info msg="ready at last"`, `a:1, b:2`, `{a="x"}`. Numbers are numbers. */
function parsePairs(cell: Exclude<Cell, undefined>): [string, Cell][] {
  if (typeof cell !== 'string') return [];
  return Array.from(cell.matchAll(PAIR), ([, name, double, single, bare]) => {
    const quoted = double ?? single;
    if (quoted !== undefined) return [name!, quoted.replaceAll(/\\(.)/g, '$1')];
    const number = Number(bare);
    return [name!, bare !== '' && Number.isFinite(number) ? number : bare];
  });
}
