import type { DetectorId } from './detector.ts';

/** What a detector is for, as the catalogue explains it. Plain text. */
export interface CatalogueEntry {
  /** What it finds, in a sentence. */
  readonly what: string;
  readonly why: string;
  /** How it decides; the numbers are in THRESHOLDS. */
  readonly how: string;
  readonly advice: string;
  /** What it reads, in the words of the table of roles. */
  readonly reads: string;
  readonly sources: readonly Source[];
}

interface Source {
  readonly title: string;
  /** "" where it is not on the web. */
  readonly url: string;
}

const SAGEMAKER: Source = {
  title: 'Amazon SageMaker Debugger: list of built-in rules',
  url: 'https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-built-in-rules.html',
};
const CS231N: Source = { title: 'CS231n: Neural networks, part 3', url: 'https://cs231n.github.io/neural-networks-3/' };
const PLAYBOOK: Source = {
  title: 'Google: Deep learning tuning playbook',
  url: 'https://github.com/google-research/tuning_playbook',
};
const PRECHELT: Source = {
  title: 'Prechelt 1998: Early stopping – but when?',
  url: 'https://doi.org/10.1007/3-540-49430-8_3',
};
const PASCANU: Source = {
  title: 'Pascanu, Mikolov, Bengio 2013: On the difficulty of training recurrent neural networks',
  url: 'https://arxiv.org/abs/1211.5063',
};
const GLOROT: Source = {
  title: 'Glorot, Bengio 2010: Understanding the difficulty of training deep feedforward neural networks',
  url: 'https://proceedings.mlr.press/v9/glorot10a.html',
};

