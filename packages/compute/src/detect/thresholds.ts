import type { HealthSettings } from '@vitrine/model/run-api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { DETECTOR_IDS } from './detector.ts';
import type { DetectorId } from './detector.ts';

/** A number by which a detector decides. `min` and `max` are allowed. */
export interface Threshold {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** "" where it has none; a share is of 1. */
  readonly unit: '' | 'share' | 'times' | 'points' | 'evaluations' | 'samples' | 's' | 'σ';
  /** What it does, to follow "The" in a list. */
  readonly what: string;
}

/** Every number that decides whether something is found; docs/training-health.md shows the same table. */
export const THRESHOLDS = {
  nan_inf: {
    gradientRun: {
      value: 3,
      min: 1,
      max: 1_000,
      unit: 'points',
      what: 'non-finite gradient norms in a row that count: single ones are what mixed precision skips',
    },
  },
  diverge: {
    window: { value: 15, min: 3, max: 1_000, unit: 'points', what: 'points whose median is the level of the loss' },
    lostShare: { value: 0.25, min: 0.01, max: 10, unit: 'share', what: 'share of what had been learned that is lost again' },
    sigmas: { value: 4, min: 1, max: 100, unit: 'σ', what: 'rise of the level, in spreads of the loss around it' },
  },
  exploding: {
    window: { value: 30, min: 5, max: 1_000, unit: 'points', what: 'points before, whose median is what is usual' },
    ratio: { value: 100, min: 2, max: 1e6, unit: 'times', what: 'gradient norm over what is usual' },
    absolute: { value: 1e4, min: 1, max: 1e12, unit: '', what: 'gradient norm that is too large whatever is usual' },
    points: {
      value: 3,
      min: 1,
      max: 100,
      unit: 'points',
      what: 'points over it within such a window that make it critical; fewer are a warning',
    },
  },
  stalled: {
    silence: { value: 600, min: 10, max: 86_400, unit: 's', what: 'silence that is always allowed' },
    intervals: { value: 10, min: 2, max: 1_000, unit: 'times', what: 'silence over the usual time between points' },
  },
  overfit: {
    rise: { value: 0.05, min: 0.005, max: 10, unit: 'share', what: 'rise of the validation loss over its best' },
    learned: { value: 0.02, min: 0, max: 1, unit: 'share', what: 'least rise as a share of what validation had gained' },
    sigmas: { value: 2, min: 0, max: 100, unit: 'σ', what: 'least rise, and least fall, in the scatter of the loss' },
    // As much as validation must rise. Where nothing is learned, training stands still or wanders by less; whoever learns by heart
    // goes far lower: by 39 % of the loss and more, in the runs that thresholds were chosen by.
    fall: { value: 0.05, min: 0, max: 1, unit: 'share', what: 'fall of the training loss since then, as a share of it' },
    evaluations: { value: 3, min: 1, max: 100, unit: 'evaluations', what: 'evaluations in a row above it' },
  },
  gap: {
    gap: { value: 0.1, min: 0.01, max: 100, unit: 'share', what: 'validation loss above the training loss, as a share of that' },
    learned: { value: 0.1, min: 0, max: 10, unit: 'share', what: 'the same as a share of what training had gained' },
    evaluations: { value: 5, min: 1, max: 100, unit: 'evaluations', what: 'evaluations in a row above both' },
  },
  plateau: {
    improvement: { value: 1e-3, min: 0, max: 1, unit: 'share', what: 'gain over the best that counts as one, as a share of it' },
    evaluations: { value: 10, min: 2, max: 10_000, unit: 'evaluations', what: 'evaluations without a gain' },
    run: { value: 0.25, min: 0.01, max: 1, unit: 'share', what: 'share of the run without a gain' },
  },
  lr_low: {
    ratio: { value: 1e-4, min: 1e-9, max: 0.1, unit: '', what: 'median of update over weight below which updates are small' },
    learned: { value: 0.1, min: 0, max: 1, unit: 'share', what: 'share of the loss that was learned, at most' },
  },
  lr_high: {
    peak: {
      value: 0.2,
      min: 1e-3,
      max: 100,
      unit: '',
      what: 'largest update over weight of the first tenth, above which updates are too large',
    },
    ratio: {
      value: 0.1,
      min: 1e-4,
      max: 10,
      unit: '',
      what: 'median of update over weight, above which all of them are too large',
    },
    turns: { value: 0.6, min: 0.1, max: 1, unit: 'share', what: 'share of points of the first tenth at which the loss turns' },
    swing: { value: 0.5, min: 0.01, max: 10, unit: 'share', what: 'typical swing of the loss there, as a share of it' },
  },
  vanishing: {
    norm: { value: 1e-7, min: 0, max: 1, unit: '', what: 'gradient norm below which nothing arrives' },
    layers: { value: 1e-4, min: 0, max: 0.5, unit: '', what: 'gradient norm of an early layer over that of a later one' },
    points: { value: 10, min: 1, max: 1_000, unit: 'points', what: 'points in a row below either' },
    learned: {
      value: 0.5,
      min: 0,
      max: 1,
      unit: 'share',
      what: 'share of the loss learned, at most: small gradients at the end are no fault',
    },
  },
  dead_relu: {
    units: { value: 0.5, min: 0.05, max: 1, unit: 'share', what: 'units of a layer that are dead' },
    zeros: {
      value: 0.95,
      min: 0.5,
      max: 1,
      unit: 'share',
      what: 'zeros among what a layer gives, where dead units are not counted',
    },
    points: { value: 3, min: 1, max: 100, unit: 'points', what: 'points in a row above it' },
  },
  init_loss: {
    off: {
      value: 0.2,
      min: 0.01,
      max: 100,
      unit: 'share',
      what: 'distance of the first loss from ln(classes), as a share of that',
    },
  },
  data_bound: {
    warning: { value: 0.3, min: 0.01, max: 1, unit: 'share', what: 'share of the step spent waiting for data that is a warning' },
    critical: { value: 0.5, min: 0.01, max: 1, unit: 'share', what: 'share that is worse: more than half of the time' },
    points: { value: 20, min: 3, max: 10_000, unit: 'points', what: 'newest points it is the median of' },
    busy: { value: 70, min: 1, max: 100, unit: '', what: 'GPU utilisation in percent above which waiting for data does no harm' },
  },
  gpu_leak: {
    samples: { value: 500, min: 20, max: 100_000, unit: 'samples', what: 'samples it takes to tell' },
    growth: { value: 0.1, min: 0.01, max: 10, unit: 'share', what: 'growth over the newer half of the run' },
    p: { value: 0.01, min: 1e-9, max: 0.5, unit: '', what: 'chance that a memory that does not grow looks so (Kendall)' },
  },
  gpu_idle: {
    samples: { value: 500, min: 20, max: 100_000, unit: 'samples', what: 'newest samples that are looked at' },
    p95: { value: 70, min: 1, max: 100, unit: '', what: '95th percentile of utilisation in percent, at most' },
    p5: { value: 10, min: 0, max: 100, unit: '', what: '5th percentile of utilisation in percent, at most' },
  },
  imbalance: {
    spread: {
      value: 0.5,
      min: 0.05,
      max: 10,
      unit: 'share',
      what: 'difference of the highest and lowest median, as a share of the mean',
    },
    sigmas: { value: 5, min: 1, max: 100, unit: 'σ', what: 'how far one of four or more stands off the others' },
    points: { value: 20, min: 3, max: 10_000, unit: 'points', what: 'newest points that are looked at' },
  },
} as const satisfies Record<DetectorId, Readonly<Record<string, Threshold>>>;

