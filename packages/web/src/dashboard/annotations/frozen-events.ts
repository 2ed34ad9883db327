import type { AnnotationQuery } from '@vitrine/model/dashboard.ts';
import type { AnnotationEvent } from '@vitrine/model/frame.ts';

/** What a snapshot keeps of an annotation query, in its `spec.snapshot`. What can't be read is left out. */
export function frozenEvents({ name, color, spec }: AnnotationQuery): readonly AnnotationEvent[] {
  const kept: readonly unknown[] = Array.isArray(spec['snapshot']) ? spec['snapshot'] : [];
  return kept.flatMap((each) => {
    const event = each as Partial<Record<keyof AnnotationEvent, unknown>> | null;
    if (typeof event !== 'object' || event === null) return [];
    const { timeMs, endMs, title, text, tags, panelId } = event;
    if (typeof timeMs !== 'number' || !Number.isFinite(timeMs)) return [];
    return [
      {
        query: name,
        timeMs,
        endMs: typeof endMs === 'number' && endMs > timeMs ? endMs : timeMs,
        title: textOf(title),
        text: textOf(text),
        tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
        color: textOf(event.color) || color,
        ...(typeof panelId === 'number' ? { panelId } : {}),
      },
    ];
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
