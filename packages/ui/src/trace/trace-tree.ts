import type { TraceSpan } from './trace-model.ts';

/** Spans in the order in which a waterfall shows them: parents before children, siblings by their start. */
export interface TraceTree {
  /** Indices of spans, from the top down. */
  readonly order: Int32Array;
  /** By the span's index. Roots have depth 0 and parent -1. */
  readonly depth: Int32Array;
  readonly parent: Int32Array;
  /** How many spans stand below each, at all depths. */
  readonly below: Int32Array;
  /** Unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Spans whose parent is not in the trace: they stand at the root. */
  readonly orphans: number;
  /** Spans that are their own ancestors: the first of each ring stands at the root. */
  readonly rings: number;
}

/** Pure. Any parents will do: missing ones, rings, ids that several spans have. */
export function treeOf(spans: readonly TraceSpan[]): TraceTree {
  const count = spans.length;
  const byId = new Map<string, number>();
  spans.forEach(({ id }, index) => {
    if (id !== '' && !byId.has(id)) byId.set(id, index);
  });
  const parent = new Int32Array(count).fill(-1);
  const children = Array.from({ length: count }, (): number[] => []);
  const roots: number[] = [];
  let orphans = 0;
  spans.forEach(({ parentId }, index) => {
    const found = parentId === '' ? undefined : byId.get(parentId);
    if (found === undefined || found === index) {
      roots.push(index);
      if (parentId !== '' && found === undefined) orphans++;
    } else {
      parent[index] = found;
      children[found]!.push(index);
    }
  });
  const byStart = (a: number, b: number) => spans[a]!.startMs - spans[b]!.startMs || a - b;
  for (const list of children) list.sort(byStart);
  roots.sort(byStart);

  const order = new Int32Array(count);
  const depth = new Int32Array(count);
  const below = new Int32Array(count);
  const seen = new Uint8Array(count);
  let placed = 0;
  // By hand and not by recursion: a chain may be as deep as there are spans.
  const walk = (root: number) => {
    const waiting = [root];
    while (waiting.length > 0) {
      const span = waiting.pop()!;
      if (seen[span] === 1) continue;
      seen[span] = 1;
      order[placed++] = span;
      for (const child of children[span]!.toReversed()) {
        if (seen[child] === 1) continue;
        depth[child] = depth[span]! + 1;
        waiting.push(child);
      }
    }
  };
  roots.forEach(walk);
  let rings = 0;
  for (const span of spans.map((_, index) => index).sort(byStart)) {
    if (seen[span] === 1) continue;
    rings++;
    parent[span] = -1;
    walk(span);
  }
  for (let at = count - 1; at >= 0; at--) {
    const span = order[at]!;
    const above = parent[span]!;
    if (above >= 0) below[above] = below[above]! + below[span]! + 1;
  }
  let [fromMs, toMs] = [Infinity, -Infinity];
  for (const { startMs, durationMs } of spans) {
    fromMs = Math.min(fromMs, startMs);
    toMs = Math.max(toMs, startMs + durationMs);
  }
  return { order, depth, parent, below, fromMs, toMs, orphans, rings };
}

/** Indices of spans that are shown: nothing below a collapsed one, and of a filter what it keeps with the ways there. Pure. */
export function visibleSpans(tree: TraceTree, collapsed: ReadonlySet<number>, kept?: ReadonlySet<number>): Int32Array {
  const { order, parent, below } = tree;
  let wanted: Set<number> | undefined;
  if (kept !== undefined) {
    wanted = new Set(kept);
    for (const span of kept) {
      for (let above = parent[span]!; above >= 0 && !wanted.has(above); above = parent[above]!) wanted.add(above);
    }
  }
  const shown: number[] = [];
  for (let at = 0; at < order.length; at++) {
    const span = order[at]!;
    if (wanted === undefined || wanted.has(span)) shown.push(span);
    if (collapsed.has(span)) at += below[span]!;
  }
  return Int32Array.from(shown);
}

/** A stretch of one span that the trace's end had to wait for. Unix milliseconds. */
export interface CriticalStretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What the trace waited for, by span: from the end of the longest root backwards, always in the child that ended last before. Pure.
 */
export function criticalPath(spans: readonly TraceSpan[], tree: TraceTree): ReadonlyMap<number, readonly CriticalStretch[]> {
  const end = (span: number) => spans[span]!.startMs + spans[span]!.durationMs;
  const children = new Map<number, number[]>();
  let root = -1;
  for (const span of tree.order) {
    const above = tree.parent[span]!;
    if (above < 0) {
      if (root < 0 || spans[span]!.durationMs > spans[root]!.durationMs) root = span;
    } else {
      const list = children.get(above);
      if (list === undefined) children.set(above, [span]);
      else list.push(span);
    }
  }
  const found = new Map<number, CriticalStretch[]>();
  if (root < 0) return found;
  const note = (span: number, fromMs: number, toMs: number) => {
    if (!(toMs > fromMs)) return;
    const list = found.get(span);
    if (list === undefined) found.set(span, [{ fromMs, toMs }]);
    else list.push({ fromMs, toMs });
  };
  const open = (span: number, untilMs: number) => ({
    span,
    cursor: Math.min(end(span), untilMs),
    rest: (children.get(span) ?? []).toSorted((a, b) => end(a) - end(b)),
  });
  const path = [open(root, Infinity)];
  while (path.length > 0) {
    const top = path.at(-1)!;
    const child = top.rest.pop();
    const { startMs } = spans[top.span]!;
    if (child === undefined || top.cursor <= startMs) {
      note(top.span, startMs, top.cursor);
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) above.cursor = Math.min(above.cursor, startMs);
      continue;
    }
    if (spans[child]!.startMs >= top.cursor) continue;
    const until = Math.min(end(child), top.cursor);
    note(top.span, Math.max(until, startMs), top.cursor);
    top.cursor = until;
    path.push(open(child, until));
  }
  return found;
}
