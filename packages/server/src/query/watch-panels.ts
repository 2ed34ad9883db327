import { textsOf } from '@vitrine/compute/variable/order.ts';
import { DASHBOARD_SOURCE_UID, MIXED_SOURCE_UID, type Panel } from '@vitrine/model/dashboard.ts';
import type { PageScope } from './page-scope.ts';
import { isExpression } from './run-queries.ts';

/**
 * Calls back with a panel's id and the newest time when one of its queries has grown, until the signal fires. A panel that
 * takes another's data grows with it.
 */
export async function watchPanels(
  panels: readonly Panel[],
  scope: PageScope,
  onGrowth: (panel: number, toMs: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const takers = takersOf(panels);
  await Promise.all(
    panels.flatMap((panel) =>
      panel.queries.map(async ({ source: ref, spec }) => {
        if (ref.uid === DASHBOARD_SOURCE_UID || isExpression({ source: ref })) return;
        try {
          const texts = textsOf(spec);
          await scope.prepare(texts);
          const source = await scope.open(ref.uid === MIXED_SOURCE_UID ? { type: '', uid: '' } : ref);
          const context = { ...scope.context({ signal, widthPx: 1_000 }), filters: await scope.filtersOf(source) };
          const stop = source.watch(spec, context, ({ toMs }) => {
            for (const id of takers.get(panel.id) ?? [panel.id]) onGrowth(id, toMs);
          });
          if (stop === undefined) return;
          if (signal.aborted) stop();
          else signal.addEventListener('abort', stop, { once: true });
        } catch {
          // A query that does not parse says so where its data is asked for; it has nothing to grow.
        }
      }),
    ),
  );
}

/** Each panel's id with those of the panels that take its data, directly or through others. */
function takersOf(panels: readonly Panel[]): ReadonlyMap<number, readonly number[]> {
  const direct = new Map<number, number[]>();
  for (const panel of panels) {
    for (const { source, spec } of panel.queries) {
      const from = spec['panelId'];
      if (source.uid !== DASHBOARD_SOURCE_UID || typeof from !== 'number') continue;
      direct.set(from, [...(direct.get(from) ?? []), panel.id]);
    }
  }
  return new Map(
    panels.map(({ id }) => {
      const all = new Set([id]);
      // A set visits what is added to it on the way.
      for (const one of all) for (const taker of direct.get(one) ?? []) all.add(taker);
      return [id, [...all]];
    }),
  );
}
