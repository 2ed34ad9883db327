import { Labels } from '@vitrine/model/labels.ts';
import type { SampleBatch } from '@vitrine/model/sample-store.ts';

/** Four columns: two runs, a cell that is empty, one that is NaN and one that is no number. */
export const CSV = 'time,run,loss,lr\n1767225600,a,0.5,0.1\n1767225610,a,,0.1\n1767225620,b,nan,x\n';
/** What its columns mean, as a request says it. */
export const MAPPING = {
  time: { column: 'time', format: 'unix-s' },
  values: ['loss', { column: 'lr', name: 'learning_rate' }],
  labels: ['run'],
  fixed: { job: 'train' },
  prefix: 'fit_',
};

/** `series time value`, sorted, as a person would list what came. */
export function listed(batches: readonly SampleBatch[]): string[] {
  return batches
    .flatMap(({ seriesKeys, seriesIndex, timestampsMs, values }) =>
      [...values].map((value, index) => {
        const key = seriesKeys[seriesIndex[index] as number] as string;
        return `${Labels.fromKey(key).toString()} ${timestampsMs[index]} ${value}`;
      }),
    )
    .toSorted();
}
