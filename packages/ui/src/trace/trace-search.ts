import type { TraceSpan, TraceTag } from './trace-model.ts';

/**
 * Spans that hold all words: in their service, name, id, kind or status, or in a tag as `key=value`. "error" alone finds failed spans too.
 * Pure.
 */
export function findSpans(spans: readonly TraceSpan[], search: string): ReadonlySet<number> | undefined {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return undefined;
  const found = new Set<number>();
  spans.forEach((span, index) => {
    const text = textOf(span);
    if (words.every((word) => text.includes(word))) found.add(index);
  });
  return found;
}

function textOf(span: TraceSpan): string {
  const tags = (list: readonly TraceTag[]) => list.map(([key, value]) => `${key}=${value}`);
  return [
    span.service,
    span.name,
    span.id,
    span.kind,
    span.statusText,
    span.isError ? 'error' : '',
    ...tags(span.tags),
    ...tags(span.serviceTags),
  ]
    .join('\n')
    .toLowerCase();
}
