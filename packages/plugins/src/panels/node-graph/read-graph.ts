import { cellValue, displayOf, displayText } from '@vitrine/compute/field/display.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import type { GraphShape } from '@vitrine/ui/graph/graph-layout.ts';
import type { GraphEdge, GraphModel, GraphNode, GraphPick } from '@vitrine/ui/graph/graph-model.ts';
import { inkOf } from '@vitrine/ui/theme/color-name.ts';
import { INK } from '@vitrine/ui/theme/ink.ts';
import type { ThemeName } from '@vitrine/ui/theme/ink.ts';
import { SERIES_COLORS } from '@vitrine/ui/theme/series-color.ts';

import { counted } from '../counted.ts';
import type { NodeGraphOptions } from './spec.ts';

const MOST_NODES = 3_000;
const MOST_EDGES = 15_000;
const USUAL_RADIUS = 26;

/** A place in the answer: for links. */
export interface GraphRow {
  readonly frame: Frame;
  readonly row: number;
}

export interface ReadGraph {
  readonly model: GraphModel;
  readonly shape: GraphShape;
  /** Where a node or an edge stands in the answer; undefined for nodes that only edges name. */
  rowOf(pick: GraphPick): GraphRow | undefined;
  /** Sentences on what was left out or made up. */
  readonly notices: readonly string[];
}

/** Columns by name whatever its case: Grafana's data sources don't agree on one. */
function columns(frame: Frame): ReadonlyMap<string, Field> {
  return new Map(frame.fields.map((field) => [field.name.toLowerCase(), field]));
}

/**
 * Reads frames of nodes (id, title, subTitle, mainStat, secondaryStat, arc__*, detail__*, color, nodeRadius, highlighted) and of
 * edges (id, source, target, mainStat, secondaryStat, thickness, strokeDasharray, color, detail__*, highlighted). Edges alone
 * make a graph too. Throws an Error with a sentence where there is none in them.
 */
export function readGraph(frames: readonly Frame[], options: NodeGraphOptions, theme: ThemeName, timeZone: string): ReadGraph {
  const isEdges = (frame: Frame) => frame.shape === 'edges' || ['source', 'target'].every((name) => columns(frame).has(name));
  const edgeFrames = frames.filter(isEdges);
  const nodeFrames = frames.filter((frame) => !isEdges(frame) && (frame.shape === 'nodes' || columns(frame).has('id')));
  if (nodeFrames.length === 0 && edgeFrames.length === 0) {
    throw new Error('A graph needs a table of nodes with the column id, or one of edges with the columns source and target.');
  }
  const notices: string[] = [];
  const nodes: GraphNode[] = [];
  const nodeRows: (GraphRow | undefined)[] = [];
  const byId = new Map<string, number>();
  let twice = 0;
  let tooMany = 0;
  const legend = new Map<string, string>();
  for (const frame of nodeFrames) {
    const read = nodeReader(frame, options, theme, timeZone, legend);
    for (let row = 0; row < frame.length; row++) {
      const node = read(row);
      if (node === undefined) continue;
      if (byId.has(node.id)) twice++;
      else if (nodes.length >= MOST_NODES) tooMany++;
      else {
        byId.set(node.id, nodes.length);
        nodes.push(node);
        nodeRows.push({ frame, row });
      }
    }
  }
  const known = nodes.length;
  const indexOf = (id: string): number | undefined => {
    const found = byId.get(id);
    if (found !== undefined || nodes.length >= MOST_NODES) return found;
    byId.set(id, nodes.length);
    nodes.push({ ...BARE, id, title: id, color: INK[theme].unknown });
    nodeRows.push(undefined);
    return nodes.length - 1;
  };
  const edges: GraphEdge[] = [];
  const edgeRows: GraphRow[] = [];
  let lostEdges = 0;
  for (const frame of edgeFrames) {
    const read = edgeReader(frame, options, theme, timeZone);
    for (let row = 0; row < frame.length; row++) {
      const { from, to, ...edge } = read(row);
      if (from === '' || to === '') continue;
      const source = edges.length < MOST_EDGES ? indexOf(from) : undefined;
      const target = source === undefined ? undefined : indexOf(to);
      if (source === undefined || target === undefined) lostEdges++;
      else {
        edges.push({ ...edge, source, target });
        edgeRows.push({ frame, row });
      }
    }
  }
  if (nodes.length === 0) throw new Error('The answer names no node.');
  if (twice > 0) notices.push(`Left out ${counted(twice, 'node', 'nodes')} whose id another node has.`);
  if (tooMany > 0 || lostEdges > 0)
    notices.push(
      `Shows ${nodes.length} nodes and ${edges.length} edges; ${tooMany} nodes and ${lostEdges} edges more are left out.`,
    );
  if (known > 0 && nodes.length > known)
    notices.push(`${counted(nodes.length - known, 'node is', 'nodes are')} named by edges only.`);
  return {
    model: { nodes, edges, legend: [...legend].map(([name, color]) => ({ name, color })) },
    shape: {
      count: nodes.length,
      sources: Int32Array.from(edges, ({ source }) => source),
      targets: Int32Array.from(edges, ({ target }) => target),
    },
    rowOf: ({ kind, index }) => (kind === 'node' ? nodeRows[index] : edgeRows[index]),
    notices,
  };
}

