/** How well a classifier's answers fit what is true. */

/** How often each class was taken for each. */
export interface Confusion {
  readonly classes: readonly string[];
  /** `counts[actual * classes.length + predicted]`; 0 where a pair was never seen. */
  readonly counts: Float64Array;
}

/** name: by the words, numbers in them by number. frequency: the most frequent actual class first. given: as they come. */
export type ClassOrder = 'name' | 'frequency' | 'given';

/** One observed pair, `count` times. */
export interface Outcome {
  readonly actual: string;
  readonly predicted: string;
  readonly count: number;
}

const collator = new Intl.Collator('en', { numeric: true });

/**
 * Counts pairs. Counts that are negative, NaN or infinite are no counts and left out. At most `most` classes are kept, the most
 * frequent ones; `left` says how many are not.
 */
export function confusionOf(
  outcomes: readonly Outcome[],
  order: ClassOrder,
  most: number,
): Confusion & { readonly left: number } {
  const seen = new Map<string, number>();
  const see = (name: string, count: number) => seen.set(name, (seen.get(name) ?? 0) + count);
  const valid = outcomes.filter(({ count }) => count >= 0 && Number.isFinite(count));
  for (const { actual, predicted, count } of valid) {
    see(actual, count);
    see(predicted, 0);
  }
  let classes = [...seen.keys()];
  const byFrequency = (a: string, b: string) => seen.get(b)! - seen.get(a)! || collator.compare(a, b);
  const left = Math.max(0, classes.length - most);
  if (left > 0) {
    const kept = new Set(classes.toSorted(byFrequency).slice(0, most));
    classes = classes.filter((name) => kept.has(name));
  }
  if (order === 'name') classes.sort(collator.compare);
  if (order === 'frequency') classes.sort(byFrequency);
  const placeOf = new Map(classes.map((name, at) => [name, at]));
  const counts = new Float64Array(classes.length ** 2);
  for (const { actual, predicted, count } of valid) {
    const [row, column] = [placeOf.get(actual), placeOf.get(predicted)];
    if (row === undefined || column === undefined) continue;
    counts[row * classes.length + column] = counts[row * classes.length + column]! + count;
  }
  return { classes, counts, left };
}

/**
 * row: of all that are really of the class (the diagonal is recall). column: of all that were taken for it (the diagonal is
 * precision). total: of all.
 */
export type ConfusionShare = 'count' | 'row' | 'column' | 'total';

/** The counts or their shares; NaN where there is nothing to have a share of. */
export function sharesOf({ classes, counts }: Confusion, share: ConfusionShare): Float64Array {
  if (share === 'count') return counts;
  const { length } = classes;
  const { rows, columns, total } = margins(counts, length);
  return counts.map((count, cell) => {
    const whole = share === 'total' ? total : share === 'row' ? rows[Math.floor(cell / length)]! : columns[cell % length]!;
    return whole === 0 ? Number.NaN : count / whole;
  });
}

/** NaN where it is not defined. All but the counts are shares, 0 to 1. */
export interface ClassScore {
  readonly name: string;
  /** How many are really of the class. */
  readonly support: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface ClassificationReport {
  readonly classes: readonly ClassScore[];
  readonly total: number;
  readonly accuracy: number;
  /** The mean over classes, each counting the same. */
  readonly macro: Omit<ClassScore, 'name' | 'support'>;
  /** The mean over classes, each counting as often as it occurs. */
  readonly weighted: Omit<ClassScore, 'name' | 'support'>;
}

/**
 * Precision tp/(tp+fp), recall tp/(tp+fn) and F1 2tp/(2tp+fp+fn), their harmonic mean (van Rijsbergen 1979), a class against all
 * others; accuracy is the diagonal's share. As scikit-learn's `precision_recall_fscore_support` with `zero_division=nan`: what has a
 * zero below its line is NaN and is left out of the means, so that a class that never occurs looks neither good nor bad.
 */
export function classificationReport({ classes, counts }: Confusion): ClassificationReport {
  const { length } = classes;
  const { rows, columns, total } = margins(counts, length);
  let right = 0;
  const scores = classes.map((name, at): ClassScore => {
    const hits = counts[at * length + at]!;
    right += hits;
    return {
      name,
      support: rows[at]!,
      precision: ratio(hits, columns[at]!),
      recall: ratio(hits, rows[at]!),
      f1: ratio(2 * hits, rows[at]! + columns[at]!),
    };
  });
  const mean = (weightOf: (score: ClassScore) => number) => ({
    precision: weightedMean(scores, ({ precision }) => precision, weightOf),
    recall: weightedMean(scores, ({ recall }) => recall, weightOf),
    f1: weightedMean(scores, ({ f1 }) => f1, weightOf),
  });
  return {
    classes: scores,
    total,
    accuracy: ratio(right, total),
    macro: mean(() => 1),
    weighted: mean(({ support }) => support),
  };
}

function margins(counts: Float64Array, length: number) {
  const rows = new Float64Array(length);
  const columns = new Float64Array(length);
  let total = 0;
  for (const [cell, count] of counts.entries()) {
    rows[Math.floor(cell / length)]! += count;
    columns[cell % length]! += count;
    total += count;
  }
  return { rows, columns, total };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? Number.NaN : part / whole;
}

function weightedMean(
  scores: readonly ClassScore[],
  valueOf: (score: ClassScore) => number,
  weightOf: (score: ClassScore) => number,
): number {
  let sum = 0;
  let weights = 0;
  for (const score of scores) {
    const value = valueOf(score);
    if (Number.isNaN(value)) continue;
    sum += value * weightOf(score);
    weights += weightOf(score);
  }
  return ratio(sum, weights);
}
