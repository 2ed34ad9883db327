/**
 * The series that carry one label value: their refs in ascending order. A lone ref is held as itself, because most
 * values of labels such as `instance` or `path` that make up the bulk of an index have few series.
 */
export type Postings = number | number[];

export function addPosting(postings: Postings | undefined, ref: number): Postings {
  if (postings === undefined) return ref;
  if (typeof postings === 'number') {
    if (postings === ref) return postings;
    return postings < ref ? [postings, ref] : [ref, postings];
  }
  const last = postings[postings.length - 1] as number;
  if (last < ref) {
    postings.push(ref);
    return postings;
  }
  const at = lowerBound(postings, ref);
  if (postings[at] !== ref) postings.splice(at, 0, ref);
  return postings;
}

/** Without these refs, which are ascending and all among them; undefined where none is left. */
export function removePostings(postings: Postings, gone: readonly number[]): Postings | undefined {
  if (typeof postings === 'number') return gone.length === 0 ? postings : undefined;
  let kept = lowerBound(postings, gone[0] ?? Infinity);
  let next = 0;
  for (let at = kept; at < postings.length; at++) {
    if (postings[at] === gone[next]) next++;
    else postings[kept++] = postings[at] as number;
  }
  postings.length = kept;
  return kept === 0 ? undefined : kept === 1 ? postings[0] : postings;
}

export function postingsLength(postings: Postings): number {
  return typeof postings === 'number' ? 1 : postings.length;
}

function lowerBound(refs: readonly number[], ref: number): number {
  let low = 0;
  let high = refs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((refs[middle] as number) < ref) low = middle + 1;
    else high = middle;
  }
  return low;
}
