/**
 * Reliability curves of predictions, one a model in alphabetical order. A prediction of which nobody knows whether it was right,
 * or how sure it was, counts nowhere.
 *
 * rows: { model: string, confidence: 0 to 1, correct: true, false, 1, 0, or undefined }.
 * Answers { name, count, error, steps: { confidence, right, count } by step of confidence }. `error` is the expected calibration
 * error (Naeini et al. 2015): how far confidence and the share of what was right lie apart, on average over the predictions.
 */
export function calibrate(rows, bins) {
  const models = new Map();
  for (const { model, confidence, correct } of rows) {
    const right = rightOf(correct);
    if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1) || right === undefined) continue;
    if (!models.has(model))
      models.set(
        model,
        Array.from({ length: bins }, () => ({ sure: 0, right: 0, count: 0 })),
      );
    const step = models.get(model)[Math.min(bins - 1, Math.floor(confidence * bins))];
    step.sure += confidence;
    step.right += right;
    step.count += 1;
  }
  return [...models]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, sums]) => {
      const count = sums.reduce((total, step) => total + step.count, 0);
      const apart = sums.reduce((total, step) => total + Math.abs(step.sure - step.right), 0);
      const steps = sums.map(({ sure, right, count }) => ({ confidence: sure / count, right: right / count, count }));
      return { name, count, error: apart / count, steps };
    });
}

function rightOf(value) {
  if (value === true || value === 1 || value === 'true') return 1;
  return value === false || value === 0 || value === 'false' ? 0 : undefined;
}
