import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { Attribute } from './otlp-metrics.ts';

/** These become job and instance. */
const IDENTIFYING = ['service.name', 'service.namespace', 'service.instance.id'] as const;
/** target_info is written again within half of the time in which a query looks back. */
const INFO_STEP_MS = 150_000;
/** Points of one request may lie years apart. */
const MOST_INFOS = 1_000;

/** What a resource says as labels, by Prometheus' mapping: who it is on every series, the rest once, on target_info. */
export class ResourceLabels {
  /** job and instance, where they are known. */
  readonly identity: readonly Attribute[];
  /** undefined where there is nothing to say, or nobody to say it of. */
  readonly info: Labels | undefined;

  constructor(attributes: readonly Attribute[], label: (key: string) => string | undefined) {
    const [name, namespace, instance] = IDENTIFYING.map((key) => attributes.find(([own]) => own === key)?.[1] ?? '');
    const job = name !== '' && namespace !== '' ? `${namespace}/${name}` : (name ?? '');
    this.identity = (
      [
        ['job', job],
        ['instance', instance ?? ''],
      ] as const
    ).filter(([, value]) => value !== '');

    const pairs = new Map<string, string>();
    const rest = attributes.filter(([key]) => !IDENTIFYING.some((own) => own === key));
    for (const [key, value] of rest.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
      const text = label(key);
      if (text === undefined) continue;
      const before = pairs.get(text);
      pairs.set(text, before === undefined ? value : `${before};${value}`);
    }
    for (const [key, value] of this.identity) pairs.set(key, value);
    pairs.set(METRIC_NAME, 'target_info');
    this.info = rest.length === 0 || this.identity.length === 0 ? undefined : Labels.from(pairs);
  }

  /** When target_info is to stand beside points from `fromMs` to `toMs`. */
  infoTimes(fromMs: number, toMs: number): number[] {
    if (this.info === undefined || !(fromMs <= toMs)) return [];
    const step = Math.max(INFO_STEP_MS, Math.ceil((toMs - fromMs) / MOST_INFOS));
    const times: number[] = [];
    for (let timeMs = fromMs; timeMs < toMs; timeMs += step) times.push(timeMs);
    return [...times, toMs];
  }
}
