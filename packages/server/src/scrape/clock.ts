/** Where the scrape manager takes the time from; tests bring their own. */
export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number;
  /** Calls once after `ms`; returns the way to prevent that. */
  after(ms: number, call: () => void): () => void;
}

/** setTimeout's own limit; what is later is asked for again. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, Math.min(Math.max(0, ms), LONGEST_WAIT_MS));
    return () => clearTimeout(timer);
  },
};
