/** Calls of a profile in nested order: a call stands before what it calls. Columns of one length. */
export interface FlameTree {
  /** Names of functions, each once. */
  readonly labels: readonly string[];
  /** Index into the labels. */
  readonly label: Int32Array;
  /** 0 is the root. */
  readonly level: Int32Array;
  /** The row that called; -1 for the root. */
  readonly parent: Int32Array;
  /** Behind the last row below. */
  readonly end: Int32Array;
  /** With all that is called, and without. */
  readonly value: Float64Array;
  readonly self: Float64Array;
  /** Of what is compared with; undefined where nothing is. */
  readonly right: { readonly value: Float64Array; readonly self: Float64Array } | undefined;
  /** Where the row's bar begins and how wide it is, as shares of the root's. */
  readonly x: Float64Array;
  readonly width: Float64Array;
  readonly depth: number;
}

/** What a flame tree is made of: rows in nested order whose levels rise by at most one. */
export interface FlameRows {
  readonly level: ArrayLike<number>;
  readonly label: ArrayLike<string>;
  readonly value: ArrayLike<number>;
  readonly self: ArrayLike<number>;
  readonly right?: { readonly value: ArrayLike<number>; readonly self: ArrayLike<number> } | undefined;
}

/** Pure. Bars are as wide as what is in them, also where the numbers of what is called add up to more than the caller's. */
export function flameTree(rows: FlameRows): FlameTree {
  const count = rows.level.length;
  const labels: string[] = [];
  const known = new Map<string, number>();
  const label = new Int32Array(count);
  const level = Int32Array.from(rows.level);
  const parent = new Int32Array(count).fill(-1);
  const end = new Int32Array(count);
  const value = Float64Array.from(rows.value);
  const self = Float64Array.from(rows.self);
  const right =
    rows.right === undefined
      ? undefined
      : { value: Float64Array.from(rows.right.value), self: Float64Array.from(rows.right.self) };
  const path: number[] = [];
  let depth = 0;
  for (let row = 0; row < count; row++) {
    const name = rows.label[row]!;
    let index = known.get(name);
    if (index === undefined) {
      index = labels.length;
      known.set(name, index);
      labels.push(name);
    }
    label[row] = index;
    path.length = Math.min(path.length, level[row]!);
    parent[row] = path.at(-1) ?? -1;
    path.push(row);
    depth = Math.max(depth, level[row]! + 1);
  }
  const width = new Float64Array(count);
  const inside = new Float64Array(count);
  for (let row = count - 1; row >= 0; row--) {
    end[row] = Math.max(end[row]!, row + 1);
    width[row] = Math.max(value[row]! + (right?.value[row] ?? 0), inside[row]!);
    const above = parent[row]!;
    if (above < 0) continue;
    inside[above] = inside[above]! + width[row]!;
    end[above] = Math.max(end[above]!, end[row]!);
  }
  const total = width[0] ?? 0;
  const x = new Float64Array(count);
  const next = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const above = parent[row]!;
    x[row] = above < 0 ? 0 : next[above]!;
    if (above >= 0) next[above] = next[above]! + width[row]!;
    next[row] = x[row]!;
  }
  if (total > 0) {
    for (let row = 0; row < count; row++) {
      x[row] = x[row]! / total;
      width[row] = width[row]! / total;
    }
  }
  return { labels, label, level, parent, end, value, self, right, x, width, depth };
}

/** What one function took in all its calls. */
export interface FlameFunction {
  /** Index into the labels. */
  readonly label: number;
  readonly self: number;
  /** A function that calls itself is counted once. */
  readonly total: number;
  readonly selfRight: number;
  readonly totalRight: number;
}

