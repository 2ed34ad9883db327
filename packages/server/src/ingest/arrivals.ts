import type { Sender } from './sender.ts';

/** The ways by which samples and points of curves come in. */
export const DOORS = [
  'scrape',
  'remote write',
  'otlp',
  'line protocol',
  'pushgateway',
  'graphite',
  'statsd',
  'upload',
  'mlflow',
  'runs',
] as const;
export type Door = (typeof DOORS)[number];

/** Samples, points, lines or rows that were not taken, or a whole message of which nothing was. */
export interface Refused {
  /** A few words out of a fixed set, so that they can be counted: "not a number", "too old". */
  readonly reason: string;
  readonly count: number;
  /** What was wrong with the first of them, and what to do. */
  readonly sentence: string;
}

/** What one sender brought through one door since the server started. Times are unix milliseconds. */
export interface Arrival {
  /** Tells it from the others. */
  readonly id: string;
  readonly door: Door;
  readonly name: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly messages: number;
  /** Samples. */
  readonly accepted: number;
  readonly refused: number;
  /** Samples accepted in each of the newest 59 whole seconds, the oldest first. */
  readonly perSecond: readonly number[];
  /** The latest first, at most 10. */
  readonly reasons: readonly ArrivalReason[];
}

export interface ArrivalReason extends Refused {
  readonly lastMs: number;
}

const MOST_SENDERS_A_DOOR = 500;
const MOST_REASONS = 10;
const MOST_SENTENCE_CHARS = 500;
const SECONDS = 60;

interface Row {
  readonly door: Door;
  sender: Sender;
  readonly firstMs: number;
  lastMs: number;
  messages: number;
  accepted: number;
  refused: number;
  /** Samples by second modulo 60; `second` is the newest of them. */
  readonly seconds: Float64Array;
  second: number;
  readonly reasons: Map<string, ArrivalReason>;
}

/** Keeps what arrives from whom, in bounded memory: past 500 senders at a door the one that was silent the longest is forgotten. */
export class Arrivals {
  /** By door and sender, at each door the one that was silent the longest first. */
  readonly #rows = new Map<Door, Map<string, Row>>(DOORS.map((door) => [door, new Map()]));
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** One message and what became of it. */
  note(door: Door, sender: Sender, accepted: number, refused: readonly Refused[]): void {
    const nowMs = this.#now();
    const rows = this.#rows.get(door) as Map<string, Row>;
    const row = rows.get(sender.id) ?? newRow(door, sender, nowMs);
    rows.delete(sender.id);
    rows.set(sender.id, row);
    if (rows.size > MOST_SENDERS_A_DOOR) rows.delete(rows.keys().next().value as string);
    row.sender = sender;
    row.lastMs = nowMs;
    row.messages++;
    row.accepted += accepted;
    advance(row, Math.floor(nowMs / 1_000));
    row.seconds[row.second % SECONDS] = (row.seconds[row.second % SECONDS] as number) + accepted;
    for (const { reason, count, sentence } of refused) {
      row.refused += count;
      const before = row.reasons.get(reason)?.count ?? 0;
      row.reasons.delete(reason);
      row.reasons.set(reason, {
        reason,
        count: before + count,
        sentence: sentence.slice(0, MOST_SENTENCE_CHARS),
        lastMs: nowMs,
      });
      if (row.reasons.size > MOST_REASONS) row.reasons.delete(row.reasons.keys().next().value as string);
    }
  }

  /** The latest first. */
  list(): Arrival[] {
    const second = Math.floor(this.#now() / 1_000);
    const rows = [...this.#rows.values()].flatMap((ofDoor) => [...ofDoor.values()]);
    return rows
      .toSorted((a, b) => b.lastMs - a.lastMs)
      .map((row) => {
        advance(row, second);
        const { door, sender, firstMs, lastMs, messages, accepted, refused } = row;
        return {
          id: `${door} ${sender.id}`,
          door,
          name: sender.name,
          address: sender.address,
          labels: sender.labels.toObject(),
          firstMs,
          lastMs,
          messages,
          accepted,
          refused,
          // The second that is not over is left out: it would always look like a fall.
          perSecond: Array.from({ length: SECONDS - 1 }, (_, i) => row.seconds[(second + 1 + i) % SECONDS] as number),
          reasons: [...row.reasons.values()].toReversed(),
        };
      });
  }
}

function newRow(door: Door, sender: Sender, nowMs: number): Row {
  return {
    door,
    sender,
    firstMs: nowMs,
    lastMs: nowMs,
    messages: 0,
    accepted: 0,
    refused: 0,
    seconds: new Float64Array(SECONDS),
    second: Math.floor(nowMs / 1_000),
    reasons: new Map(),
  };
}

/** Empties the seconds that have passed since the newest. */
function advance(row: Row, second: number): void {
  for (let passed = Math.max(row.second + 1, second - SECONDS + 1); passed <= second; passed++) row.seconds[passed % SECONDS] = 0;
  row.second = Math.max(row.second, second);
}
