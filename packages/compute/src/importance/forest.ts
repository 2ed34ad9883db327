/** What trees split by: numbers by a threshold, categories by a set of them. */
export interface ForestColumn {
  readonly kind: 'number' | 'category';
  /** By row: a number, or a category's place among `categories`. NaN and -1 are missing, which is a value of its own. */
  readonly values: Float64Array;
  /** 0 where these are numbers. */
  readonly categories: number;
}

export interface ForestAnswer {
  /** By column: how much greater the mean squared error gets when the column is shuffled, in shares of the target's variance. */
  readonly importance: Float64Array;
  /** R² on rows that a tree has not seen: 1 foretells everything, 0 and less nothing. */
  readonly explained: number;
  readonly trees: number;
}

const MOST_TREES = 120;
const LEAST_TREES = 40;
/** Rows that one tree sees, and is judged by, at most, so that thousands of runs cost no more than these. */
const MOST_ROWS = 300;
/** Cells that all trees see together, about: the page waits for them. */
const MOST_CELLS = 600_000;

type Node =
  | { readonly mean: number }
  | { readonly column: number; readonly goesLeft: (value: number) => boolean; readonly left: Node; readonly right: Node };

/**
 * Extremely randomised trees (Geurts, Ernst and Wehenkel 2006) on bootstrap samples, and permutation importance (Breiman 2001) on the rows
 * that each tree was not grown from. The same rows give the same answer: chance is seeded.
 */
export function growForest(columns: readonly ForestColumn[], target: Float64Array, seed = 1): ForestAnswer {
  const random = mulberry32(seed);
  const rows = target.length;
  const sample = Math.min(rows, MOST_ROWS);
  const leastLeaf = rows < 30 ? 1 : rows < 200 ? 2 : 4;
  const worse = new Float64Array(columns.length);
  const foretold = new Float64Array(rows);
  const times = new Uint32Array(rows);
  const shuffled = new Float64Array(rows);
  let judged = 0;
  const trees = Math.max(LEAST_TREES, Math.min(MOST_TREES, Math.floor(MOST_CELLS / (sample * Math.max(1, columns.length)))));
  for (let tree = 0; tree < trees; tree++) {
    const seen = new Uint8Array(rows);
    const drawn = Int32Array.from({ length: sample }, () => {
      const row = Math.floor(random() * rows);
      seen[row] = 1;
      return row;
    });
    const root = grow(columns, target, drawn, leastLeaf, random);
    const unseen = Int32Array.from(Array.from(seen.keys()).filter((row) => seen[row] === 0)).slice(0, MOST_ROWS);
    if (unseen.length === 0) continue;
    judged++;
    let error = 0;
    for (const row of unseen) {
      const said = foretell(root, columns, row);
      foretold[row]! += said;
      times[row]! += 1;
      error += (said - target[row]!) ** 2;
    }
    for (const [at, { values }] of columns.entries()) {
      shuffled.set(values);
      for (let left = unseen.length - 1; left > 0; left--) {
        const other = Math.floor(random() * (left + 1));
        const [a, b] = [unseen[left]!, unseen[other]!];
        [shuffled[a], shuffled[b]] = [shuffled[b]!, shuffled[a]!];
      }
      let errorShuffled = 0;
      for (const row of unseen) errorShuffled += (foretell(root, columns, row, at, shuffled) - target[row]!) ** 2;
      worse[at]! += (errorShuffled - error) / unseen.length;
    }
  }
  const spread = variance(target);
  let [error, counted] = [0, 0];
  for (let row = 0; row < rows; row++) {
    if (times[row] === 0) continue;
    error += (foretold[row]! / times[row]! - target[row]!) ** 2;
    counted++;
  }
  return {
    importance: worse.map((sum) => (spread === 0 || judged === 0 ? 0 : sum / judged / spread)),
    trees,
    explained: spread === 0 || counted === 0 ? Number.NaN : 1 - error / counted / spread,
  };
}

