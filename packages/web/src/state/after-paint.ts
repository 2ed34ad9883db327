/** Hidden pages are not painted. */
const LONGEST_WAIT_MS = 50;

/** Once what is drawn now is on the screen. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LONGEST_WAIT_MS);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      // Frames call back before they paint: what waits for a turn after that comes after the paint.
      setTimeout(resolve);
    });
  });
}
