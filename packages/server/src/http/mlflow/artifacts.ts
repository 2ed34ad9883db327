import type { ArtifactFile } from '@vitrine/model/run-api.ts';
import { listArtifacts } from '../../runs/artifacts.ts';
import { MODELS_FOLDER, placeOfRun } from '../../runs/mlflow/artifact-place.ts';
import { runArtifactUri } from '../../runs/mlflow/wire.ts';
import type { Endpoint } from './endpoint.ts';
import { findRun } from './find-run.ts';

/** What lies in a run's folder, by the run's id. */
export function artifactListEndpoint(): Endpoint {
  return {
    method: 'GET',
    path: '/artifacts/list',
    access: 'read',
    summary: 'What lies in a folder of a run’s files',
    async answer(fields, { own: { runs } }) {
      const run = await findRun(runs, fields.runId());
      const asked = fields.text('path') ?? '';
      const { folder, path } = placeOfRun(runs, run, asked === '.' ? '' : asked);
      const files = (await listArtifacts(folder, path)).filter((file) => isListed(file, path));
      return { root_uri: runArtifactUri(run, await runs.projectById(run.projectId)), ...wireFiles(files, (it) => it) };
    },
  };
}

/** MLflow lists what is in folders, and the file itself is in none; logged models are listed by themselves. */
export function isListed({ path, isFolder }: ArtifactFile, asked: string): boolean {
  return isFolder ? path !== MODELS_FOLDER : path !== asked.replace(/\/$/, '');
}

export function wireFiles(files: readonly ArtifactFile[], name: (path: string) => string): { readonly files: object[] } {
  return {
    files: files.map(({ path, isFolder, bytes }) => ({
      path: name(path),
      is_dir: isFolder,
      ...(isFolder ? {} : { file_size: bytes }),
    })),
  };
}
