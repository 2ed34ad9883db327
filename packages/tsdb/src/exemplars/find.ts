import { compareLabels } from '@vitrine/model/labels.ts';
import type { LabelRequest, SeriesExemplars } from '@vitrine/model/sample-store.ts';
import type { Contents } from '../contents.ts';

/** The exemplars in the request's closed range; of more than its limit the newest. */
export function findExemplars({ exemplars, index }: Contents, request: LabelRequest): SeriesExemplars[] {
  const { selectors, fromMs, toMs, limit } = request;
  const refs = selectors.length === 0 ? exemplars.refs() : new Set(selectors.flatMap((selector) => index.match(selector)));
  let found: SeriesExemplars[] = [];
  let count = 0;
  for (const ref of refs) {
    const own = exemplars.between(ref, fromMs, toMs);
    if (own.length === 0) continue;
    found.push({ labels: index.labelsOf(ref), exemplars: own });
    count += own.length;
  }
  if (limit > 0 && count > limit) found = newest(found, limit);
  return found.sort((a, b) => compareLabels(a.labels, b.labels));
}

function newest(found: readonly SeriesExemplars[], limit: number): SeriesExemplars[] {
  const times = found.flatMap(({ exemplars }) => exemplars.map(({ timestampMs }) => timestampMs)).sort((a, b) => b - a);
  const oldestMs = times[limit - 1] as number;
  // Of those at the last time that fits there may be more than fit.
  let left = limit - times.filter((timeMs) => timeMs > oldestMs).length;
  return found
    .map(({ labels, exemplars }) => ({
      labels,
      exemplars: exemplars.filter(({ timestampMs }) => timestampMs > oldestMs || (timestampMs === oldestMs && left-- > 0)),
    }))
    .filter(({ exemplars }) => exemplars.length > 0);
}
