import type { Frame, FrameShape } from '@vitrine/model/frame.ts';

/** Frames that one kind of panel draws. */
export interface AnswerPart {
  /** The panel's kind. */
  readonly kind: string;
  readonly frames: readonly Frame[];
}

const KINDS: Readonly<Record<FrameShape, string>> = {
  series: 'timeseries',
  buckets: 'heatmap',
  exemplars: 'timeseries',
  table: 'table',
  logs: 'logs',
  trace: 'traces',
  nodes: 'nodeGraph',
  edges: 'nodeGraph',
  profile: 'flamegraph',
};

/** What draws each of the frames, by what they are; charts come first. */
export function partsOf(frames: readonly Frame[]): readonly AnswerPart[] {
  const parts = new Map<string, Frame[]>();
  // Exemplars stand on whatever chart there is.
  const beside = frames.some(({ shape }) => shape === 'series') ? 'series' : 'buckets';
  const isChart = frames.some(({ shape }) => shape === beside);
  for (const frame of frames) {
    const kind = KINDS[frame.shape === 'exemplars' && isChart ? beside : frame.shape];
    const part = parts.get(kind);
    if (part === undefined) parts.set(kind, [frame]);
    else part.push(frame);
  }
  return [...parts].map(([kind, own]) => ({ kind, frames: own })).toSorted((a, b) => rank(a.kind) - rank(b.kind));
}

const ORDER: readonly string[] = [...new Set(Object.values(KINDS))];

function rank(kind: string): number {
  return ORDER.indexOf(kind);
}
