import { Labels } from '@vitrine/model/labels.ts';
import type { SampleBatch } from '@vitrine/model/sample-store.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { PbfWriter } from 'pbf';
import { compressSync } from 'snappy';

interface SeriesPart {
  readonly labels: Labels;
  readonly samples: number[];
  readonly exemplars: number[];
}

/** A batch's numbers, since when they count, and exemplars as io.prometheus.write.v2.Request, packed by Snappy. NaNs keep their bits; native histograms are left out. */
export function encodeBatch({
  seriesKeys,
  seriesIndex,
  timestampsMs,
  values,
  histograms,
  startsMs,
  exemplars = [],
}: SampleBatch): Uint8Array {
  const symbols = new Map([['', 0]]);
  const refs = (labels: Labels): number[] =>
    Array.from(labels)
      .flat()
      .map((text) => {
        let ref = symbols.get(text);
        if (ref === undefined) symbols.set(text, (ref = symbols.size));
        return ref;
      });
  const parts = seriesKeys.map((key): SeriesPart => ({ labels: Labels.fromKey(key), samples: [], exemplars: [] }));
  for (let i = 0; i < seriesIndex.length; i++) if (histograms?.has(i) !== true) parts[seriesIndex[i] as number]?.samples.push(i);
  for (const [i, { seriesIndex: series }] of exemplars.entries()) parts[series]?.exemplars.push(i);
  const words = wordsOf(values);
  const body = new PbfWriter();
  for (const part of parts) {
    if (part.samples.length === 0) continue;
    body.writeMessage(
      5,
      ({ labels, samples, exemplars: own }, series) => {
        series.writePackedVarint(1, refs(labels));
        for (const at of samples) {
          series.writeMessage(
            2,
            (_, sample) => {
              sample.writeTag(1, 1);
              sample.writeFixed32(words[2 * at] as number);
              sample.writeFixed32(words[2 * at + 1] as number);
              sample.writeVarintField(2, timestampsMs[at] as number);
              const startMs = startsMs?.[at] ?? Number.NaN;
              if (!Number.isNaN(startMs)) sample.writeVarintField(3, startMs);
            },
            null,
          );
        }
        for (const at of own) {
          const exemplar = exemplars[at]?.exemplar;
          if (exemplar === undefined) continue;
          series.writeMessage(
            4,
            ({ labels: its, value, timestampMs }, inner) => {
              inner.writePackedVarint(1, refs(its));
              inner.writeDoubleField(2, value);
              inner.writeVarintField(3, timestampMs);
            },
            exemplar,
          );
        }
      },
      part,
    );
  }
  const head = new PbfWriter();
  // Not writeStringField: pbf 5.1.2 writes characters from U+20000 on wrongly.
  for (const symbol of symbols.keys()) head.writeBytesField(4, Buffer.from(symbol));
  return compressSync(Buffer.concat([head.finish(), body.finish()]));
}
