/** Every detector of training health, in the order of the catalogue. */
export const DETECTOR_IDS = [
  'nan_inf',
  'diverge',
  'exploding',
  'stalled',
  'overfit',
  'gap',
  'plateau',
  'lr_low',
  'lr_high',
  'vanishing',
  'dead_relu',
  'init_loss',
  'data_bound',
  'gpu_leak',
  'gpu_idle',
  'imbalance',
] as const;
export type DetectorId = (typeof DETECTOR_IDS)[number];

/** What a badge says. */
export const DETECTOR_TITLES: Readonly<Record<DetectorId, string>> = {
  nan_inf: 'NaN or Inf',
  diverge: 'Diverging',
  exploding: 'Exploding gradients',
  stalled: 'Stalled',
  overfit: 'Overfitting',
  gap: 'Generalisation gap',
  plateau: 'Plateau',
  lr_low: 'Learning rate too low',
  lr_high: 'Learning rate too high',
  vanishing: 'Vanishing gradients',
  dead_relu: 'Dead units',
  init_loss: 'Wrong initial loss',
  data_bound: 'Data-bound',
  gpu_leak: 'Memory leak',
  gpu_idle: 'GPU idle',
  imbalance: 'Imbalance',
};

/** The detector's title; its id where nobody knows it (a run that a newer version judged). */
export function detectorTitle(id: string): string {
  return Object.hasOwn(DETECTOR_TITLES, id) ? DETECTOR_TITLES[id as DetectorId] : id;
}
