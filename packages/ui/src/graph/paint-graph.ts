import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import { COLUMN_GAP } from './graph-layout.ts';
import type { Places } from './graph-layout.ts';
import type { GraphEdge, GraphModel, GraphNode, GraphPick } from './graph-model.ts';
import { middleOf } from './graph-view-port.ts';
import type { ViewPort } from './graph-view-port.ts';

export interface GraphPaint {
  readonly model: GraphModel;
  readonly places: Places;
  /** See bendsOf(). */
  readonly bends: Float64Array;
  readonly view: ViewPort;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  readonly picked: GraphPick | undefined;
  readonly hovered: GraphPick | undefined;
  /** Nodes that a search found; undefined is no search. */
  readonly found: ReadonlySet<number> | undefined;
}

const FONT = "'Inter Variable', system-ui, sans-serif";
/** Below these scales names and numbers are dust. */
const NAMES_FROM = 0.28;
const FIGURES_FROM = 0.75;
const LONGEST_NAME = 20;
/** Pixels of the screen. */
const LEAST_FONT = 10;
const LETTER = 6.2;
/** A shorter edge would be hidden by what is written on it. */
const LABEL_FROM = 130;
const MOST_PLAIN = 300;
const RIM = 3.5;
const ARROW = 7;

/** Draws what lies inside the canvas. 1,500 nodes take a few milliseconds. */
export function paintGraph(ctx: CanvasRenderingContext2D, paint: GraphPaint): void {
  const { model, places, bends, view, width, height, theme, found } = paint;
  const ink = INK[theme];
  const lit = litBy(paint);
  ctx.clearRect(0, 0, width, height);
  ctx.save();
  ctx.translate(view.x, view.y);
  ctx.scale(view.scale, view.scale);
  const left = -view.x / view.scale;
  const top = -view.y / view.scale;
  const right = left + width / view.scale;
  const bottom = top + height / view.scale;
  ctx.lineCap = 'round';
  // Hundreds of lines at full ink are a carpet.
  const plain = model.edges.length > MOST_PLAIN ? ink.axis : ink.faint;
  model.edges.forEach((edge, index) => {
    const [ax, ay, bx, by] = [places.x[edge.source]!, places.y[edge.source]!, places.x[edge.target]!, places.y[edge.target]!];
    const bend = bends[index] ?? 0;
    const middle = middleOf([ax, ay], [bx, by], bend);
    const isOut =
      Math.max(ax, bx, middle[0]) < left ||
      Math.min(ax, bx, middle[0]) > right ||
      Math.max(ay, by, middle[1]) < top ||
      Math.min(ay, by, middle[1]) > bottom;
    if (isOut) return;
    const isLit = lit === undefined ? edge.highlighted : lit.edges.has(index);
    ctx.globalAlpha = lit !== undefined && !isLit ? 0.15 : found === undefined ? 1 : 0.3;
    const color = isLit ? ink.accent : (edge.color ?? plain);
    drawEdge(ctx, edge, model.nodes[edge.source]!, model.nodes[edge.target]!, [ax, ay, bx, by], bend, color, view.scale);
    if (
      (isLit || (model.edges.length <= 60 && Math.hypot(bx - ax, by - ay) * view.scale > LABEL_FROM)) &&
      view.scale >= NAMES_FROM
    ) {
      const text = [edge.mainStat, edge.secondaryStat].filter((part) => part !== '').join(' · ');
      if (text !== '') drawLabel(ctx, text, ...middle, view.scale, ink.panel, isLit ? ink.text : ink.dim);
    }
  });
  const margin = 120;
  model.nodes.forEach((node, index) => {
    const [x, y] = [places.x[index]!, places.y[index]!];
    if (x < left - margin || x > right + margin || y < top - margin || y > bottom + margin) return;
    const isFound = found?.has(index) ?? true;
    ctx.globalAlpha = isFound && (lit === undefined || lit.nodes.has(index)) ? 1 : 0.25;
    const isPicked = paint.picked?.kind === 'node' && paint.picked.index === index;
    drawNode(ctx, node, x, y, ink, view.scale, isPicked, node.highlighted || (found !== undefined && isFound));
  });
  ctx.restore();
}

type Ink = (typeof INK)['dark'];

