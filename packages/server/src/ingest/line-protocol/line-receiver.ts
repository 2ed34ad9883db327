import { setImmediate } from 'node:timers/promises';
import type { AppendResult } from '@vitrine/model/sample-store.ts';
import type { Refused } from '../arrivals.ts';
import { BodyRefused } from '../body-refused.ts';
import type { Intake } from '../intake.ts';
import type { Sender } from '../sender.ts';
import { LineBatch, MOST_KEY_CHARS, MOST_SAMPLES } from './line-batch.ts';
import { type LineProblem, LineReader } from './line-reader.ts';
import type { Precision } from './precision.ts';
import { SeriesMemory } from './series-memory.ts';

/** Read in one go; then others have their turn. About 3 ms. */
const SLICE_BYTES = 256 * 1024;
/** A body of this size takes a while, and memory. */
const LARGE_BYTES = 1024 * 1024;
/** Batches that are kept for further bodies, and rows of each: 10 MB in all. */
const MOST_SPARE = 8;
const MOST_SPARE_ROWS = 65_536;

export interface LineBody {
  /** Unpacked. */
  readonly bytes: Uint8Array;
  /** Stands in the label `db`; "" for none. */
  readonly database: string;
  readonly precision: Precision;
}

/** What became of a body: the good lines of it are stored. */
export interface LineOutcome {
  readonly badLines: number;
  /** The first of them. */
  readonly problems: readonly LineProblem[];
  /** Fields that are text, and were left out. */
  readonly textFields: number;
  readonly stored: AppendResult;
}

/** Takes bodies of InfluxDB's line protocol. */
export interface LineReceiver {
  /**
   * Resolves when what is accepted survives a crash. Throws BodyRefused where nothing of the body counts, and StoreBusy
   * and StoreReadOnly as the intake does.
   */
  receive(sender: Sender, body: LineBody): Promise<LineOutcome>;
}

export function createLineReceiver(intake: Intake, now: () => number = Date.now): LineReceiver {
  const memory = new SeriesMemory();

  const spare: LineBatch[] = [];

  const receive = async (sender: Sender, { bytes, database, precision }: LineBody): Promise<LineOutcome> => {
    const batch = spare.pop() ?? new LineBatch(memory);
    batch.clear();
    try {
      const reader = new LineReader(bytes, { batch, database, precision, nowMs: now() });
      while (reader.read(SLICE_BYTES)) await setImmediate();
      if (batch.tooMany) {
        throw new BodyRefused(
          413,
          `The body brings more than ${MOST_SAMPLES} values, or labels of more than ${MOST_KEY_CHARS / 1024 / 1024} MiB in all its series. Send fewer lines in one request.`,
        );
      }
      const { badLines, problems, textFields } = reader;
      const stored = await intake.take('line protocol', sender, batch.finish(), refusedIn(reader));
      return { badLines, problems, textFields, stored };
    } finally {
      // Nobody reads its columns any more once they are stored.
      if (spare.length < MOST_SPARE && batch.room <= MOST_SPARE_ROWS) spare.push(batch);
    }
  };

  let turn: Promise<unknown> = Promise.resolve();
  return {
    /** Large bodies come one after the other, so that only one of them is unfolded in memory. */
    receive(sender, body) {
      if (body.bytes.length < LARGE_BYTES) return receive(sender, body);
      const mine = turn.then(() => receive(sender, body));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}

function refusedIn({ badLines, problems, textFields }: LineReader): Refused[] {
  const refused: Refused[] = [];
  const [first] = problems;
  if (first !== undefined) {
    refused.push({ reason: 'bad line', count: badLines, sentence: `Line ${first.line}, "${first.text}": ${first.problem}.` });
  }
  if (textFields > 0) {
    const sentence =
      'Fields that are text cannot be kept among samples; the other fields of their lines were. Make them tags, or leave them out.';
    refused.push({ reason: 'text field', count: textFields, sentence });
  }
  return refused;
}
