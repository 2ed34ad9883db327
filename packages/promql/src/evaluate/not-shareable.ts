/**
 * Thrown where an answer cannot be put together of parts: histograms are summed in the order in which they come, a sum of
 * finite numbers overflows in one order and not in another, and warnings depend on which series meet.
 */
export class NotShareable extends Error {
  override readonly name = 'NotShareable';
}
