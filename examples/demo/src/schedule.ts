/** The learning rate for a step: 0 is the first, `steps − 1` the last. */
export type Schedule = (step: number) => number;

/** The same rate all along. */
export function constantRate(rate: number): Schedule {
  return () => rate;
}

/**
 * Rises in equal parts to `peak` over `warmupSteps`, then follows half a cosine down to `floor` at the last step and stays there
 * (Loshchilov & Hutter, SGDR, without restarts).
 */
export function warmupCosine(plan: { steps: number; warmupSteps: number; peak: number; floor: number }): Schedule {
  const { steps, warmupSteps, peak, floor } = plan;
  return (step) => {
    if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
    const share = Math.min(1, (step - warmupSteps) / Math.max(1, steps - 1 - warmupSteps));
    return floor + ((peak - floor) * (1 + Math.cos(Math.PI * share))) / 2;
  };
}