export const CATALOGUE: Readonly<Record<DetectorId, CatalogueEntry>> = {
  nan_inf: {
    what: 'A value that is not a number, or infinite.',
    why: 'Once a weight is NaN, all that follows is NaN: every further hour of the run is lost.',
    how: 'The first non-finite value of any metric, and the last finite one before it. A gradient norm counts from several in a row: mixed precision skips single ones. A metric that begins non-finite and then is finite had not begun (“best so far”). Critical where a loss or gradient is concerned, else a warning.',
    advice:
      'Restore a checkpoint from before; look for a logarithm, root or division of zero and for half precision that overflows; lower the learning rate or clip gradients.',
    reads: 'every metric',
    sources: [
      SAGEMAKER,
      { title: 'Micikevicius et al. 2018: Mixed precision training', url: 'https://arxiv.org/abs/1710.03740' },
    ],
  },
  diverge: {
    what: 'The training loss goes up for good.',
    why: 'What the model had learned is being undone, and seldom comes back by itself.',
    how: 'The running median of the training loss rises above its lowest by more than a share of what had been learned since the beginning, by more than its own scatter, and by at least 5 % of the first loss, for three points. Scaling the loss changes nothing. Critical while it holds, a warning once it is over.',
    advice:
      'Restore the checkpoint before it; lower the learning rate, warm it up for longer or clip gradients; look at the batches from there on.',
    reads: 'training loss',
    sources: [PLAYBOOK, SAGEMAKER],
  },
  exploding: {
    what: 'A gradient that is many times as large as usual.',
    why: 'One step along it can throw the weights away from all that was learned.',
    how: 'A gradient norm before clipping over 100 times the running median of those before it (and over three times that of the beginning), or over an absolute bound. Critical where several such points come close together, else a warning.',
    advice:
      'Clip gradients by their norm, lower the learning rate or warm it up; check the initial weights, recurrent ones most of all.',
    reads: 'gradient norm, or those of the layers',
    sources: [PASCANU, PLAYBOOK],
  },
  stalled: {
    what: 'A run that says it runs and logs nothing.',
    why: 'A hung or killed process holds its machines until somebody notices.',
    how: 'No point of any metric but those of the machine for longer than a silence that is always allowed and than some times the usual interval of the metric that is logged most often. What a client says besides does not count. A run all of whose points are from before it was first heard of, or that came as a file, is not waited for.',
    advice:
      'See whether the process is alive and what it waits for: a lock, a data loader, another rank, a full disk. Set the run’s status if it has ended.',
    reads: 'times of all metrics, the status',
    sources: [SAGEMAKER],
  },
  overfit: {
    what: 'Validation gets worse while training gets better.',
    why: 'The model is learning its examples by heart: an earlier checkpoint is the better model.',
    how: 'Prechelt’s GL: the validation loss stands above its best by a share of it, by a share of what validation had gained and by more than its scatter, for several evaluations in a row, while the training loss has fallen since the best step by a share of itself and by more than its scatter.',
    advice:
      'Restore the checkpoint of the best step. To get further: more data or augmentation, dropout, weight decay, a smaller model, or stop early.',
    reads: 'training loss, validation loss',
    sources: [PRECHELT, PLAYBOOK],
  },
  gap: {
    what: 'Validation is clearly worse than training.',
    why: 'What is learned does not carry over: few data, a model with much room, or validation data of another kind.',
    how: 'The validation loss stands above the training loss by a share of that and by a share of what training had gained, for several evaluations. Only where both losses began alike (within a factor of three).',
    advice:
      'Check that validation data are like those trained on and prepared alike. Else: more data or augmentation, dropout, weight decay, or a smaller model.',
    reads: 'training loss, validation loss',
    sources: [CS231N, SAGEMAKER],
  },
  plateau: {
    what: 'The loss does not get better any more.',
    why: 'The time is spent for nothing: stop, or change something.',
    how: 'The best validation loss (medians of training’s where none is logged) was last improved by a share of it many evaluations and a good part of the run ago, while the learning rate stayed the same. Not said where the run overfits, diverges or is NaN.',
    advice:
      'Stop if it is good enough; else lower the learning rate, or, where it never got going, raise it and check initial weights and data.',
    reads: 'validation loss or training loss, learning rate',
    sources: [{ title: 'Keras: ReduceLROnPlateau', url: 'https://keras.io/api/callbacks/reduce_lr_on_plateau/' }, SAGEMAKER],
  },
  lr_low: {
    what: 'Updates so small that nothing is learned.',
    why: 'At a hundredth of the right rate, a day’s work takes months.',
    how: 'The median of update over weight (the medians of all layers, first half of the run) is below a bound (about 0.001 is usual), and the training loss has hardly fallen.',
    advice: 'Raise the learning rate, at first tenfold; check that no layer is frozen by mistake.',
    reads: 'update ratios, training loss',
    sources: [CS231N],
  },
  lr_high: {
    what: 'Updates so large that they overshoot.',
    why: 'Weights are thrown about; units die, and training ends in a worse place or nowhere.',
    how: 'In the first tenth an update changes the weights by a good part of themselves, or the median update does, or the loss turns at most points and swings by half of itself (not told of a loss that has both signs there).',
    advice: 'Lower the learning rate, at first to a third, or warm it up over the first steps.',
    reads: 'update ratios, training loss',
    sources: [CS231N],
  },
  vanishing: {
    what: 'Gradients that hardly arrive at early layers.',
    why: 'Layers without a gradient stay as random as they began.',
    how: 'The gradient norm is next to nothing, or an early layer’s is a tiny part of a later one’s (in the order of their names), for several points in a row, while less than half of the loss has been learned: small gradients at the end are no fault.',
    advice:
      'Use normalisation layers, residual connections or ReLU-like activations; initialise weights for the activation (He or Glorot).',
    reads: 'gradient norms of all and of the layers, training loss',
    sources: [GLOROT, PASCANU, SAGEMAKER],
  },
  dead_relu: {
    what: 'Units that are never active.',
    why: 'A unit that is zero for every example gets no gradient and takes no part any more.',
    how: 'Most units of a layer are dead, or, where that is not logged, nearly all that a layer gives is zero, at several points in a row.',
    advice: 'Lower the learning rate, begin with biases at zero, or use a leaky activation.',
    reads: 'shares of dead units or of zeros',
    sources: [{ title: 'CS231n: Neural networks, part 1', url: 'https://cs231n.github.io/neural-networks-1/' }, SAGEMAKER],
  },
  init_loss: {
    what: 'A first loss that is not that of a guess.',
    why: 'The cheapest test of all: a wrong scale, reduction or label shows before the first step.',
    how: 'The loss of step 0 or 1 is further from ln(classes) than a share of it; the parameter num_classes (or vocab_size) says how many there are. A low one counts only where steps are logged: an epoch’s mean is lower by right.',
    advice:
      'Make the last layer’s first weights smaller, set its biases by the classes’ shares, and check labels and the loss’s reduction.',
    reads: 'training loss, the parameter num_classes',
    sources: [CS231N],
  },
  data_bound: {
    what: 'Training that waits for its data.',
    why: 'The accelerator is paid for while it waits.',
    how: 'The median share of the step that is spent waiting for data, newest points, unless the GPUs are busy all the same. Where that time is not logged: a GPU that is half idle and swings by more than 60 points while the processors are over 90 % busy.',
    advice: 'Load in more worker processes, prefetch, cache what is decoded, or do the heavy preparation once beforehand.',
    reads: 'data time, step time, GPU and CPU utilisation',
    sources: [
      SAGEMAKER,
      {
        title: 'Mohan et al. 2021: Analyzing and mitigating data stalls in DNN training',
        url: 'https://arxiv.org/abs/2007.06775',
      },
    ],
  },
  gpu_leak: {
    what: 'Memory that grows from step to step.',
    why: 'It ends with out of memory, hours after the step that was to blame.',
    how: 'Over the newer half of the run, memory in use (of a GPU, or of the process) rises by Theil and Sen’s slope, Kendall’s test leaves no doubt, it grows by more than a share, and in both halves of that half: a single jump is no leak. One finding names what grows fastest and counts the rest.',
    advice:
      'Look for what is kept from step to step: losses summed with their graphs (use .item() or .detach()), lists of outputs, hooks, caches without a limit.',
    reads: 'GPU memory, process memory',
    sources: [
      SAGEMAKER,
      { title: 'PyTorch: Frequently asked questions (memory)', url: 'https://pytorch.org/docs/stable/notes/faq.html' },
      {
        title: 'Sen 1968: Estimates of the regression coefficient based on Kendall’s tau',
        url: 'https://doi.org/10.1080/01621459.1968.10480934',
      },
    ],
  },
  gpu_idle: {
    what: 'A GPU that is never really busy.',
    why: 'A smaller one, or a larger batch, would do the same for less.',
    how: 'Of the newest samples of utilisation, the 95th percentile and the 5th are both low. One finding names the idlest GPU and counts the rest.',
    advice: 'Raise the batch size, load data ahead, use mixed precision or compile the model; or take a smaller GPU.',
    reads: 'GPU utilisation',
    sources: [SAGEMAKER],
  },
  imbalance: {
    what: 'One rank or GPU that has more to do than the others.',
    why: 'All wait for the slowest at every step.',
    how: 'Medians of the newest step times by rank (or of utilisation by GPU) differ by a good part of their mean; or, among four and more, one stands off the others by more than five of their spreads and a tenth.',
    advice:
      'Give each the same amount of work (shards, sequence lengths), and look for a slow disk, link or throttled GPU on that one.',
    reads: 'step times by rank, GPU utilisation',
    sources: [SAGEMAKER],
  },
};
