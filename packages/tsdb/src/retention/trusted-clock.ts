import { formatDurationMs } from '@vitrine/model/duration.ts';
import type { StoreLog } from '../store-options.ts';

/** A clock that says something else for so long is believed. */
const WAIT_MS = 3_600_000;
/** The most by which the clock may leave the other one behind without being doubted. */
const TOLERANCE_MS = 3_600_000;
/** Or this share of how long samples are kept. */
const TOLERANCE_SHARE = 0.1;

export interface TrustedClockNeeds {
  /** Unix milliseconds; may jump. */
  readonly now: () => number;
  /** Milliseconds since whenever, while this runs; never jumps. */
  readonly steady: () => number;
  /** The newest time that is known to have been, of before this ran; undefined where none is. */
  readonly seenMs: number | undefined;
  /** How long samples are kept; 0 is forever. */
  readonly keptMs: number;
  readonly log: StoreLog;
  /** Whose clock this is, for the log. */
  readonly file: string;
}

/**
 * The time by which samples are old. It is the clock's, unless that has gone ahead of what can have passed: by a steady clock, and
 * over a restart by the newest time that was written down. Such a clock counts only after it has stood so for an hour. Until then
 * the time goes on from where it was, so that a clock that is put right in time has cost nothing.
 */
export class TrustedClock {
  readonly toleranceMs: number;
  readonly #needs: TrustedClockNeeds;
  /** What the clock is ahead of the steady one, as far as it is believed. */
  #offsetMs: number;
  /** Another such number that the clock would have, and since when by the steady one. */
  #doubted: { readonly offsetMs: number; readonly sinceMs: number } | undefined;

  constructor(needs: TrustedClockNeeds) {
    this.#needs = needs;
    const { keptMs, seenMs } = needs;
    this.toleranceMs = keptMs > 0 ? Math.min(TOLERANCE_MS, keptMs * TOLERANCE_SHARE) : TOLERANCE_MS;
    const nowMs = needs.now();
    const steadyMs = needs.steady();
    this.#offsetMs = nowMs - steadyMs;
    if (seenMs === undefined) return;
    this.#offsetMs = seenMs - steadyMs;
    this.#compare(nowMs, steadyMs, 'the store was closed');
  }

  /** Unix milliseconds; never later than the clock. */
  now(): number {
    const nowMs = this.#needs.now();
    const steadyMs = this.#needs.steady();
    this.#compare(nowMs, steadyMs, 'the machine slept');
    return Math.min(nowMs, this.#offsetMs + steadyMs);
  }

  #compare(nowMs: number, steadyMs: number, pause: string): void {
    const offsetMs = nowMs - steadyMs;
    const doubted = this.#doubted;
    const isNear = (known: number): boolean => Math.abs(offsetMs - known) <= this.toleranceMs;
    if (isNear(this.#offsetMs)) {
      this.#offsetMs = offsetMs;
      this.#doubted = undefined;
    } else if (doubted === undefined || !isNear(doubted.offsetMs)) {
      this.#doubted = { offsetMs, sinceMs: steadyMs };
      this.#tell(offsetMs - this.#offsetMs, pause);
    } else if (steadyMs - doubted.sinceMs >= WAIT_MS) {
      this.#offsetMs = offsetMs;
      this.#doubted = undefined;
    }
  }

  #tell(aheadMs: number, pause: string): void {
    const { keptMs, log, file } = this.#needs;
    // Of what is kept forever nothing depends on it, and a clock that was put back makes nothing old.
    if (keptMs === 0 || aheadMs < 0) return;
    log(
      // A pause is likelier than a wrong clock, but not where all samples would be dropped after it.
      aheadMs < keptMs ? 'info' : 'warn',
      `${file}: ${pause} for ${formatDurationMs(roundedMs(aheadMs))}, or the clock has gone ahead by as much: nothing is dropped or rolled up on its account until it has stood so for an hour; where it is wrong, put it right before then`,
    );
  }
}

/** To the greater of two units. */
function roundedMs(ms: number): number {
  const unitMs = ms >= 86_400_000 ? 86_400_000 : 60_000;
  return Math.round(ms / unitMs) * unitMs;
}
