import type { CurvePoint } from '@vitrine/model/curve-store.ts';
import type { Project, Run, RunStatus } from '@vitrine/model/run.ts';
import type { LoggedModel, ModelMetric, RunLink } from '../../documents/mlflow.ts';
import { Fields } from './fields.ts';
import { invalidValue } from './mlflow-error.ts';

/** Runs, experiments and models as MLflow's messages have them. 64-bit numbers are numbers, and what JSON has no number for is text. */

/** Tags of MLflow that say what a run has a place of its own for, so that there is one truth. */
export const RUN_NAME = 'mlflow.runName';
export const NOTE = 'mlflow.note.content';
export const PARENT = 'mlflow.parentRunId';
export const USER = 'mlflow.user';
/** The group of a run, which MLflow does not know. */
export const GROUP = 'vitrine.group';
/** Kept among a project's tags, where an experiment's artefacts go elsewhere. */
export const ARTIFACT_LOCATION = 'mlflow.artifactLocation';

const STATUSES: Readonly<Record<RunStatus, string>> = {
  running: 'RUNNING',
  scheduled: 'SCHEDULED',
  finished: 'FINISHED',
  failed: 'FAILED',
  killed: 'KILLED',
};

export function statusWord(status: RunStatus): string {
  return STATUSES[status];
}

/** undefined where it is not there. Throws MlflowError. */
export function readStatus(fields: Fields, name: string): RunStatus | undefined {
  const word = fields.text(name);
  if (word === undefined) return undefined;
  const found = (Object.keys(STATUSES) as RunStatus[]).find((status) => STATUSES[status] === word);
  if (found !== undefined) return found;
  throw invalidValue(name, word, `Expected one of ${Object.values(STATUSES).join(', ')}.`);
}

function wireNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

interface WirePair {
  readonly key: string;
  readonly value: string;
}

function wirePairs(entries: Readonly<Record<string, string>>): WirePair[] {
  return Object.entries(entries).map(([key, value]) => ({ key, value }));
}

function artifactLocation(project: Pick<Project, 'id' | 'tags'> | undefined): string {
  return project?.tags[ARTIFACT_LOCATION] ?? `mlflow-artifacts:/${project?.id ?? 0}`;
}

export function runArtifactUri(run: Pick<Run, 'id'>, project: Project | undefined): string {
  return `${artifactLocation(project).replace(/\/$/, '')}/${run.id}/artifacts`;
}

/** Models lie here even where an experiment's other artefacts do not. */
export function modelArtifactUri({ id, projectId }: Pick<LoggedModel, 'id' | 'projectId'>): string {
  return `mlflow-artifacts:/${projectId}/models/${id}/artifacts`;
}

export function wireExperiment(project: Project): object {
  const { [ARTIFACT_LOCATION]: _, ...tags } = project.tags;
  return {
    experiment_id: String(project.id),
    name: project.name,
    artifact_location: artifactLocation(project),
    lifecycle_stage: lifecycleStage(project.deletedMs),
    creation_time: project.createdMs,
    last_update_time: project.updatedMs,
    tags: wirePairs(tags),
  };
}

export function wireRunInfo(run: Run, project: Project | undefined): object {
  return {
    run_id: run.id,
    run_uuid: run.id,
    run_name: run.name,
    experiment_id: String(run.projectId),
    user_id: run.user,
    status: statusWord(run.status),
    start_time: run.startedMs,
    ...(run.endedMs === undefined ? {} : { end_time: run.endedMs }),
    artifact_uri: runArtifactUri(run, project),
    lifecycle_stage: lifecycleStage(run.deletedMs),
  };
}

export interface RunParts {
  readonly project: Project | undefined;
  readonly metrics: readonly { readonly metric: string; readonly latest: CurvePoint }[];
  readonly links: readonly RunLink[];
}

export function wireRun(run: Run, { project, metrics, links }: RunParts): object {
  const ofKind = (kind: RunLink['kind']): unknown[] =>
    links.filter((link) => link.kind === kind).map(({ json }) => JSON.parse(json) as unknown);
  return {
    info: wireRunInfo(run, project),
    data: {
      metrics: metrics.map(({ metric, latest }) => wireMetric(metric, latest)),
      params: wirePairs(run.params),
      tags: wirePairs(allTags(run)),
    },
    inputs: { dataset_inputs: ofKind('dataset'), model_inputs: ofKind('model_input') },
    outputs: { model_outputs: ofKind('model_output') },
  };
}

export function wireMetric(key: string, { value, timeMs, step }: CurvePoint, runId?: string): object {
  return {
    key,
    value: wireNumber(value),
    timestamp: Math.round(timeMs),
    step,
    ...(runId === undefined ? {} : { run_id: runId }),
  };
}

/** A run's own tags and those that MLflow expects. */
export function allTags(run: Run): Readonly<Record<string, string>> {
  return {
    ...run.tags,
    [RUN_NAME]: run.name,
    ...(run.user === '' ? {} : { [USER]: run.user }),
    ...(run.notes === '' ? {} : { [NOTE]: run.notes }),
    ...(run.parentId === undefined ? {} : { [PARENT]: run.parentId }),
    ...(run.group === '' ? {} : { [GROUP]: run.group }),
  };
}

export function wireModel(model: LoggedModel, metrics: readonly ModelMetric[]): object {
  return {
    info: {
      model_id: model.id,
      experiment_id: String(model.projectId),
      name: model.name,
      creation_timestamp_ms: model.createdMs,
      last_updated_timestamp_ms: model.updatedMs,
      artifact_uri: modelArtifactUri(model),
      status: model.status,
      model_type: model.modelType,
      ...(model.runId === undefined ? {} : { source_run_id: model.runId }),
      tags: wirePairs(model.tags),
    },
    data: {
      params: wirePairs(model.params),
      metrics: metrics.map((metric) => ({
        key: metric.key,
        value: wireNumber(metric.value),
        timestamp: metric.timeMs,
        step: metric.step,
        model_id: metric.modelId,
        run_id: metric.runId,
        ...(metric.datasetName === '' ? {} : { dataset_name: metric.datasetName }),
        ...(metric.datasetDigest === '' ? {} : { dataset_digest: metric.datasetDigest }),
      })),
    },
  };
}

export function lifecycleStage(deletedMs: number | undefined): 'active' | 'deleted' {
  return deletedMs === undefined ? 'active' : 'deleted';
}
