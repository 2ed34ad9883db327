import { BadRequest } from '@vitrine/model/bad-request.ts';

const SILENCE_MS = 60_000;
/** A telephone line of 1995 brings more. */
const SLOWEST_PER_SECOND = 1_024;

/**
 * The pieces as they come, for as long as they come: a sender that stops, or that lets a byte drip now and then, does not
 * hold a place for ever. Only the time is counted that the sender is waited for. Throws BadRequest.
 */
export async function* pacedBody(pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waitedMs = 0;
  let bytes = 0;
  for (;;) {
    const beganMs = performance.now();
    const next = await inTime(pieces.next());
    if (next.done === true) return;
    waitedMs += performance.now() - beganMs;
    bytes += next.value.length;
    if (waitedMs >= SILENCE_MS) {
      const leastBytes = (waitedMs / 1_000) * SLOWEST_PER_SECOND;
      if (bytes < leastBytes) {
        const seconds = Math.round(waitedMs / 1_000);
        throw new BadRequest(
          'body',
          `came too slowly: ${bytes} bytes in ${seconds} s, and less than ${SLOWEST_PER_SECOND} a second holds up others; write it to a file first`,
        );
      }
      waitedMs = 0;
      bytes = 0;
    }
    yield next.value;
  }
}

async function inTime<T>(next: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const stopped = new BadRequest('body', `stopped coming: nothing came for ${SILENCE_MS / 1_000} s`);
  const timer = setTimeout(() => reject(stopped), SILENCE_MS);
  try {
    return await Promise.race([next, late]);
  } finally {
    clearTimeout(timer);
  }
}
