import { constantRate, warmupCosine } from './schedule.ts';
import type { RunPlan } from './training-run.ts';

/** Rounds a second: in a round each unfinished run takes one step. */
export const ROUNDS_PER_SECOND = 8;

/**
 * Three trainings of the same kind of network on the same digits, each a lesson.
 * `suffix` tells the runs of a second demo on the same data from those of the first.
 */
export function threeRuns(minutes: number, suffix = ''): readonly [healthy: RunPlan, overfit: RunPlan, hot: RunPlan] {
  const rounds = Math.max(40, Math.round(minutes * 60 * ROUNDS_PER_SECOND));
  // It ends first of those that are worth keeping, so that the model is served while the page is still open.
  const healthySteps = Math.round(rounds * 0.75);
  return [
    {
      run: `healthy${suffix}`,
      steps: healthySteps,
      batchSize: 32,
      hidden: [64, 32],
      dropout: 0.15,
      l2: 1e-4,
      momentum: 0.9,
      clipNorm: 5,
      schedule: warmupCosine({ steps: healthySteps, warmupSteps: Math.ceil(healthySteps * 0.08), peak: 0.05, floor: 5e-4 }),
      samples: Infinity,
    },
    {
      // Eighty digits and a larger network: it learns them by heart within seconds, and its validation loss turns and climbs.
      run: `overfit${suffix}`,
      steps: rounds,
      batchSize: 16,
      hidden: [96, 48],
      dropout: 0,
      l2: 0,
      momentum: 0.985,
      schedule: constantRate(0.003),
      samples: 80,
    },
    {
      // Seven times the healthy peak, from the first step: it leaps over every valley, and its units die one after another.
      run: `hot-lr${suffix}`,
      steps: Math.round(rounds * 0.5),
      batchSize: 32,
      hidden: [64, 32],
      dropout: 0,
      l2: 0,
      momentum: 0.9,
      schedule: constantRate(0.35),
      samples: Infinity,
    },
  ];
}
