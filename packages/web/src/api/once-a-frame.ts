/** Hidden pages get no frames, and busy ones few. */
const LONGEST_WAIT_MS = 100;

/** A scheduler that runs what it is given together, before the next frame is drawn. */
export function onceAFrame(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  const run = (): void => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    timer = undefined;
    const works = waiting;
    waiting = [];
    for (const work of works) {
      try {
        work();
      } catch (error) {
        // One that fails must not keep the others waiting.
        reportError(error);
      }
    }
  };
  return (work) => {
    waiting.push(work);
    if (timer !== undefined) return;
    timer = setTimeout(run, LONGEST_WAIT_MS);
    frame = requestAnimationFrame(run);
  };
}
