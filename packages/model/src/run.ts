/** A training run and what belongs to it. Times are unix milliseconds. */

/** MLflow's words in lower case. A run whose process went away without a word stays "running"; the finding `stalled` says so. */
export const RUN_STATUSES = ['running', 'scheduled', 'finished', 'failed', 'killed'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** The door through which a run came. */
export const RUN_SOURCES = ['mlflow', 'tensorboard', 'prometheus', 'huggingface', 'keras', 'file', 'wandb', 'api'] as const;
export type RunSource = (typeof RUN_SOURCES)[number];

/** What belongs together: MLflow's experiment, TensorBoard's log directory, W&B's project. */
export interface Project {
  /** Counts up; "0" is MLflow's Default. */
  readonly id: number;
  /** Unique among all, deleted ones included. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly deletedMs: number | undefined;
}

export interface Run {
  /** Letters, digits, `_`, `-` and `.`, 1 to 256; unique among all runs. */
  readonly id: string;
  readonly name: string;
  readonly projectId: number;
  /** The project's name. */
  readonly project: string;
  /** Runs of one group are seeds or folds of one experiment; "" is none. */
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
  /** As logged. What reads as a number is one where runs are compared. */
  readonly params: Readonly<Record<string, string>>;
  readonly status: RunStatus;
  readonly startedMs: number;
  /** undefined while it runs. */
  readonly endedMs: number | undefined;
  /** When the server last heard of it. */
  readonly heartbeatMs: number;
  /** When the server first heard of it; absent where that was not kept. */
  readonly firstHeardMs?: number | undefined;
  readonly source: RunSource;
  /** Markdown. */
  readonly notes: string;
  readonly parentId: string | undefined;
  readonly user: string;
  /** Names of the machines it runs on, as `instance` labels begin: "gpu-07". */
  readonly hosts: readonly string[];
  /** Those of the token it came with: they stand on all its series, and say whose it is. */
  readonly labels: Readonly<Record<string, string>>;
  /** In the bin; undefined is not. */
  readonly deletedMs: number | undefined;
  /** Counts its changes. */
  readonly revision: number;
}

/** The labels under which PromQL finds a run's curves, besides `__name__`, which is the metric's name as logged. */
export function runSeriesLabels(
  run: Pick<Run, 'id' | 'name' | 'project' | 'group' | 'labels'>,
): Readonly<Record<string, string>> {
  return { run: run.id, run_name: run.name, project: run.project, group: run.group, ...run.labels };
}

/** How bad a finding is. */
export type FindingSeverity = 'info' | 'warning' | 'critical';

/** What a detector found in a run: one a detector and subject, updated while it lasts. */
export interface Finding {
  /** `<detector>:<subject>`, unique in the run. */
  readonly id: string;
  readonly runId: string;
  /** An id of the catalogue: "overfit". */
  readonly detector: string;
  /** What it is about: a metric's name, or "" for the run as a whole. */
  readonly subject: string;
  readonly severity: FindingSeverity;
  /** One sentence with the numbers. */
  readonly sentence: string;
  /** What to do, as a sentence: "Restore the checkpoint of step 1,200". */
  readonly advice: string;
  /** The stretch of steps it speaks of, closed; equal ends are one step. NaN where it has no steps. */
  readonly fromStep: number;
  readonly toStep: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** The metrics whose charts show it. */
  readonly metrics: readonly string[];
  /** The numbers behind the sentence, by name. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Whether it holds now, or held once. */
  readonly active: boolean;
  readonly foundMs: number;
  readonly state: 'open' | 'acknowledged' | 'muted';
  /** Who acknowledged or muted it; "" while open. */
  readonly stateBy: string;
}

/** Whether less or more is better, as the metric's name tells; `undefined` where it does not. */
export function directionOf(metric: string): 'min' | 'max' | undefined {
  const name = metric.toLowerCase();
  if (
    /(^|[^a-z])(loss|losses|error|err|mae|mse|rmse|mape|nll|perplexity|ppl|wer|cer|fid|bpb|bpc|divergence|entropy)([^a-z]|$)/.test(
      name,
    )
  )
    return 'min';
  if (
    /(^|[^a-z])(acc|accuracy|precision|recall|f1|auc|auroc|auprc|map|bleu|rouge|iou|miou|dice|r2|score|reward|return|mcc|ndcg|mrr|psnr|ssim|top[0-9]+|top_[0-9]+|hit[s]?)([^a-z]|$)/.test(
      name,
    )
  )
    return 'max';
  if (/loss$|error$/.test(name)) return 'min';
  if (/accuracy$|score$|f1$|reward$/.test(name)) return 'max';
  return undefined;
}
