/** Leaves half of a frame to the page. */
const PIECE_MS = 8;

/**
 * Calls `step` for 0 to `count - 1`, in pieces between which the page lives on, then `done`. `stride` steps lie between two looks at
 * the clock. The answer stops it.
 */
export function inPieces(count: number, step: (at: number) => void, done: () => void, stride = 500): () => void {
  let at = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const piece = () => {
    const endMs = performance.now() + PIECE_MS;
    do {
      const to = Math.min(count, at + stride);
      for (; at < to; at++) step(at);
    } while (at < count && performance.now() < endMs);
    if (at < count) timer = setTimeout(piece);
    else done();
  };
  piece();
  return () => clearTimeout(timer);
}