function drawEdge(
  ctx: CanvasRenderingContext2D,
  edge: GraphEdge,
  from: GraphNode,
  to: GraphNode,
  [ax, ay, bx, by]: readonly [number, number, number, number],
  bend: number,
  color: string,
  scale: number,
): void {
  // A hair of the screen is the least that is seen.
  ctx.lineWidth = Math.max(edge.thickness, 0.8 / scale);
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.setLineDash([...edge.dash]);
  ctx.beginPath();
  if (edge.source === edge.target) {
    const reach = from.radius;
    ctx.arc(ax, ay - reach, reach * 0.6, Math.PI * 0.75, Math.PI * 2.25);
    ctx.stroke();
    return;
  }
  const length = Math.hypot(bx - ax, by - ay);
  if (length <= from.radius + to.radius + 2 * RIM + ARROW) return;
  // A quadratic curve goes half as far as its control point.
  const [cx, cy] = middleOf([ax, ay], [bx, by], 2 * bend);
  const [startX, startY] = towards(ax, ay, cx, cy, from.radius + RIM);
  const [tipX, tipY] = towards(bx, by, cx, cy, to.radius + RIM + 2);
  const [endX, endY] = towards(bx, by, cx, cy, to.radius + RIM + 2 + ARROW);
  const way = Math.max(1e-9, Math.hypot(tipX - endX, tipY - endY));
  const [ux, uy] = [(tipX - endX) / way, (tipY - endY) / way];
  ctx.moveTo(startX, startY);
  ctx.quadraticCurveTo(cx, cy, endX, endY);
  ctx.stroke();
  ctx.setLineDash([]);
  const size = ARROW + edge.thickness;
  ctx.beginPath();
  ctx.moveTo(tipX, tipY);
  ctx.lineTo(tipX - ux * size - (uy * size) / 2.2, tipY - uy * size + (ux * size) / 2.2);
  ctx.lineTo(tipX - ux * size + (uy * size) / 2.2, tipY - uy * size - (ux * size) / 2.2);
  ctx.fill();
}

function towards(x: number, y: number, toX: number, toY: number, by: number): readonly [number, number] {
  const length = Math.max(1e-9, Math.hypot(toX - x, toY - y));
  return [x + ((toX - x) / length) * by, y + ((toY - y) / length) * by];
}

function drawNode(
  ctx: CanvasRenderingContext2D,
  node: GraphNode,
  x: number,
  y: number,
  ink: Ink,
  scale: number,
  isPicked: boolean,
  isMarked: boolean,
): void {
  const { radius } = node;
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = ink.raised;
  ctx.fill();
  ctx.lineWidth = Math.max(RIM, 1.2 / scale);
  ctx.lineCap = 'butt';
  if (node.arcs.length === 0) {
    ctx.strokeStyle = node.color;
    ctx.stroke();
  } else {
    ctx.strokeStyle = ink.hover;
    ctx.stroke();
    let from = -Math.PI / 2;
    for (const { share, color } of node.arcs) {
      const to = from + share * 2 * Math.PI;
      ctx.beginPath();
      ctx.arc(x, y, radius, from, to);
      ctx.strokeStyle = color;
      ctx.stroke();
      from = to;
    }
  }
  if (isPicked || isMarked) {
    ctx.beginPath();
    ctx.arc(x, y, radius + 5, 0, 2 * Math.PI);
    ctx.strokeStyle = isPicked ? ink.text : ink.accent;
    ctx.lineWidth = 1.5 / scale;
    ctx.stroke();
  }
  ctx.lineCap = 'round';
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  if (scale >= FIGURES_FROM) {
    const lines = [node.mainStat, node.secondaryStat].filter((part) => part !== '');
    lines.forEach((line, index) => {
      ctx.font = `${index === 0 ? 600 : 400} 10px ${FONT}`;
      ctx.fillStyle = index === 0 ? ink.text : ink.dim;
      ctx.fillText(line, x, y + (index - (lines.length - 1) / 2) * 12, radius * 1.8);
    });
  }
  if (scale >= NAMES_FROM) {
    // Names stay readable as long as there is room for some of their letters.
    const size = Math.max(12, LEAST_FONT / scale);
    const longest = Math.min(LONGEST_NAME, Math.floor((COLUMN_GAP * scale) / LETTER));
    ctx.font = `500 ${size}px ${FONT}`;
    ctx.fillStyle = ink.text;
    ctx.fillText(shorten(node.title, longest), x, y + radius + size * 1.2);
    const below = scale >= FIGURES_FROM ? node.subTitle : node.mainStat;
    if (below === '') return;
    ctx.font = `400 ${size * 0.92}px ${FONT}`;
    ctx.fillStyle = ink.dim;
    ctx.fillText(shorten(below, longest), x, y + radius + size * 2.4);
  }
}

function drawLabel(
  ctx: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  scale: number,
  behind: string,
  color: string,
): void {
  ctx.font = `400 ${Math.max(11, LEAST_FONT / scale)}px ${FONT}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.lineWidth = 4 / Math.min(1, scale);
  ctx.setLineDash([]);
  ctx.strokeStyle = behind;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = color;
  ctx.fillText(text, x, y);
}

/** The beginnings and ends of names tell them apart. */
export function shorten(name: string, longest = LONGEST_NAME): string {
  if (name.length <= longest) return name;
  const end = Math.floor(longest / 3);
  return `${name.slice(0, longest - end - 1)}…${name.slice(-end)}`;
}

/** What is pointed at with what it touches; undefined lights all. */
function litBy({ model, picked, hovered }: GraphPaint) {
  const at = hovered ?? picked;
  if (at === undefined) return undefined;
  const nodes = new Set<number>();
  const edges = new Set<number>();
  model.edges.forEach(({ source, target }, index) => {
    const touches = at.kind === 'edge' ? index === at.index : source === at.index || target === at.index;
    if (!touches) return;
    edges.add(index);
    nodes.add(source);
    nodes.add(target);
  });
  if (at.kind === 'node') nodes.add(at.index);
  return { nodes, edges };
}
