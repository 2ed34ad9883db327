import { Labels } from '@vitrine/model/labels.ts';

/** Series that one pod exposes. */
export const SERIES_A_POD = 500;
const METRICS = 100;

/**
 * The series of a fleet of pods, as a cluster's scrapes give them: nine labels, about 190 characters a series. Each pod has
 * 500 series, those of 100 metrics by five routes. A pod that is replaced comes back under another name and address: `life`
 * counts its lives.
 */
export function podSeries(pod: number, life = 0): string[] {
  const hash = ((pod * 2_654_435_761 + life * 40_503) >>> 0).toString(36).padStart(7, '0');
  const labels = {
    cluster: 'eu-central-1-production',
    container: `service-${pod % 40}`,
    instance: `10.${(pod >>> 8) & 255}.${pod & 255}.${1 + (life % 250)}:9090`,
    job: `kubernetes-pods-${pod % 10}`,
    namespace: `team-${pod % 25}`,
    node: `ip-10-0-${pod % 100}-17.compute.internal`,
    pod: `service-${pod % 40}-${hash.slice(0, 5)}-${hash.slice(2)}`,
  };
  const keys: string[] = [];
  for (let i = 0; i < SERIES_A_POD; i++) {
    const metric = i % METRICS;
    keys.push(
      Labels.from({ ...labels, __name__: `service_${WORDS[metric % WORDS.length]}_${metric}_total`, route: `/v1/route/${i}` })
        .key,
    );
  }
  return keys;
}

const WORDS = ['requests', 'latency_seconds', 'queue_length', 'gpu_memory_bytes', 'tokens', 'cache_hits', 'errors', 'batches'];
