/** Which part of the data a curve is of. */
export type Split = 'train' | 'validation' | 'test';

const WORDS: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  eval: 'validation',
  evaluation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
  holdout: 'test',
};

/** What a metric's name says of its split, and the name without it: "val_loss" is the validation's "loss". Pure. */
export function splitOf(metric: string): { readonly split: Split | undefined; readonly base: string } {
  const words = metric.split(/([^A-Za-z0-9]+)/);
  for (let at = 0; at < words.length; at += 2) {
    const word = words[at]!.toLowerCase();
    if (!Object.hasOwn(WORDS, word)) continue;
    // With the sign behind it, or, for the last word, the one before.
    const rest = at + 1 < words.length ? [...words.slice(0, at), ...words.slice(at + 2)] : words.slice(0, Math.max(0, at - 1));
    return { split: WORDS[word]!, base: rest.join('') || metric };
  }
  return { split: undefined, base: metric };
}
