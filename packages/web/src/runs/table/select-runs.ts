/** What is selected, and from where a press with ⇧ reaches. */
export interface Selection {
  readonly ids: readonly string[];
  readonly anchor: string | undefined;
}

/**
 * A press on a run's box: it too, or no longer. With ⇧ all from the anchor to it become what the pressed one becomes. `order` are the ids as the
 * table shows them; what is not loaded is undefined there, and not selected.
 */
export function pressRun(
  { ids, anchor }: Selection,
  order: readonly (string | undefined)[],
  id: string,
  reach: boolean,
): Selection {
  const on = !ids.includes(id);
  const [a, b] = [anchor === undefined ? -1 : order.indexOf(anchor), order.indexOf(id)];
  if (!reach || a < 0 || b < 0) return { ids: on ? [...ids, id] : ids.filter((each) => each !== id), anchor: id };
  const reached = order.slice(Math.min(a, b), Math.max(a, b) + 1).filter((each) => each !== undefined);
  const set = new Set(reached);
  return { ids: on ? [...new Set([...ids, ...reached])] : ids.filter((each) => !set.has(each)), anchor: id };
}

/** All of them selected: none; else all of them too. */
export function pressAll(ids: readonly string[], all: readonly string[]): readonly string[] {
  const set = new Set(all);
  return all.every((id) => ids.includes(id)) ? ids.filter((id) => !set.has(id)) : [...new Set([...ids, ...all])];
}
