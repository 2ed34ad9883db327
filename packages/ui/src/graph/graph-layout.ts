/** Places for the nodes of a graph. Pure, and the same for the same graph: nothing is left to chance. */

/** Edges as indices of nodes; ends outside of the nodes are passed over. */
export interface GraphShape {
  readonly count: number;
  readonly sources: Int32Array;
  readonly targets: Int32Array;
}

export type GraphLayout = 'layered' | 'force' | 'grid';

export interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Room between the middles of nodes: names stand below them. */
export const COLUMN_GAP = 150;
export const ROW_GAP = 108;
const SWEEPS = 12;

/** How far the middle of a line may swing out, as a share of its length. */
const BEND = 0.22;
const MOST_BEND = 160;

/**
 * How far the middle of each edge swings out to its right, in the units of places. Lines that pass over columns would lie upon what
 * stands between, and lines there and back upon each other.
 */
export function bendsOf({ sources, targets, count }: GraphShape, { x, y }: Places, layout: GraphLayout): Float64Array {
  const pairs = new Set<number>();
  sources.forEach((source, edge) => pairs.add(source * count + targets[edge]!));
  return Float64Array.from(sources, (source, edge) => {
    const target = targets[edge]!;
    if (source === target || source < 0 || target < 0 || source >= count || target >= count) return 0;
    const dx = x[target]! - x[source]!;
    const length = Math.hypot(dx, y[target]! - y[source]!);
    const isFar = layout === 'layered' && Math.abs(dx) > COLUMN_GAP * 1.5;
    if (!isFar && !pairs.has(target * count + source)) return 0;
    return Math.min(MOST_BEND, length * (isFar ? BEND : BEND / 2));
  });
}

export function layOut(shape: GraphShape, layout: GraphLayout): Places {
  switch (layout) {
    case 'layered':
      return layered(shape);
    case 'force':
      return force(shape);
    case 'grid':
      return grid(shape.count);
  }
}

/** About twice as wide as high, as panels are. */
function grid(count: number): Places {
  const columns = Math.max(1, Math.round(Math.sqrt((count * 2 * ROW_GAP) / COLUMN_GAP)));
  return {
    x: Float64Array.from({ length: count }, (_, n) => (n % columns) * COLUMN_GAP),
    y: Float64Array.from({ length: count }, (_, n) => Math.floor(n / columns) * ROW_GAP),
  };
}

interface Neighbours {
  readonly out: readonly number[][];
  readonly into: readonly number[][];
}

function neighboursOf({ count, sources, targets }: GraphShape): Neighbours {
  const out = Array.from({ length: count }, (): number[] => []);
  const into = Array.from({ length: count }, (): number[] => []);
  for (let edge = 0; edge < sources.length; edge++) {
    const [source, target] = [sources[edge]!, targets[edge]!];
    if (source < 0 || target < 0 || source >= count || target >= count || source === target) continue;
    out[source]!.push(target);
    into[target]!.push(source);
  }
  return { out, into };
}

/**
 * What leads stands left of what it leads to, after Sugiyama: cycles are broken where a walk meets itself, ranks are longest paths,
 * orders are by the mean of neighbours in sweeps. Nodes without edges stand in rows below.
 */
function layered(shape: GraphShape): Places {
  const { count } = shape;
  const { out, into } = neighboursOf(shape);
  const rank = ranksOf(count, out, into);
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const layers: number[][] = [];
  const alone: number[] = [];
  for (let node = 0; node < count; node++) {
    if (out[node]!.length === 0 && into[node]!.length === 0) alone.push(node);
    else (layers[rank[node]!] ??= []).push(node);
  }
  const inLayers = [...layers].map((layer) => layer ?? []);
  order(inLayers, out, into);
  // A layer of hundreds would be a thread: it takes several columns.
  const most = Math.max(10, Math.ceil(Math.sqrt(count) * 1.4));
  const columns = inLayers.flatMap((layer) => {
    const parts = Math.max(1, Math.ceil(layer.length / most));
    return Array.from({ length: parts }, (_, part) => layer.filter((_, at) => Math.floor((at * parts) / layer.length) === part));
  });
  columns.forEach((column, at) => {
    column.forEach((node, place) => {
      x[node] = at * COLUMN_GAP;
      y[node] = (place - (column.length - 1) / 2) * ROW_GAP;
    });
  });
  if (columns.length === inLayers.length) straighten(columns, out, into, y);
  const lowest = columns.flat().reduce((most, node) => Math.max(most, y[node]!), -ROW_GAP);
  const across = Math.max(columns.length, Math.ceil(Math.sqrt(alone.length)), 1);
  alone.forEach((node, place) => {
    x[node] = (place % across) * COLUMN_GAP;
    y[node] = lowest + ROW_GAP * (1 + Math.floor(place / across));
  });
  return { x, y };
}

/** The longest way to each node, not counting edges that close a cycle. */
function ranksOf(count: number, out: Neighbours['out'], into: Neighbours['into']): Int32Array {
  const rank = new Int32Array(count);
  const state = new Uint8Array(count);
  const after: number[] = [];
  const back = new Set<number>();
  // By hand and not by recursion: a chain may be as long as there are nodes.
  const walk = (start: number) => {
    const path: number[] = [start];
    const next: number[] = [0];
    state[start] = 1;
    while (path.length > 0) {
      const node = path.at(-1)!;
      const at = next[next.length - 1]!++;
      const target = out[node]![at];
      if (target === undefined) {
        state[node] = 2;
        after.push(node);
        path.pop();
        next.pop();
      } else if (state[target] === 1) back.add(node * count + target);
      else if (state[target] === 0) {
        state[target] = 1;
        path.push(target);
        next.push(0);
      }
    }
  };
  for (let node = 0; node < count; node++) if (into[node]!.length === 0) walk(node);
  for (let node = 0; node < count; node++) if (state[node] === 0) walk(node);
  for (const node of after.toReversed()) {
    for (const target of out[node]!) {
      if (!back.has(node * count + target)) rank[target] = Math.max(rank[target]!, rank[node]! + 1);
    }
  }
  return rank;
}