const BARE = {
  subTitle: '',
  mainStat: '',
  secondaryStat: '',
  radius: USUAL_RADIUS,
  arcs: [],
  highlighted: false,
  details: [],
} as const;

function nodeReader(
  frame: Frame,
  options: NodeGraphOptions,
  theme: ThemeName,
  timeZone: string,
  legend: Map<string, string>,
): (row: number) => GraphNode | undefined {
  const of = columns(frame);
  const text = textReader(of, timeZone);
  const main = statReader(of.get('mainstat'), options.nodes.mainStatUnit, timeZone);
  const secondary = statReader(of.get('secondarystat'), options.nodes.secondaryStatUnit, timeZone);
  const arcs = arcColumns(frame, options, theme);
  const details = detailReader(frame, timeZone);
  for (const { field, color, name } of arcs) if (field.length > 0) legend.set(name, color);
  return (row) => {
    const id = text('id', row);
    if (id === '') return undefined;
    const parts = arcs.map(({ values, color }) => ({ share: Number(cellValue(values, row) ?? 0), color }));
    const shown = parts.filter(({ share }) => share > 0);
    const total = shown.reduce((sum, { share }) => sum + share, 0);
    const radius = Number(valueOf(of, 'noderadius', row) ?? USUAL_RADIUS);
    const stats = statDetails(of, main(row), secondary(row));
    return {
      id,
      title: text('title', row) || id,
      subTitle: text('subtitle', row),
      mainStat: main(row),
      secondaryStat: secondary(row),
      radius: Number.isFinite(radius) ? Math.min(60, Math.max(6, radius)) : USUAL_RADIUS,
      color: colorOfRow(of.get('color'), row, theme) ?? INK[theme].accent,
      // Shares that are counts, or add up to more than the whole, become shares of their sum.
      arcs: shown.map(({ share, color }) => ({ share: total > 1 ? share / total : share, color })),
      highlighted: isTrue(valueOf(of, 'highlighted', row)),
      details: [
        ...stats,
        ...arcs.map(({ values, name }): readonly [string, string] => [
          name,
          displayText(displayOf(values, { timeZone })(cellValue(values, row))),
        ]),
        ...details(row),
      ],
    };
  };
}

