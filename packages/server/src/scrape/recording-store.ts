import { Labels } from '@vitrine/model/labels.ts';
import type { AppendResult, SampleBatch } from '@vitrine/model/sample-store.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';

/** One sample as a test reads it: `series` as PromQL writes it, a stale marker as the text "stale". */
export interface RecordedSample {
  readonly series: string;
  readonly timestampMs: number;
  readonly value: number | 'stale';
}

/** A store for tests: keeps what is appended, in order. */
export class RecordingStore {
  readonly samples: RecordedSample[] = [];
  readonly batches: SampleBatch[] = [];
  #waiting: (() => void)[] = [];

  readonly append = async (batch: SampleBatch): Promise<AppendResult> => {
    const words = wordsOf(batch.values);
    this.batches.push(batch);
    for (const [i, series] of batch.seriesIndex.entries()) {
      this.samples.push({
        series: String(Labels.fromKey(batch.seriesKeys[series] as string)),
        timestampMs: batch.timestampsMs[i] as number,
        value: isStaleAt(words, i) ? 'stale' : (batch.values[i] as number),
      });
    }
    for (const wake of this.#waiting.splice(0)) wake();
    return { accepted: batch.seriesIndex.length, rejected: [], rejectedCount: 0 };
  };

  /** Forgets what was appended so far and returns it as `series value`, without the scrape_* series. */
  take(): string[] {
    return this.samples
      .splice(0)
      .filter(({ series }) => !series.startsWith('scrape_'))
      .map(({ series, value }) => `${series} ${value}`);
  }

  /** The value that a series was last given. */
  last(series: string): number | 'stale' | undefined {
    return this.samples.findLast((sample) => sample.series === series)?.value;
  }

  /** Waits until the appended samples satisfy the condition. */
  async until(condition: (store: this) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }
}
