import { sayNumber, sayShare } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** Parameters that say between how many classes a model chooses. */
const CLASS_PARAMS = /^(?:.*[./_])?(?:num_?classes|n_?classes|num_?labels|vocab_?size|classes)$/i;
/** A loss first logged after that many steps is no longer that of the beginning. */
const LATEST_STEP = 1;
/** Fewer points are epochs', whose first is a mean over much learning: lower than the beginning, never higher. */
const POINTS_OF_STEPS = 50;

/** A classifier that has not learned anything guesses: its cross entropy is ln(classes). */
export function initLoss(run: WatchedRun, { off }: ThresholdsOf<'init_loss'>): Verdict[] {
  const metric = run.roles.trainLoss;
  const curve = run.curve(metric);
  const classes = classesOf(run.params);
  if (metric === undefined || curve === undefined || classes === undefined) return [];
  const step = curve.steps[0]!;
  const loss = curve.values[0]!;
  if (step < 0 || step > LATEST_STEP || !Number.isFinite(loss)) return [];
  const expected = Math.log(classes);
  const distance = (loss - expected) / expected;
  if (distance < 0 && curve.length < POINTS_OF_STEPS) return [];
  if (Math.abs(distance) <= off) return [];
  const high = distance > 0;
  return [
    {
      detector: 'init_loss',
      subject: metric,
      severity: 'info',
      sentence: `${metric} began at ${sayNumber(loss)}, ${sayShare(Math.abs(distance))} ${high ? 'above' : 'below'} the ${sayNumber(expected)} of a guess among ${sayNumber(classes)} classes.`,
      advice: high
        ? 'The last layer is sure of itself before it has learned anything: make its first weights smaller, set its biases by the classes’ shares, and check labels and the loss’s reduction.'
        : 'It knows something from the beginning: a pretrained model, classes of very different size, or labels that leak into the inputs.',
      fromStep: step,
      toStep: step,
      fromMs: curve.timesMs[0]!,
      toMs: curve.timesMs[0]!,
      metrics: [metric],
      numbers: { loss, expected, classes, off: distance },
      active: true,
    },
  ];
}

function classesOf(params: Readonly<Record<string, string>>): number | undefined {
  for (const [name, text] of Object.entries(params)) {
    if (!CLASS_PARAMS.test(name)) continue;
    const classes = Number(text);
    if (Number.isSafeInteger(classes) && classes >= 2) return classes;
  }
  return undefined;
}