function order(layers: number[][], out: Neighbours['out'], into: Neighbours['into']): void {
  const place = new Map<number, number>();
  const settle = (layer: readonly number[]) => layer.forEach((node, at) => place.set(node, at / layer.length));
  layers.forEach(settle);
  const sort = (layer: number[], of: Neighbours['out']) => {
    const wish = new Map(layer.map((node) => [node, mean(of[node]!, (other) => place.get(other)!) ?? place.get(node)!]));
    layer.sort((a, b) => wish.get(a)! - wish.get(b)!);
    settle(layer);
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    if (sweep % 2 === 0) for (const layer of layers) sort(layer, into);
    else for (const layer of layers.toReversed()) sort(layer, out);
  }
}

/** Moves nodes towards their neighbours as far as the order and the gaps let them. */
function straighten(columns: readonly number[][], out: Neighbours['out'], into: Neighbours['into'], y: Float64Array): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) {
      const wish = column.map((node) => mean([...into[node]!, ...out[node]!], (other) => y[other]!) ?? y[node]!);
      const down = [...wish];
      const up = [...wish];
      for (let at = 1; at < column.length; at++) down[at] = Math.max(down[at]!, down[at - 1]! + ROW_GAP);
      for (let at = column.length - 2; at >= 0; at--) up[at] = Math.min(up[at]!, up[at + 1]! - ROW_GAP);
      // Between the lowest and the highest that the order allows: both keep the gaps, so their mean does.
      column.forEach((node, at) => {
        y[node] = (down[at]! + up[at]!) / 2;
      });
    }
  }
}

function mean(nodes: readonly number[], of: (node: number) => number): number | undefined {
  if (nodes.length === 0) return undefined;
  return nodes.reduce((sum, node) => sum + of(node), 0) / nodes.length;
}

const SPRING = 170;

/**
 * Nodes push each other away and edges pull together, after Fruchterman and Reingold. Pushes reach as far as two and a half edges: a grid of
 * cells finds who is near.
 */
function force(shape: GraphShape): Places {
  const { count, sources, targets } = shape;
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  for (let node = 0; node < count; node++) {
    // A sunflower: even, and no two at one place.
    const radius = SPRING * 0.6 * Math.sqrt(node + 0.5);
    x[node] = radius * Math.cos(node * 2.399963);
    y[node] = radius * Math.sin(node * 2.399963);
  }
  const reach = 2.5 * SPRING;
  const moveX = new Float64Array(count);
  const moveY = new Float64Array(count);
  const rounds = Math.round(Math.min(220, Math.max(40, 60_000 / Math.max(1, count))));
  for (let round = 0; round < rounds; round++) {
    moveX.fill(0);
    moveY.fill(0);
    const cells = new Map<number, number[]>();
    const cellOf = (at: number) => Math.floor(at / reach);
    const key = (column: number, row: number) => column * 65_536 + row;
    for (let node = 0; node < count; node++) {
      const at = key(cellOf(x[node]!), cellOf(y[node]!));
      const cell = cells.get(at);
      if (cell === undefined) cells.set(at, [node]);
      else cell.push(node);
    }
    for (let node = 0; node < count; node++) {
      for (let column = -1; column <= 1; column++) {
        for (let row = -1; row <= 1; row++) {
          for (const other of cells.get(key(cellOf(x[node]!) + column, cellOf(y[node]!) + row)) ?? []) {
            if (other === node) continue;
            const dx = x[node]! - x[other]!;
            const dy = y[node]! - y[other]!;
            const squared = dx * dx + dy * dy;
            if (squared > reach * reach) continue;
            const push = (SPRING * SPRING) / Math.max(1, squared);
            moveX[node] = moveX[node]! + dx * push;
            moveY[node] = moveY[node]! + dy * push;
          }
        }
      }
      // Towards the middle, so that parts that nothing joins stay together.
      moveX[node] = moveX[node]! - x[node]! * 0.04;
      moveY[node] = moveY[node]! - y[node]! * 0.04;
    }
    for (let edge = 0; edge < sources.length; edge++) {
      const [source, target] = [sources[edge]!, targets[edge]!];
      if (source < 0 || target < 0 || source >= count || target >= count || source === target) continue;
      const dx = x[target]! - x[source]!;
      const dy = y[target]! - y[source]!;
      const pull = Math.hypot(dx, dy) / SPRING;
      moveX[source] = moveX[source]! + dx * pull;
      moveY[source] = moveY[source]! + dy * pull;
      moveX[target] = moveX[target]! - dx * pull;
      moveY[target] = moveY[target]! - dy * pull;
    }
    const heat = SPRING * 0.5 * (1 - round / rounds) + 1;
    for (let node = 0; node < count; node++) {
      const length = Math.hypot(moveX[node]!, moveY[node]!);
      if (length === 0) continue;
      const step = Math.min(heat, length) / length;
      x[node] = x[node]! + moveX[node]! * step;
      y[node] = y[node]! + moveY[node]! * step;
    }
  }
  return { x, y };
}
