/** The place of what was logged last at or before a step; of the first where nothing was yet. -1 where there is nothing. Pure. */
export function nearestStep(items: readonly { readonly step: number }[], step: number): number {
  let best = -1;
  for (const [at, item] of items.entries()) {
    const known = items[best];
    const isBetter =
      known === undefined ||
      (item.step <= step ? known.step > step || item.step >= known.step : known.step > step && item.step < known.step);
    if (isBetter) best = at;
  }
  return best;
}
