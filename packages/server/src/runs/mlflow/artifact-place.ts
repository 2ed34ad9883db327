import type { Run } from '@vitrine/model/run.ts';
import type { LoggedModel } from '../../documents/mlflow.ts';
import type { Runs } from '../runs.ts';
import { MlflowError } from './mlflow-error.ts';

/** In a run's folder: the models that it wrote. */
export const MODELS_FOLDER = 'mlflow-models';

/** A path within a folder of artefacts. */
export interface ArtifactPlace {
  readonly folder: string;
  /** "" is the folder itself. */
  readonly path: string;
}

/** What an address of artefacts is about, which is what follows `mlflow-artifacts:/`. */
export interface ArtifactAddress {
  readonly kind: 'run' | 'model';
  readonly id: string;
  readonly path: string;
}

/** Reads `<experiment>/<run>/artifacts/<path>` and `<experiment>/models/<model>/artifacts/<path>`. Throws MlflowError. */
export function readArtifactAddress(address: string): ArtifactAddress {
  const [, model] = /^\d+\/(models\/)?/.exec(address) ?? [];
  const found = /^\d+\/(?:models\/)?([^/]+)\/artifacts(?:\/(.*))?$/s.exec(address);
  if (found === null) {
    throw new MlflowError(
      'RESOURCE_DOES_NOT_EXIST',
      `There are no artifacts at "${address.slice(0, 200)}". Vitrine keeps those of runs, at <experiment>/<run>/artifacts, and those of logged models, at <experiment>/models/<model>/artifacts.`,
    );
  }
  return { kind: model === undefined ? 'run' : 'model', id: found[1] as string, path: found[2] ?? '' };
}

export function placeOfRun(runs: Pick<Runs, 'artifactFolder'>, run: Pick<Run, 'id'>, path: string): ArtifactPlace {
  return { folder: runs.artifactFolder(run.id), path };
}

/** With the run that wrote it, or in a folder that is no run's where none did: "~" is in no run's id. */
export function placeOfModel(runs: Pick<Runs, 'artifactFolder'>, { id, runId }: LoggedModel, path: string): ArtifactPlace {
  const within = runId === undefined ? id : `${MODELS_FOLDER}/${id}`;
  return { folder: runs.artifactFolder(runId ?? '~models'), path: path === '' ? within : `${within}/${path}` };
}
