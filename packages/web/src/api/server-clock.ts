/** What "now" is on the server, told from the page's own clock. */
export interface ServerClock {
  readonly now: () => number;
  /** The server said `serverMs` in an answer to a question that left and came back at these times of the page's clock. */
  readonly set: (serverMs: number, askedMs: number, answeredMs: number) => void;
}

export function createServerClock(localNow: () => number = Date.now): ServerClock {
  let aheadMs = 0;
  return {
    now: () => localNow() + aheadMs,
    set(serverMs, askedMs, answeredMs) {
      // Half of the way there and back: as good as the network is even.
      aheadMs = serverMs - (askedMs + answeredMs) / 2;
      // Within the error of that guess the clocks are the same, and then "now" must not jump.
      if (Math.abs(aheadMs) <= Math.max(50, (answeredMs - askedMs) / 2)) aheadMs = 0;
    },
  };
}

export const serverClock = createServerClock();
