import type { Transformation } from '@vitrine/model/dashboard.ts';
import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Frame, Notice } from '@vitrine/model/frame.ts';

import { frameMatcher } from '../matcher.ts';
import { Options } from './options.ts';
import { withShape } from './series.ts';
import type { Run, TransformContext } from './transformation.ts';
import { findTransformation } from './transformations.ts';

/** A panel's transformations make no more cells than this, and no more columns in all frames together. */
const MAX_CELLS = 5_000_000;
const MAX_COLUMNS = 100_000;
/** Options deeper than this are left as they are: nobody wrote them by hand. */
const DEEPEST = 16;

export interface Transformed {
  readonly frames: readonly Frame[];
  readonly notices: readonly Notice[];
}

/**
 * Runs a panel's transformations one after the other. Never throws: one that is not known, fails or makes too much becomes a notice
 * that names it, and the frames go on as they were before it. The frames given are not changed. Only transformations of series run;
 * those of other topics are the caller's.
 */
export function applyTransformations(
  frames: readonly Frame[],
  transformations: readonly Transformation[],
  context: TransformContext,
): Transformed {
  const notices: Notice[] = [];
  let current = frames;
  for (const [index, transformation] of transformations.entries()) {
    if (transformation.disabled || (transformation.topic !== '' && transformation.topic !== 'series')) continue;
    const named = `Transformation ${index + 1} (${transformation.id})`;
    try {
      current = applyOne(current, transformation, context, (level, text) => notices.push({ level, text: `${named}: ${text}` }));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      notices.push({ level: 'error', text: `${named} was left out: ${text}` });
    }
  }
  return { frames: current, notices };
}

function applyOne(
  frames: readonly Frame[],
  transformation: Transformation,
  context: TransformContext,
  notice: Run['notice'],
): readonly Frame[] {
  const kind = findTransformation(transformation.id);
  if (kind === undefined) {
    notice('warning', 'there is no transformation of that name here, so the data are shown without it');
    return frames;
  }
  const { filter } = transformation;
  const matches = filter === undefined ? () => true : frameMatcher(filter.id, filter.options);
  const meant = filter === undefined ? frames : frames.filter(matches);
  // What the filter leaves alone comes after what was transformed.
  const others = filter === undefined ? [] : frames.filter((frame, index) => !matches(frame, index));
  const before = countCells(meant);
  const options = new Options({ ...kind.defaults, ...(replaceAll(transformation.options, context, 0) as object) });
  const most = Math.max(MAX_CELLS, 2 * before);
  const mostColumns = Math.max(MAX_COLUMNS, 2 * countColumns(meant));
  const allow = (cells: number, what: string, columns = 0): void => {
    if (cells > most) throw tooMuch(what, cells, 'cells', most);
    if (columns > mostColumns) throw tooMuch(what, columns, 'columns', mostColumns);
  };
  const { timeZone } = context;
  const made = kind.apply(meant, options, { timeZone, notice, allow, gazetteer: (id) => context.gazetteer?.(id) });
  if (made === meant) return frames;
  allow(countCells(made), 'it', countColumns(made));
  const known = new Set(meant);
  return [...made.map((frame) => (known.has(frame) ? frame : withShape(frame))), ...others];
}

function tooMuch(what: string, made: number, unit: string, most: number): LimitExceeded {
  const sentence = `${what} would make ${made} ${unit}; at most ${most} are allowed. Filter or aggregate the data first.`;
  return new LimitExceeded('transformation', sentence);
}

function countColumns(frames: readonly Frame[]): number {
  return frames.reduce((sum, { fields }) => sum + fields.length, 0);
}

function countCells(frames: readonly Frame[]): number {
  return frames.reduce((sum, { length, fields }) => sum + length * fields.length, 0);
}

/** Fills in variables in every text of the options; keys are names of fields and stay. */
function replaceAll(value: unknown, context: TransformContext, depth: number): unknown {
  if (typeof value === 'string') return value.includes('$') || value.includes('[[') ? context.replace(value) : value;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  if (Array.isArray(value)) return value.map((item) => replaceAll(item, context, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceAll(item, context, depth + 1)]));
}
