import type { Outcome } from '@vitrine/compute/classify.ts';
import { cellValue, displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { reduce } from '@vitrine/compute/reduce.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

const ACTUAL = /^(?:actual|true|truth|y_?true|label|target|expected|class)$/i;
const PREDICTED = /^(?:predicted|prediction|pred|y_?pred|predicted_?(?:class|label)|guess)$/i;

export interface OutcomeNames {
  readonly actual: string;
  readonly predicted: string;
  readonly count: string;
}

/**
 * Pairs of what was and what was said: rows of a table with two naming columns and one that counts (without it each row counts
 * once), or series with two labels, each by its newest value.
 */
export function outcomesOf(frames: readonly Frame[], wanted: OutcomeNames): readonly Outcome[] {
  const names = fieldNames(frames);
  return frames.flatMap((frame, at) => {
    if (frame.shape === 'exemplars') return [];
    const rows = fromRows(frame, names[at]!, wanted);
    return rows.length > 0 ? rows : fromSeries(frame, wanted);
  });
}

function fromRows(frame: Frame, names: readonly string[], wanted: OutcomeNames): readonly Outcome[] {
  const find = (name: string, pattern: RegExp) =>
    frame.fields.find((field, at) => name !== '' && (names[at] === name || field.name === name)) ??
    frame.fields.find((field) => field.type !== 'time' && field.type !== 'frame' && pattern.test(field.name));
  const words = frame.fields.filter(({ type, name }) => (type === 'string' || type === 'boolean') && name !== '__name__');
  const predicted =
    find(wanted.predicted, PREDICTED) ??
    words.filter((field) => !ACTUAL.test(field.name))[
      words.length > 1 && !words.some((field) => ACTUAL.test(field.name)) ? 1 : 0
    ];
  const actual = find(wanted.actual, ACTUAL) ?? words.find((field) => field !== predicted);
  if (actual === undefined || predicted === undefined || actual === predicted) return [];
  const count =
    frame.fields.find((field, at) => wanted.count !== '' && (names[at] === wanted.count || field.name === wanted.count)) ??
    frame.fields.findLast((field) => field.type === 'number' && field !== actual && field !== predicted);
  const text = (field: Field) => {
    const show = displayOf(field);
    return (row: number) => {
      const value = cellValue(field, row);
      return value === undefined || value === null || value === '' ? undefined : displayText(show(value));
    };
  };
  const [actualAt, predictedAt] = [text(actual), text(predicted)];
  const outcomes: Outcome[] = [];
  for (let row = 0; row < frame.length; row++) {
    const [was, said] = [actualAt(row), predictedAt(row)];
    // A prediction whose truth is not known yet is neither right nor wrong.
    if (was === undefined || said === undefined) continue;
    const times = count === undefined ? 1 : cellValue(count, row);
    if (typeof times === 'number') outcomes.push({ actual: was, predicted: said, count: times });
  }
  return outcomes;
}

function fromSeries(frame: Frame, wanted: OutcomeNames): readonly Outcome[] {
  return frame.fields.flatMap((field) => {
    if (field.type !== 'number' || field.labels === undefined) return [];
    const labels = Object.entries(field.labels);
    const value = (name: string, pattern: RegExp) =>
      labels.find(([label]) => label === name)?.[1] ?? labels.find(([label]) => pattern.test(label))?.[1];
    const [actual, predicted] = [value(wanted.actual, ACTUAL), value(wanted.predicted, PREDICTED)];
    const count = reduce(field, 'last');
    return actual === undefined || predicted === undefined || count === undefined ? [] : [{ actual, predicted, count }];
  });
}