/** The numbers that one detector decides by. */
export type ThresholdsOf<D extends DetectorId> = { readonly [K in keyof (typeof THRESHOLDS)[D]]: number };

/** A project's detectors: what HealthSettings says, and the defaults for the rest. */
export interface DetectorSettings {
  readonly muted: ReadonlySet<DetectorId>;
  thresholdsOf<D extends DetectorId>(detector: D): ThresholdsOf<D>;
}

/** Takes what a project has saved; names and numbers that are allowed no more count for nothing. */
export function detectorSettings(saved: HealthSettings['detectors']): DetectorSettings {
  return {
    muted: new Set(DETECTOR_IDS.filter((id) => saved[id]?.muted === true)),
    thresholdsOf<D extends DetectorId>(detector: D): ThresholdsOf<D> {
      const own = saved[detector]?.settings ?? {};
      const all: Readonly<Record<string, Threshold>> = THRESHOLDS[detector];
      return Object.fromEntries(
        Object.entries(all).map(([name, threshold]) => {
          const saved = Object.hasOwn(own, name) ? own[name] : undefined;
          return [name, saved !== undefined && allows(threshold, saved) ? saved : threshold.value];
        }),
      ) as ThresholdsOf<D>;
    },
  };
}

/** What somebody wants to save for a project. Throws BadRequest that names the field. What equals the default is left out. */
export function parseDetectorSettings(input: unknown): HealthSettings['detectors'] {
  const detectors: Record<string, { muted?: boolean; settings?: Record<string, number> }> = {};
  for (const [id, one] of Object.entries(objectOf('detectors', input))) {
    if (!isDetector(id))
      throw new BadRequest(`detectors.${id}`, `there is no such detector; there are ${DETECTOR_IDS.join(', ')}`);
    const { muted, settings, ...rest } = objectOf(`detectors.${id}`, one);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined)
      throw new BadRequest(`detectors.${id}.${unknown}`, 'expected muted and settings, and nothing else');
    if (muted !== undefined && typeof muted !== 'boolean')
      throw new BadRequest(`detectors.${id}.muted`, 'expected true or false');
    const own = settings === undefined ? {} : parseOwn(id, objectOf(`detectors.${id}.settings`, settings));
    const changed = Object.keys(own).length > 0;
    if (muted === true || changed)
      detectors[id] = { ...(muted === true ? { muted } : {}), ...(changed ? { settings: own } : {}) };
  }
  return detectors;
}

