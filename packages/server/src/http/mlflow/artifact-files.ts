import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { listArtifacts, openArtifact, parseArtifactPath, putArtifact, removeArtifact } from '../../runs/artifacts.ts';
import { RUN_FILE_MEDIA } from '@vitrine/model/curve-store.ts';
import { type ArtifactPlace, placeOfModel, placeOfRun, readArtifactAddress } from '../../runs/mlflow/artifact-place.ts';
import { loggedImage } from '../../runs/mlflow/logged-image.ts';
import { MlflowError } from '../../runs/mlflow/mlflow-error.ts';
import { pacedBody } from '../paced-body.ts';
import type { Routes } from '../routes.ts';
import { sendFile } from '../runs/artifacts.ts';
import { sendHarmlessly } from '../runs/harmless.ts';
import { senderOf } from '../sender.ts';
import { isListed, wireFiles } from './artifacts.ts';
import type { MlflowNeeds } from './endpoint.ts';
import { findRun, findRunToChange } from './find-run.ts';
import { findModelToChange, findOwnModel } from './logged-models.ts';

interface ArtifactFileNeeds extends MlflowNeeds {
  readonly limits: { readonly artifactBytes: number };
}

const TAGS = ['mlflow'];

/** The files behind mlflow-artifacts:/ addresses. Bodies are read as they come, and none is in memory whole. */
export function artifactFileRoutes(app: Routes, needs: ArtifactFileNeeds, hide: boolean): void {
  const { runs, limits } = needs;

  async function placeToRead(address: string, request: FastifyRequest): Promise<ArtifactPlace> {
    const { kind, id, path } = readArtifactAddress(address);
    const own = needs.own(request);
    return kind === 'run'
      ? placeOfRun(own.runs, await findRun(own.runs, id), path)
      : placeOfModel(own.runs, await findOwnModel(needs, id, own), path);
  }

  /** An image of a step is seen among the run's media too, where the file itself stays what is shown. */
  async function noteImage(address: string): Promise<void> {
    const { kind, id, path } = readArtifactAddress(address);
    const image = kind === 'run' ? loggedImage(path) : undefined;
    if (image === undefined) return;
    const { tag, step, timeMs } = image;
    // Clients send again what they got no answer for.
    const known = await runs.curves.items({ run: id, kinds: ['image'], tag });
    if (known.some((item) => item.step === step && item.timeMs === timeMs)) return;
    const item = {
      run: id,
      tag,
      kind: 'image',
      step,
      timeMs,
      index: 0,
      mediaType: RUN_FILE_MEDIA,
      data: Buffer.from(path),
    } as const;
    await runs.append({
      curves: [],
      curveIndex: new Uint32Array(),
      steps: new Float64Array(),
      timesMs: new Float64Array(),
      values: new Float64Array(),
      items: [item],
    });
  }

  async function placeToWrite(address: string, request: FastifyRequest): Promise<ArtifactPlace> {
    const { kind, id, path } = readArtifactAddress(address);
    parseArtifactPath('path', path);
    const sender = senderOf(request);
    if (kind === 'model') return placeOfModel(runs, await findModelToChange(needs, id, sender), path);
    const run = await findRunToChange(runs, id, sender);
    runs.touch(run.id, Date.now());
    return placeOfRun(runs, run, path);
  }

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.route({
    method: 'GET',
    url: '/artifacts',
    config: { access: 'read' },
    schema: { summary: 'What lies in a folder of files', tags: TAGS, hide },
    async handler(request) {
      const { path: address = '' } = request.query as { readonly path?: unknown };
      const place = await placeToRead(typeof address === 'string' ? address : '', request);
      const files = (await listArtifacts(place.folder, place.path)).filter((file) => isListed(file, place.path));
      return wireFiles(files, (path) => path.slice(path.lastIndexOf('/') + 1));
    },
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/artifacts/*',
    config: { access: 'read' },
    schema: { summary: 'A file', tags: TAGS, hide },
    async handler(request, reply) {
      const address = addressOf(request);
      const { folder, path } = await placeToRead(address, request);
      const found = await openArtifact(folder, path);
      if (found === undefined) throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `There is no file "${address.slice(0, 300)}".`);
      sendHarmlessly(reply, 'application/octet-stream', path.slice(path.lastIndexOf('/') + 1), true);
      return sendFile(request, reply, found);
    },
  });
  app.route({
    method: 'PUT',
    url: '/artifacts/*',
    config: { access: 'ingest', longBody: true },
    schema: { summary: 'Keeps the body as a file, over one of that name', tags: TAGS, hide },
    async handler(request) {
      const body = request.body as Readable | undefined;
      try {
        const address = addressOf(request);
        const { folder, path } = await placeToWrite(address, request);
        const pieces =
          body === undefined ? nothing() : pacedBody(body.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>);
        await putArtifact(folder, path, pieces, limits.artifactBytes);
        await noteImage(address);
        return {};
      } finally {
        // What is left of the body is read and forgotten, so that the answer is read.
        body?.resume();
      }
    },
  });
  app.route({
    method: 'DELETE',
    url: '/artifacts/*',
    config: { access: 'ingest' },
    schema: { summary: 'Removes a file or a folder', tags: TAGS, hide },
    async handler(request) {
      const address = addressOf(request);
      const { folder, path } = await placeToWrite(address, request);
      if (await removeArtifact(folder, path)) return {};
      throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `There is no file or folder "${address.slice(0, 300)}".`);
    },
  });
}

function addressOf({ params }: FastifyRequest): string {
  return (params as { readonly '*': string })['*'];
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A file without any bytes.
}