/** Pure. */
export function functionsOf(tree: FlameTree): FlameFunction[] {
  const count = tree.labels.length;
  const [self, total, selfRight, totalRight] = [0, 1, 2, 3].map(() => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  // Until which row the function is on the way down from the root.
  const until = new Int32Array(count);
  for (let row = 0; row < tree.label.length; row++) {
    const at = tree.label[row]!;
    self[at] = self[at]! + tree.self[row]!;
    selfRight[at] = selfRight[at]! + (tree.right?.self[row] ?? 0);
    if (row < until[at]!) continue;
    until[at] = tree.end[row]!;
    total[at] = total[at]! + tree.value[row]!;
    totalRight[at] = totalRight[at]! + (tree.right?.value[row] ?? 0);
  }
  return tree.labels.map((_, label) => ({
    label,
    self: self[label]!,
    total: total[label]!,
    selfRight: selfRight[label]!,
    totalRight: totalRight[label]!,
  }));
}

/** The rows whose function the words are a part of, and their share of the whole; undefined without words. Pure. */
export function findCalls(
  tree: FlameTree,
  search: string,
): { readonly labels: ReadonlySet<number>; readonly share: number } | undefined {
  const part = search.trim().toLowerCase();
  if (part === '') return undefined;
  const labels = new Set(tree.labels.flatMap((name, index) => (name.toLowerCase().includes(part) ? [index] : [])));
  let share = 0;
  for (let row = 0; row < tree.label.length; row++) {
    if (!labels.has(tree.label[row]!)) continue;
    share += tree.width[row]!;
    row = tree.end[row]! - 1;
  }
  return { labels, share };
}

interface Merged {
  readonly label: number;
  value: number;
  self: number;
  valueRight: number;
  selfRight: number;
  readonly inside: Map<number, Merged>;
}

/** All calls of one function as one: what it calls below it, and who calls it, each a tree that has the function as its root. Pure. */
export function sandwich(tree: FlameTree, label: number): { readonly callers: FlameTree; readonly callees: FlameTree } {
  const up = merged(label);
  const down = merged(label);
  const at: Merged[] = [];
  for (let row = 0; row < tree.label.length; row++) {
    if (tree.label[row] !== label) continue;
    // Within itself it was counted with its outermost call.
    let isInner = false;
    for (let above = tree.parent[row]!; above >= 0; above = tree.parent[above]!) isInner ||= tree.label[above] === label;
    if (isInner) continue;
    add(down, tree, row);
    at.length = 0;
    at[tree.level[row]!] = down;
    for (let below = row + 1; below < tree.end[row]!; below++) {
      const one = child(at[tree.level[below]! - 1]!, tree.label[below]!);
      add(one, tree, below);
      at[tree.level[below]!] = one;
    }
    add(up, tree, row);
    let caller = up;
    for (let above = tree.parent[row]!; above >= 0; above = tree.parent[above]!) {
      caller = child(caller, tree.label[above]!);
      add(caller, tree, row);
    }
  }
  return { callers: flatten(up, tree), callees: flatten(down, tree) };
}

function merged(label: number): Merged {
  return { label, value: 0, self: 0, valueRight: 0, selfRight: 0, inside: new Map() };
}

function child(of: Merged, label: number): Merged {
  let one = of.inside.get(label);
  if (one === undefined) of.inside.set(label, (one = merged(label)));
  return one;
}

function add(to: Merged, tree: FlameTree, row: number): void {
  to.value += tree.value[row]!;
  to.self += tree.self[row]!;
  to.valueRight += tree.right?.value[row] ?? 0;
  to.selfRight += tree.right?.self[row] ?? 0;
}

function flatten(root: Merged, { labels, right }: FlameTree): FlameTree {
  const level: number[] = [];
  const nodes: Merged[] = [];
  const waiting: (readonly [Merged, number])[] = [[root, 0]];
  while (waiting.length > 0) {
    const [node, at] = waiting.pop()!;
    nodes.push(node);
    level.push(at);
    // The largest first: then it is the first taken.
    const inside = [...node.inside.values()].sort((a, b) => a.value + a.valueRight - b.value - b.valueRight);
    for (const one of inside) waiting.push([one, at + 1]);
  }
  return flameTree({
    level,
    label: nodes.map(({ label }) => labels[label]!),
    value: nodes.map(({ value }) => value),
    self: nodes.map(({ self }) => self),
    right:
      right === undefined
        ? undefined
        : { value: nodes.map(({ valueRight }) => valueRight), self: nodes.map(({ selfRight }) => selfRight) },
  });
}

/**
 * How a call's share of the whole changed from left to right: 0.5 is half more, -1 gone, Infinity new; undefined where neither side
 * has it or nothing is compared. Pure.
 */
export function changeOf(left: number, right: number, totalLeft: number, totalRight: number): number | undefined {
  const before = totalLeft > 0 ? left / totalLeft : 0;
  const after = totalRight > 0 ? right / totalRight : 0;
  if (before === 0) return after === 0 ? undefined : Infinity;
  return after / before - 1;
}

/** The row at a place: a share of the root's width and a level; -1 where there is none. Pure. */
export function callAt(tree: FlameTree, x: number, level: number): number {
  let row = 0;
  if (tree.label.length === 0 || x < 0 || x > 1) return -1;
  while (row < tree.label.length) {
    if (x < tree.x[row]! || x >= tree.x[row]! + tree.width[row]!) row = tree.end[row]!;
    else if (tree.level[row] === level) return row;
    else row++;
  }
  return -1;
}
