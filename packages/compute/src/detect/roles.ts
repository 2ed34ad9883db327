import { isSystemMetric } from '../system-metric.ts';

/** What a run's metrics are to the detectors, by the names that people and frameworks give them. */

export interface Roles {
  /** The loss that is trained on, and the same on data held back. */
  readonly trainLoss: string | undefined;
  readonly valLoss: string | undefined;
  /** The training loss that is like `valLoss`: where both "loss" and "train/loss" are logged, the first has often other terms in it. */
  readonly pairedLoss: string | undefined;
  readonly learningRate: string | undefined;
  /** Over all layers, before clipping. */
  readonly gradNorm: string | undefined;
  /** From the first layer to the last, as far as their names tell. */
  readonly layerGradNorms: readonly string[];
  /** Length of an update over that of the weights. */
  readonly updateRatios: readonly string[];
  /** Shares of a layer's units that are never active, and of zeros among what a layer gives. */
  readonly deadShares: readonly string[];
  readonly zeroShares: readonly string[];
  readonly dataTime: string | undefined;
  readonly stepTime: string | undefined;
  /** Times of the same thing by rank; two at least. */
  readonly rankTimes: readonly string[];
  readonly gpuUtilisation: readonly string[];
  readonly memory: readonly string[];
  readonly cpuUtilisation: string | undefined;
  /** What the machine says, and not the training: it goes on where training hangs. */
  readonly system: ReadonlySet<string>;
}

