import { Labels } from '@vitrine/model/labels.ts';
import type { Exposition } from '../exposition/exposition.ts';
import { parseProtobufInSteps, ProtobufError } from '../exposition/parse-protobuf.ts';
import type { GroupLabels } from './group-labels.ts';
import { PushRefused } from './push-refused.ts';
import { FamilyBuilder, inconsistent, MOST_SAMPLES, type PushedFamily, SAMPLES_A_STEP, timestamped } from './pushed-family.ts';

/** Both forms of a histogram that has both: which of them somebody asks for is not known when it is pushed. */
const READING = {
  nativeHistograms: true,
  alwaysClassic: true,
  bucketLimit: 0,
  minBucketFactor: 0,
  startTimes: false,
  typeAndUnitLabels: false,
  textBytes: 32 * 1024 * 1024,
  mostSamples: MOST_SAMPLES,
};

/**
 * Reads io.prometheus.client.MetricFamily messages, each after its length, as Go's client pushes them. In steps. Throws
 * PushRefused.
 */
export function* readPushedProtobuf(bytes: Uint8Array, group: GroupLabels, nowMs: number): Generator<undefined, PushedFamily[]> {
  let exposition: Exposition;
  try {
    exposition = yield* parseProtobufInSteps(bytes, READING);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    const sentence = `The metrics cannot be read: ${error.message}.`;
    if (error.isTooLarge) throw new PushRefused(413, 'too large', `${sentence} Push fewer series, or under several groups.`);
    throw new PushRefused(400, 'not readable', sentence, { cause: error });
  }
  const names = new Set<string>();
  for (const { metric } of exposition.metadata) {
    if (names.has(metric))
      throw inconsistent(`The metric ${metric.slice(0, 200)} stands twice in the body; send all its samples together.`);
    names.add(metric);
  }
  const builder = new FamilyBuilder(group, exposition.metadata, nowMs);
  for (let i = 0; i < exposition.length; i++) {
    const exposed = Labels.fromKey(exposition.series[i]?.key as string);
    if (!Number.isNaN(exposition.timestampsMs[i])) throw timestamped(exposed);
    builder.add(exposed, exposition.values[i] as number, exposition.histograms?.get(i));
    if ((i + 1) % SAMPLES_A_STEP === 0) yield;
  }
  return builder.finish();
}
