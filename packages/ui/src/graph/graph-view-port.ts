import type { GraphModel, GraphPick } from './graph-model.ts';
import type { Places } from './graph-layout.ts';

/** The graph's point (0, 0) lies at (x, y) of the canvas; a unit is `scale` CSS pixels. */
export interface ViewPort {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const LEAST_SCALE = 0.02;
const MOST_SCALE = 4;
/** Names stand below nodes. */
const MARGIN_X = 70;
const MARGIN_TOP = 40;
const MARGIN_BOTTOM = 72;

/** All nodes in the middle, never larger than life. Pure. */
export function fit({ x, y }: Places, width: number, height: number): ViewPort {
  if (x.length === 0) return { x: width / 2, y: height / 2, scale: 1 };
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let node = 0; node < x.length; node++) {
    left = Math.min(left, x[node]!);
    right = Math.max(right, x[node]!);
    top = Math.min(top, y[node]!);
    bottom = Math.max(bottom, y[node]!);
  }
  const scale = clamp(
    Math.min(width / (right - left + 2 * MARGIN_X), height / (bottom - top + MARGIN_TOP + MARGIN_BOTTOM)),
    LEAST_SCALE,
    1,
  );
  return {
    x: width / 2 - ((left + right) / 2) * scale,
    y: height / 2 - ((top + bottom + MARGIN_BOTTOM - MARGIN_TOP) / 2) * scale,
    scale,
  };
}

/** Larger or smaller about a point of the canvas. Pure. */
export function zoomAbout(view: ViewPort, factor: number, atX: number, atY: number): ViewPort {
  const scale = clamp(view.scale * factor, LEAST_SCALE, MOST_SCALE);
  const by = scale / view.scale;
  return { scale, x: atX - (atX - view.x) * by, y: atY - (atY - view.y) * by };
}

/** Moves as little as it needs to bring a point of the graph to where it can be seen. Pure. */
export function reveal(view: ViewPort, x: number, y: number, width: number, height: number): ViewPort {
  const edge = Math.min(60, width / 4, height / 4);
  const [atX, atY] = [x * view.scale + view.x, y * view.scale + view.y];
  return { ...view, x: view.x + clamp(atX, edge, width - edge) - atX, y: view.y + clamp(atY, edge, height - edge) - atY };
}

/** Thin lines are hard to hit. */
const EDGE_REACH = 5;

/** What is at a point of the canvas: nodes lie over edges. Pure. */
export function pickAt(
  model: GraphModel,
  places: Places,
  bends: Float64Array,
  view: ViewPort,
  atX: number,
  atY: number,
): GraphPick | undefined {
  const x = (atX - view.x) / view.scale;
  const y = (atY - view.y) / view.scale;
  for (let index = model.nodes.length - 1; index >= 0; index--) {
    const reach = Math.max(model.nodes[index]!.radius, 6 / view.scale);
    if (Math.hypot(places.x[index]! - x, places.y[index]! - y) <= reach) return { kind: 'node', index };
  }
  let nearest: GraphPick | undefined;
  let least = EDGE_REACH / view.scale;
  model.edges.forEach(({ source, target }, index) => {
    const from = [places.x[source]!, places.y[source]!] as const;
    const to = [places.x[target]!, places.y[target]!] as const;
    const middle = middleOf(from, to, bends[index] ?? 0);
    // Two straight lines are near enough to what is drawn.
    const distance = Math.min(toSegment(x, y, ...from, ...middle), toSegment(x, y, ...middle, ...to));
    if (distance < least) {
      least = distance;
      nearest = { kind: 'edge', index };
    }
  });
  return nearest;
}

/** Where the middle of a bent line lies. Pure. */
export function middleOf(
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
  bend: number,
): readonly [x: number, y: number] {
  const length = Math.max(1e-9, Math.hypot(bx - ax, by - ay));
  return [(ax + bx) / 2 - ((by - ay) / length) * bend, (ay + by) / 2 + ((bx - ax) / length) * bend];
}

function toSegment(x: number, y: number, fromX: number, fromY: number, toX: number, toY: number): number {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const long = dx * dx + dy * dy;
  const at = long === 0 ? 0 : clamp(((x - fromX) * dx + (y - fromY) * dy) / long, 0, 1);
  return Math.hypot(x - fromX - at * dx, y - fromY - at * dy);
}

/** The neighbour along an edge that lies most in a direction, at most 75° off; undefined where none does. Pure. */
export function neighbourTowards(model: GraphModel, places: Places, from: number, dx: number, dy: number): number | undefined {
  let best: number | undefined;
  let closest = Math.cos((75 / 180) * Math.PI);
  for (const { source, target } of model.edges) {
    const other = source === from ? target : target === from ? source : undefined;
    if (other === undefined || other === from) continue;
    const [awayX, awayY] = [places.x[other]! - places.x[from]!, places.y[other]! - places.y[from]!];
    const along = (awayX * dx + awayY * dy) / Math.max(1e-9, Math.hypot(awayX, awayY));
    if (along > closest) {
      closest = along;
      best = other;
    }
  }
  return best;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
