import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work goes on this long before others get their turn. */
const SLICE_MS = 8;
const STEPS_A_LOOK = 256;

/** Lets a long loop give way: to be awaited where `step` says so, once a round. Throws once the signal is aborted. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #steps = 0;
  #endsMs = performance.now() + SLICE_MS;

  constructor(signal: AbortSignal | undefined) {
    signal?.throwIfAborted();
    this.#signal = signal;
  }

  /** Whether it is time to give way. */
  step(): boolean {
    return (++this.#steps & (STEPS_A_LOOK - 1)) === 0 && performance.now() > this.#endsMs;
  }

  async giveWay(): Promise<void> {
    await nextTurn();
    this.#signal?.throwIfAborted();
    this.#endsMs = performance.now() + SLICE_MS;
  }
}