function edgeReader(frame: Frame, options: NodeGraphOptions, theme: ThemeName, timeZone: string) {
  const of = columns(frame);
  const text = textReader(of, timeZone);
  const main = statReader(of.get('mainstat'), options.edges.mainStatUnit, timeZone);
  const secondary = statReader(of.get('secondarystat'), options.edges.secondaryStatUnit, timeZone);
  const details = detailReader(frame, timeZone);
  return (row: number) => {
    const thickness = Number(valueOf(of, 'thickness', row) ?? 1);
    const dash = text('strokedasharray', row)
      .split(/[\s,]+/)
      .filter((part) => part !== '')
      .map(Number);
    return {
      id: text('id', row),
      from: text('source', row),
      to: text('target', row),
      mainStat: main(row),
      secondaryStat: secondary(row),
      thickness: Number.isFinite(thickness) ? Math.min(20, Math.max(0.5, thickness)) : 1,
      color: colorOfRow(of.get('color'), row, theme),
      dash: dash.length <= 10 && dash.every((part) => part >= 0 && part <= 100) && dash.some((part) => part > 0) ? dash : [],
      highlighted: isTrue(valueOf(of, 'highlighted', row)),
      details: [...statDetails(of, main(row), secondary(row)), ...details(row)],
    };
  };
}

function statDetails(of: ReadonlyMap<string, Field>, main: string, secondary: string): (readonly [string, string])[] {
  const named = (name: string, otherwise: string) => of.get(name)?.config?.displayName || otherwise;
  return [
    ...(main === '' ? [] : [[named('mainstat', 'Main stat'), main] as const]),
    ...(secondary === '' ? [] : [[named('secondarystat', 'Secondary stat'), secondary] as const]),
  ];
}

function valueOf(of: ReadonlyMap<string, Field>, name: string, row: number): unknown {
  const field = of.get(name);
  return field === undefined ? undefined : cellValue(field, row);
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 1;
}

/** Ids and names are read as they are: a number is no figure there. */
function textReader(of: ReadonlyMap<string, Field>, timeZone: string): (name: string, row: number) => string {
  return (name, row) => {
    const field = of.get(name);
    const value = field === undefined ? undefined : cellValue(field, row);
    if (field === undefined || value === undefined || value === null) return '';
    return typeof value === 'string' || (typeof value === 'number' && field.type === 'number')
      ? String(value)
      : displayText(displayOf(field, { timeZone })(value));
  };
}

function statReader(field: Field | undefined, unit: string, timeZone: string): (row: number) => string {
  if (field === undefined) return () => '';
  const display = displayOf(unit === '' ? field : { ...field, config: { ...field.config, unit } }, { timeZone });
  return (row) => {
    const value = cellValue(field, row);
    return value === undefined || value === null || value === '' ? '' : displayText(display(value));
  };
}

function detailReader(frame: Frame, timeZone: string): (row: number) => readonly (readonly [string, string])[] {
  const fields = frame.fields.filter(({ name }) => name.toLowerCase().startsWith('detail__'));
  const readers = fields.map((field) => ({
    name: field.config?.displayName || field.name.slice('detail__'.length),
    read: statReader(field, '', timeZone),
  }));
  return (row) => readers.map(({ name, read }) => [name, read(row)] as const).filter(([, value]) => value !== '');
}

function arcColumns(frame: Frame, options: NodeGraphOptions, theme: ThemeName) {
  const own = new Map(options.nodes.arcs.map(({ field, color }) => [field, color]));
  return frame.fields
    .filter((field) => field.type === 'number' && (own.has(field.name) || field.name.toLowerCase().startsWith('arc__')))
    .map((values, index) => {
      const { color, displayName } = values.config ?? {};
      const named = own.get(values.name) || (color?.mode === 'fixed' ? color.fixedColor : undefined);
      return {
        values,
        field: values.name,
        name: displayName || values.name.replace(/^arc__/i, ''),
        color: named === undefined ? SERIES_COLORS[theme][index % SERIES_COLORS[theme].length]! : inkOf(named, theme),
      };
    });
}

/** A word is a colour; a number has one by its field's settings. */
function colorOfRow(field: Field | undefined, row: number, theme: ThemeName): string | undefined {
  if (field === undefined) return undefined;
  const value = cellValue(field, row);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return inkOf(value, theme);
  const { color } = displayOf(field)(value);
  return color === undefined ? undefined : inkOf(color, theme);
}
