import type { MessagePort } from 'node:worker_threads';
import { Labels } from '@vitrine/model/labels.ts';
import type { ReadSteps } from '@vitrine/model/query-trace.ts';
import {
  QueryError,
  type RollupWanted,
  type SampleSource,
  type SelectRequest,
  type SeriesSamples,
} from '@vitrine/model/sample-store.ts';
import { ByteReader } from '../chunk/bytes.ts';
import { Columns } from '../chunk/columns.ts';
import { readHeadCopy } from '../head/head-copy.ts';
import { receiveError, type SentError } from '../protocol.ts';
import { keepBetween, samplesOf, SpareColumns } from '../series-samples.ts';
import type { StoredChunks } from '../stored-chunks.ts';
import { type Bell, waitFor } from './ask.ts';
import { CHUNKS_FROM_FIRST, CHUNKS_IN_RANGE, CHUNKS_TO_LAST, type Part, type Portion, type SourceRequest } from './portion.ts';

/** Labels of this many series are remembered; beyond it all are forgotten and told anew. */
const LABELS_KEPT = 200_000;

type Answer = Portion | { readonly selection: number; readonly error: SentError };

/** A portion with its series' labels: a ref may become another series' before the portion is looked at. */
interface Labelled {
  readonly portion: Portion;
  readonly labels: readonly Labels[];
}

/** What a selection comes to, known when its first series is. */
export interface Extent {
  readonly series: number;
  /** As many as if all series had what the first one has. */
  readonly samples: number;
  /** The time that is asked for. */
  readonly rangeMs: number;
}

/** Told what is read; what it throws ends the reading. */
export interface ReadWatch {
  onExtent(extent: Extent): void;
  /** Told of each series. */
  onRead(samples: number): void;
}

/**
 * The store's samples, read in a thread of its own: what matches and what is in head the store's thread tells, when asked, and
 * the chunks come from the file. The head is asked first: a sample that becomes a chunk meanwhile is there twice, and counts
 * once, but none is missed.
 */
export class DistantSamples {
  readonly #port: MessagePort;
  readonly #bell: Bell;
  readonly #chunks: StoredChunks;
  #labels = new Map<number, Labels>();
  /** What was forgotten last: answers that were under way then still count on it. */
  #labelsBefore: ReadonlyMap<number, Labels> = new Map();
  readonly #spare = new SpareColumns();
  readonly #scratch = new Columns(1024);
  /** Answers to selections that take turns in this thread. */
  readonly #early = new Map<number, Labelled | SentError>();
  #lastSelection = 0;

  constructor(port: MessagePort, bell: Bell, chunks: StoredChunks) {
    this.#port = port;
    this.#bell = bell;
    this.#chunks = chunks;
  }

  /** A source of the series of one part. */
  source(part: Part | undefined, watch?: ReadWatch): SampleSource {
    return {
      select: (request) => this.#select(request, part, watch),
      selectLabels: (request) => this.#selectLabels(request, part),
    };
  }

  /** A series that is being read, as a person reads it. */
  describe(ref: number): string {
    return (this.#labels.get(ref) ?? this.#labelsBefore.get(ref) ?? Labels.empty).toString();
  }

  *#select(request: SelectRequest, part: Part | undefined, watch: ReadWatch | undefined): Generator<SeriesSamples> {
    const { fromMs, toMs, rollup, steps } = request;
    const columns = this.#spare.take();
    let isKnown = false;
    try {
      for (const { portion, labels } of this.#portions(request, part, false)) {
        const heads = new ByteReader(portion.heads);
        for (let i = 0; i < labels.length; i++) {
          this.#read(portion, i, heads, fromMs, toMs, rollup, columns, steps);
          if (columns.length === 0) continue;
          if (!isKnown) {
            isKnown = true;
            watch?.onExtent({ series: portion.total, samples: portion.total * columns.length, rangeMs: toMs - fromMs });
          }
          watch?.onRead(columns.length);
          yield samplesOf(labels[i] as Labels, columns);
        }
      }
    } finally {
      this.#spare.giveBack(columns);
    }
  }