/** The words of a name: "val/Loss_step" → val, loss, step. A camel's humps are words too. */
function wordsOf(metric: string): string[] {
  return metric
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

const TRAIN = new Set(['train', 'training', 'trainer', 'tr']);
const HELD_BACK = new Set(['val', 'valid', 'validation', 'eval', 'evaluation', 'dev']);
const TEST = new Set(['test', 'testing']);
/** Say how often it is logged, not what it is. Of several the finest comes first. */
const GRAIN = new Set(['step', 'batch', 'iter', 'iteration', 'epoch', 'avg', 'mean', 'total']);
const LOSS_WORDS = new Set(['loss', 'losses', 'nll', 'ce', 'bce', 'xent', 'crossentropy', 'mse', 'cost']);

interface LossName {
  readonly metric: string;
  readonly part: 'train' | 'val' | 'test';
  /** The name without what part and how often: "loss". */
  readonly stem: string;
  readonly grain: number;
}

function lossName(metric: string): LossName | undefined {
  const words = wordsOf(metric);
  if (!words.some((word) => LOSS_WORDS.has(word))) return undefined;
  // A scale or weight of the loss is none.
  if (
    words.some((word) =>
      ['scale', 'scaler', 'weight', 'lr', 'grad', 'norm', 'ratio', 'best', 'min', 'max', 'time'].includes(word),
    )
  )
    return undefined;
  const part = words.some((word) => HELD_BACK.has(word)) ? 'val' : words.some((word) => TEST.has(word)) ? 'test' : 'train';
  const stem = words.filter((word) => !TRAIN.has(word) && !HELD_BACK.has(word) && !TEST.has(word) && !GRAIN.has(word)).join(' ');
  const grain = words.includes('epoch') ? 1 : 0;
  return { metric, part, stem, grain };
}

/** The shortest stem is the whole loss: "loss" before "aux loss". */
function byStem(a: LossName, b: LossName): number {
  const plain = Number(b.stem === 'loss') - Number(a.stem === 'loss');
  return plain || a.stem.length - b.stem.length || a.grain - b.grain || (a.metric < b.metric ? -1 : 1);
}

/** A name may have 1,000 characters: each pattern reads it once, so none has two repetitions that take the same characters. */
const GPU_UTIL = /gpu[^a-z]*util/gi;
const GPU_MEMORY = /gpu[^a-z]*mem(ory)?[^a-z]*(usage|used|alloc)/i;

function isGpuUtilisation(metric: string): boolean {
  if (/^DCGM_FI_(DEV_GPU_UTIL|PROF_GR_ENGINE_ACTIVE)/.test(metric) || /^system[/.]gpu[/._]\d+[/._]gpu$/.test(metric)) return true;
  const said = [...metric.matchAll(GPU_UTIL)].at(-1);
  // That of a GPU's memory is another.
  return said !== undefined && !/mem/i.test(metric.slice(said.index + said[0].length));
}

function isMemory(metric: string): boolean {
  if (/percent|free|total|limit|reserved|peak|max/i.test(metric)) return false;
  return (
    metric.startsWith('DCGM_FI_DEV_FB_USED') ||
    GPU_MEMORY.test(metric) ||
    /gpu[/._ ]?\d*[/._ ]?memoryAllocatedBytes/.test(metric) ||
    /memory_?allocated/i.test(metric) ||
    /allocated_bytes\.all\.current/.test(metric) ||
    /memory_?used/i.test(after(metric, /cuda|gpu/i)) ||
    /resident|rss|memory/i.test(after(metric, /process|rss/i))
  );
}

/** What follows the first match; "" where there is none. */
function after(metric: string, pattern: RegExp): string {
  const found = pattern.exec(metric);
  return found === null ? '' : metric.slice(found.index + found[0].length);
}

const TIME_WORDS = new Set(['time', 'seconds', 'secs', 'sec', 'ms', 'duration', 'wait']);
const DATA_WORDS = new Set(['data', 'dataloader', 'loader', 'fetch', 'input', 'dataloading', 'loading']);
const STEP_WORDS = new Set(['step', 'iter', 'iteration', 'batch', 'compute', 'forward']);
const RATE_WORDS = new Set([
  'per',
  'samples',
  'tokens',
  'throughput',
  'rate',
  'elapsed',
  'total',
  'eta',
  'remaining',
  'accumulated',
  'preprocess',
]);

const isTime = (words: readonly string[]): boolean =>
  words.some((word) => TIME_WORDS.has(word)) && !words.some((word) => RATE_WORDS.has(word));

const RANK = /(rank|worker|replica|device|gpu|node)[_\-/. ]?\d+/i;

const isLearningRate = (words: readonly string[]): boolean => words.includes('lr') || words.join(' ').includes('learning rate');

function isGradNorm(words: readonly string[]): boolean {
  const hasGradient = words.some((word) => /^(grad|grads|gradient|gradients|gradnorm)$/.test(word));
  const hasNorm = words.some((word) => /^(norm|l2|gradnorm|norms)$/.test(word));
  return hasGradient && hasNorm && !words.some((word) => /^(clipped|postclip|ratio|clip)$/.test(word));
}

/** Words that a global gradient norm may have besides "grad norm"; any other names a layer. */
const GLOBAL_WORDS = new Set(
  `grad grads gradient gradients norm norms gradnorm l2 global total all preclip pre before optim optimizer model 2 0 step value
  train training trainer`.split(/\s+/),
);

const inOrder = new Intl.Collator('en', { numeric: true }).compare;

/** Roles of one metric each, which a project may name itself. */
export const OWN_ROLES = ['trainLoss', 'valLoss', 'learningRate', 'gradNorm', 'dataTime', 'stepTime', 'cpuUtilisation'] as const;
export type OwnRole = (typeof OWN_ROLES)[number];

/** Finds out what each metric is. `own` says it for those whose names do not tell. A metric in no role is looked at for NaN alone. */
export function rolesOf(metrics: readonly string[], own: Readonly<Partial<Record<OwnRole, string>>> = {}): Roles {
  const present = new Set(metrics);
  const named = Object.fromEntries(Object.entries(own).filter(([, metric]) => present.has(metric)));
  const paired = named['trainLoss'] === undefined ? {} : { pairedLoss: named['trainLoss'] };
  return { ...rolesByName(metrics), ...named, ...paired };
}

function rolesByName(metrics: readonly string[]): Roles {
  const names = [...metrics].sort(inOrder);
  const words = new Map(names.map((metric) => [metric, wordsOf(metric)]));
  const all = (is: (words: readonly string[], metric: string) => boolean): string[] =>
    names.filter((metric) => is(words.get(metric) ?? [], metric));
  const losses = names.flatMap((metric) => lossName(metric) ?? []).sort(byStem);
  const train = losses.find(({ part }) => part === 'train');
  const held = (part: 'val' | 'test'): LossName | undefined =>
    losses.find((loss) => loss.part === part && (train === undefined || loss.stem === train.stem));
  const heldBack = held('val') ?? held('test');
  const paired = losses.find(
    ({ part, stem, metric }) => part === 'train' && stem === heldBack?.stem && wordsOf(metric).some((word) => TRAIN.has(word)),
  );
  const gradients = all((word) => isGradNorm(word));
  const isGlobal = (metric: string): boolean => (words.get(metric) ?? []).every((word) => GLOBAL_WORDS.has(word));
  const steps = all(
    (word) => isTime(word) && word.some((one) => STEP_WORDS.has(one)) && !word.some((one) => DATA_WORDS.has(one)),
  );
  const ranks = Map.groupBy(
    steps.filter((metric) => RANK.test(metric)),
    (metric) => metric.replace(RANK, ''),
  );
  return {
    trainLoss: train?.metric,
    valLoss: heldBack?.metric,
    pairedLoss: (paired ?? train)?.metric,
    learningRate: all((word) => isLearningRate(word))[0],
    gradNorm: gradients.find((metric) => isGlobal(metric)),
    layerGradNorms: gradients.filter((metric) => !isGlobal(metric)),
    updateRatios: all((word) => word.includes('update') && word.some((one) => one === 'ratio' || one === 'weight')),
    deadShares: all((word) => word.includes('dead')),
    zeroShares: all(
      (word) => word.some((one) => one === 'zero' || one === 'zeros') && word.some((one) => /^(fraction|share|ratio)$/.test(one)),
    ),
    dataTime: all((word) => isTime(word) && word.some((one) => DATA_WORDS.has(one)))[0],
    stepTime: steps.find((metric) => !RANK.test(metric)),
    rankTimes: [...ranks.values()].find((group) => group.length > 1) ?? [],
    gpuUtilisation: names.filter((metric) => isGpuUtilisation(metric)),
    memory: names.filter((metric) => isMemory(metric)),
    cpuUtilisation: all((word) => word.includes('cpu') && word.some((one) => one.startsWith('util') || one === 'percent'))[0],
    system: new Set(names.filter((metric) => isSystemMetric(metric))),
  };
}

/** All metrics that the detectors read from their first point to their last, losses first. */
export function metricsInRoles(roles: Roles): Set<string> {
  const { system: _, ...named } = roles;
  return new Set(Object.values(named).flatMap((value: string | readonly string[] | undefined) => value ?? []));
}
