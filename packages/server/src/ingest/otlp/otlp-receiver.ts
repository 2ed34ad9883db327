import { rejectionText } from '../rejection-text.ts';
import type { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { Counter } from 'prom-client';
import type { Metrics } from '../../self/metrics.ts';
import type { Refused } from '../arrivals.ts';
import type { Intake } from '../intake.ts';
import type { Sender } from '../sender.ts';
import { RemoteWriteRefused } from '../remote-write/remote-write-refused.ts';
import type { OtlpFormat, OtlpOutcome, OtlpSignal } from './otlp-answer.ts';
import { BodyRefused } from '../body-refused.ts';
import { countRecordsJson, readMetricsJson } from './read-json.ts';
import { countRecordsProtobuf, readMetricsProtobuf } from './read-protobuf.ts';
import { RunningTotals, type TotalsChange } from './running-totals.ts';
import { translateMetrics } from './translate-metrics.ts';

/** Rejections of the store that are told one by one. */
const MOST_REJECTIONS = 5;
/** A request of this size takes a while, and memory. */
const LARGE_BYTES = 1024 * 1024;

export interface OtlpReceiverNeeds {
  readonly intake: Intake;
  /** Told what senders say of their metrics, and with which labels of their own. */
  readonly onMetadata: (metadata: readonly MetricMetadata[], labels: Labels) => void;
  readonly metrics: Pick<Metrics, 'registry'>;
  readonly scopeLabels: boolean;
  /** Gives series the labels of Prometheus' type-and-unit-labels feature; not unless told. */
  readonly typeAndUnitLabels?: boolean;
  readonly now?: () => number;
}

/** Takes OTLP requests, unpacked, from whichever door they came through. */
export interface OtlpReceiver {
  /**
   * Resolves when what is accepted survives a crash. Throws BodyRefused where nothing of the request counts, and
   * StoreBusy and StoreReadOnly as the store does.
   */
  receive(sender: Sender, signal: OtlpSignal, bytes: Uint8Array, format: OtlpFormat): Promise<OtlpOutcome>;
}

/** Use one for all doors: it adds deltas up, whichever way they come. */
export function createOtlpReceiver({
  intake,
  onMetadata,
  metrics: { registry },
  scopeLabels,
  typeAndUnitLabels = false,
  now = Date.now,
}: OtlpReceiverNeeds): OtlpReceiver {
  const totals = new RunningTotals();
  const registers = [registry];
  const accepted = new Counter({
    name: 'vitrine_otlp_points_accepted_total',
    help: 'Data points of OTLP that were taken.',
    registers,
  });
  const refused = new Counter({
    name: 'vitrine_otlp_refused_total',
    help: 'Data points, spans and log records of OTLP that were refused, by signal and reason.',
    labelNames: ['signal', 'reason'],
    registers,
  });
  const exemplars = new Counter({
    name: 'vitrine_otlp_exemplars_dropped_total',
    help: 'Exemplars of OTLP that were not kept: without a time, or not the newest of their series.',
    registers,
  });
  const requests = new Counter({
    name: 'vitrine_otlp_requests_total',
    help: 'Requests of OTLP by signal and by whether they were read and stored.',
    labelNames: ['signal', 'outcome'],
    registers,
  });

  let turn: Promise<unknown> = Promise.resolve();
  /** Large requests come one after the other, so that only one of them is unfolded in memory. */
  const inTurn = (sender: Sender, bytes: Uint8Array, format: OtlpFormat): Promise<OtlpOutcome> => {
    if (bytes.length < LARGE_BYTES) return receiveMetrics(sender, bytes, format);
    const mine = turn.then(() => receiveMetrics(sender, bytes, format));
    turn = mine.catch(() => undefined);
    return mine;
  };

  const receiveMetrics = async (sender: Sender, bytes: Uint8Array, format: OtlpFormat): Promise<OtlpOutcome> => {
    const resources = format === 'json' ? readMetricsJson(bytes) : readMetricsProtobuf(bytes);
    const change = ofTenant(totals.begin(now()), sender);
    try {
      const translated = await translateMetrics(resources, change, { scopeLabels, typeAndUnitLabels });
      const stored = await intake.take('otlp', sender, translated.batch, translated.refused.map(asRefused));
      if (translated.metadata.length > 0) onMetadata(translated.metadata, sender.labels);
      const samples = translated.batch.values.length;
      // The store counts samples, of which a histogram's point has many.
      const storeRefused = samples === 0 ? 0 : Math.ceil((stored.rejectedCount * translated.points) / samples);
      accepted.inc(translated.points - storeRefused);
      exemplars.inc(translated.exemplars + (stored.exemplars?.rejectedCount ?? 0));
      for (const { reason, points } of translated.refused) refused.inc({ signal: 'metrics', reason }, points);
      if (storeRefused > 0) refused.inc({ signal: 'metrics', reason: 'store' }, storeRefused);
      const sentences = translated.refused.map(({ sentence, points }) => `${sentence} ${pointsRefused(points)}`);
      for (const rejection of stored.rejected.slice(0, MOST_REJECTIONS)) {
        const { series, count } = rejection;
        sentences.push(`${count} samples of ${series.slice(0, 200)} were refused: ${rejectionText(rejection)}.`);
      }
      if (stored.rejectedCount > 0) sentences.push(`The store refused ${stored.rejectedCount} samples in all.`);
      return {
        rejected: translated.refused.reduce((sum, { points }) => sum + points, storeRefused),
        message: sentences.join(' '),
      };
    } catch (error) {
      change.undo();
      throw error;
    }
  };

  const refuseRecords = (sender: Sender, signal: 'traces' | 'logs', bytes: Uint8Array, format: OtlpFormat): OtlpOutcome => {
    const rejected = format === 'json' ? countRecordsJson(bytes, signal) : countRecordsProtobuf(bytes);
    refused.inc({ signal, reason: 'no store' }, rejected);
    if (rejected === 0) return { rejected: 0, message: '' };
    const [what, keep] = signal === 'traces' ? ['spans', 'traces'] : ['log records', 'logs'];
    const message = `Vitrine does not keep ${keep} yet, so all ${rejected} ${what} were refused. Send them to a store of ${keep}, and only metrics here.`;
    intake.refuse('otlp', sender, { reason: `no store of ${keep}`, count: rejected, sentence: message });
    return { rejected, message };
  };

  return {
    async receive(sender, signal, bytes, format) {
      try {
        const outcome = signal === 'metrics' ? await inTurn(sender, bytes, format) : refuseRecords(sender, signal, bytes, format);
        requests.inc({ signal, outcome: outcome.rejected === 0 ? 'full' : 'partial' });
        return outcome;
      } catch (error) {
        requests.inc({ signal, outcome: 'failed' });
        if (error instanceof RemoteWriteRefused) throw new BodyRefused(400, error.message, { cause: error });
        throw error;
      }
    },
  };
}

/** Two tenants' series of one name are two series. */
function ofTenant(change: TotalsChange, { labels }: Sender): TotalsChange {
  if (labels.size === 0) return change;
  const prefix = `${labels.key}\n`;
  return {
    get: (key) => change.get(prefix + key),
    set: (key, running) => change.set(prefix + key, running),
    undo: () => change.undo(),
  };
}

function asRefused({ reason, points, sentence }: { reason: string; points: number; sentence: string }): Refused {
  return { reason, count: points, sentence };
}

function pointsRefused(points: number): string {
  return points === 1 ? '1 data point was refused for that.' : `${points} data points were refused for that.`;
}
