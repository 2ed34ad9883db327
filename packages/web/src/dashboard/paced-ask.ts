/** What paces asking: one at a time, not too often, and only when it may. What can't be asked now stays due. */
export interface PacedAsk {
  /** There is something to ask for; `whole`: for all of it. */
  want(whole: boolean): void;
  /** Told whenever something of it changes. */
  update(state: AskState): void;
  /** Whether the next question is for all of it. Asked once, by whoever asks. */
  takeWhole(): boolean;
  /** Stops the clock; an update starts it again. */
  stop(): void;
}

export interface AskState {
  /** Whether the panel is in view and knows its width. */
  readonly may: boolean;
  readonly busy: boolean;
  /** From one question to the next. */
  readonly spacingMs: number;
  ask(): void;
}

export function createPacedAsk(now: () => number = () => performance.now()): PacedAsk {
  let state: AskState = { may: false, busy: false, spacingMs: 0, ask() {} };
  let due = false;
  let whole = false;
  let lastMs = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const canAsk = (): boolean => due && state.may && !state.busy;
  function plan(): void {
    if (!canAsk() || timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        if (!canAsk()) return;
        due = false;
        lastMs = now();
        state.ask();
      },
      Math.max(0, lastMs + state.spacingMs - now()),
    );
  }

  return {
    want(isWhole) {
      due = true;
      whole ||= isWhole;
      plan();
    },
    update(next) {
      state = next;
      plan();
    },
    takeWhole() {
      const was = whole;
      whole = false;
      return was;
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