function grow(
  columns: readonly ForestColumn[],
  target: Float64Array,
  rows: Int32Array,
  leastLeaf: number,
  random: () => number,
): Node {
  let sum = 0;
  let squares = 0;
  for (const row of rows) {
    sum += target[row]!;
    squares += target[row]! ** 2;
  }
  const mean = sum / rows.length;
  const impurity = squares - sum * mean;
  if (rows.length < 2 * leastLeaf || !(impurity > 1e-12 * Math.max(squares, Number.MIN_VALUE))) return { mean };
  let best: { gain: number; column: number; goesLeft: (value: number) => boolean } | undefined;
  for (const [column, { kind, values, categories }] of columns.entries()) {
    const goesLeft = kind === 'number' ? randomThreshold(values, rows, random) : randomSet(values, rows, categories, random);
    if (goesLeft === undefined) continue;
    let [left, leftSum] = [0, 0];
    for (const row of rows) {
      if (!goesLeft(values[row]!)) continue;
      left++;
      leftSum += target[row]!;
    }
    const right = rows.length - left;
    if (left < leastLeaf || right < leastLeaf) continue;
    const rightSum = sum - leftSum;
    const gain = (leftSum * leftSum) / left + (rightSum * rightSum) / right - sum * mean;
    if (best === undefined || gain > best.gain) best = { gain, column, goesLeft };
  }
  if (best === undefined) return { mean };
  const { column, goesLeft } = best;
  const { values } = columns[column]!;
  return {
    column,
    goesLeft,
    left: grow(
      columns,
      target,
      rows.filter((row) => goesLeft(values[row]!)),
      leastLeaf,
      random,
    ),
    right: grow(
      columns,
      target,
      rows.filter((row) => !goesLeft(values[row]!)),
      leastLeaf,
      random,
    ),
  };
}

/** A cut between two of the rows' values, evenly over their order and not their distance: learning rates lie decades apart. */
function randomThreshold(values: Float64Array, rows: Int32Array, random: () => number): ((value: number) => boolean) | undefined {
  const one = values[rows[Math.floor(random() * rows.length)]!]!;
  let below = -Infinity;
  let above = Infinity;
  let missing = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (Number.isNaN(value)) missing++;
    else if (value < one) below = Math.max(below, value);
    else if (value > one) above = Math.min(above, value);
  }
  // Where some have none, whether there is one is a split like the others.
  if (Number.isNaN(one)) return missing === rows.length ? undefined : (value) => Number.isNaN(value);
  if (below === -Infinity && above === Infinity) return missing === 0 ? undefined : (value) => Number.isNaN(value);
  const other = below === -Infinity ? above : above === Infinity ? below : random() < 0.5 ? below : above;
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  // Halves first: the sum of two great numbers is infinite. Rounding must not put the cut below the lower one.
  const cut = Math.max(low, low / 2 + high / 2);
  return (value) => value <= cut && value < high;
}

function randomSet(
  values: Float64Array,
  rows: Int32Array,
  categories: number,
  random: () => number,
): ((value: number) => boolean) | undefined {
  const isLeft = Uint8Array.from({ length: categories + 1 }, () => (random() < 0.5 ? 1 : 0));
  const goesLeft = (value: number) => isLeft[value + 1] === 1;
  const first = values[rows[0]!]!;
  if (rows.every((row) => values[row] === first)) return undefined;
  // A set that parts nobody is turned into one that does.
  const some = goesLeft(first);
  if (rows.every((row) => goesLeft(values[row]!) === some)) isLeft[first + 1] = some ? 0 : 1;
  return goesLeft;
}

function foretell(root: Node, columns: readonly ForestColumn[], row: number, replaced = -1, replacement?: Float64Array): number {
  let node = root;
  while ('column' in node) {
    const value = node.column === replaced ? replacement![row]! : columns[node.column]!.values[row]!;
    node = node.goesLeft(value) ? node.left : node.right;
  }
  return node.mean;
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/** Tommy Ettinger's generator of 32 bits: small, and good enough to shuffle rows. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