function parseOwn(id: DetectorId, settings: Readonly<Record<string, unknown>>): Record<string, number> {
  const all: Readonly<Record<string, Threshold>> = THRESHOLDS[id];
  const own: Record<string, number> = {};
  for (const [name, value] of Object.entries(settings)) {
    const field = `detectors.${id}.settings.${name}`;
    const threshold = Object.hasOwn(all, name) ? all[name] : undefined;
    if (threshold === undefined) throw new BadRequest(field, `${id} has no such setting; it has ${Object.keys(all).join(', ')}`);
    if (typeof value !== 'number' || !allows(threshold, value)) throw new BadRequest(field, `expected ${sayRange(threshold)}`);
    if (value !== threshold.value) own[name] = value;
  }
  return own;
}

/** What is counted has no halves. */
const COUNTED: ReadonlySet<Threshold['unit']> = new Set(['points', 'evaluations', 'samples']);

/** Whether a threshold may be that. */
export function allows({ min, max, unit }: Threshold, value: number): boolean {
  return value >= min && value <= max && (!COUNTED.has(unit) || Number.isInteger(value));
}

/** "a whole number from 1 to 100". */
export function sayRange({ min, max, unit }: Threshold): string {
  return `a ${COUNTED.has(unit) ? 'whole number' : 'number'} from ${min} to ${max}`;
}

function isDetector(id: string): id is DetectorId {
  return (DETECTOR_IDS as readonly string[]).includes(id);
}

function objectOf(field: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadRequest(field, 'expected an object');
  return value as Readonly<Record<string, unknown>>;
}