  *#selectLabels(request: SelectRequest, part: Part | undefined): Generator<Labels> {
    for (const { labels } of this.#portions(request, part, true)) yield* labels;
  }

  #read(
    portion: Portion,
    i: number,
    heads: ByteReader,
    fromMs: number,
    toMs: number,
    wanted: RollupWanted | undefined,
    out: Columns,
    steps: ReadSteps | undefined,
  ): void {
    out.clear(fromMs, toMs);
    const flags = portion.flags[i] as number;
    if ((flags & CHUNKS_IN_RANGE) !== 0) {
      const ref = portion.refs[i] as number;
      const version = portion.versions[i] as number;
      const fromFirst = (flags & CHUNKS_FROM_FIRST) !== 0;
      const toLast = (flags & CHUNKS_TO_LAST) !== 0;
      const { widthMs } = portion;
      const rollup =
        wanted === undefined || widthMs === 0
          ? undefined
          : { widthMs, part: wanted.part, edgeMs: wanted.rangeMs % widthMs, untilMs: portion.headFromMs[i] as number };
      this.#chunks.read({ ref, version, fromMs, toMs, fromFirst, toLast, rollup }, out, steps);
    }
    const headFrom = portion.headAt[i] as number;
    if ((portion.headAt[i + 1] as number) > headFrom) {
      heads.at = headFrom;
      const startedMs = steps === undefined ? 0 : performance.now();
      readHeadCopy(heads, out, this.#scratch);
      if (steps !== undefined) steps.decodeMs += performance.now() - startedMs;
    }
    keepBetween(out, fromMs, toMs);
  }

  *#portions(request: SelectRequest, part: Part | undefined, labelsOnly: boolean): Generator<Labelled> {
    const selection = ++this.#lastSelection;
    const { matchers, fromMs, toMs, rollup, steps } = request;
    const forgot = this.#labels.size > LABELS_KEPT;
    if (forgot) {
      this.#labelsBefore = this.#labels;
      this.#labels = new Map();
    }
    this.#post({ kind: 'select', selection, matchers, fromMs, toMs, part, rollup, labelsOnly, forgot });
    let isAsked = true;
    let isLast = false;
    try {
      while (!isLast) {
        const startedMs = steps === undefined ? 0 : performance.now();
        const answer = this.#answer(selection);
        if (steps !== undefined) steps.indexMs += performance.now() - startedMs;
        isAsked = false;
        if ('message' in answer) throw receiveError(answer);
        isLast = answer.portion.isLast;
        // The store's thread puts the next portion together while this one is worked on.
        if (!isLast) {
          this.#post({ kind: 'more', selection });
          isAsked = true;
        }
        yield answer;
      }
    } finally {
      if (isAsked) this.#answer(selection);
      if (!isLast) this.#post({ kind: 'close', selection });
    }
  }

  #post(request: SourceRequest): void {
    this.#port.postMessage(request, []);
  }

  /** The answer to what was asked for the selection; others that come meanwhile are kept. */
  #answer(selection: number): Labelled | SentError {
    const early = this.#early.get(selection);
    if (early !== undefined) {
      this.#early.delete(selection);
      return early;
    }
    for (;;) {
      const answer = waitFor(this.#port, this.#bell) as Answer | undefined;
      if (answer === undefined) throw new QueryError('canceled', 'the sample store is closed');
      // In the order in which they come, because what one tells the next counts as known.
      const labelled = 'error' in answer ? answer.error : { portion: answer, labels: this.#learn(answer) };
      if (answer.selection === selection) return labelled;
      this.#early.set(answer.selection, labelled);
    }
  }

  #learn({ refs, newAt, newKeys }: Portion): Labels[] {
    for (let k = 0; k < newAt.length; k++) {
      this.#labels.set(refs[newAt[k] as number] as number, Labels.fromKey(newKeys[k] as string));
    }
    return Array.from(refs, (ref) => (this.#labels.get(ref) ?? this.#labelsBefore.get(ref)) as Labels);
  }
}
