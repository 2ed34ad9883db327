import { Labels } from '@vitrine/model/labels.ts';
import { z } from 'zod';
import type { Intake } from '../../ingest/intake.ts';
import type { OwnOf } from '../../own/own.ts';
import type { WritableRuns } from '../../runs/writable-runs.ts';
import { bucketId, globalId, readBucket } from '../../runs/wandb/read-bucket.ts';
import { readFileStream } from '../../runs/wandb/read-file-stream.ts';
import { idOfBucket, wandbRuns } from '../../runs/wandb/wandb-runs.ts';
import type { Routes } from '../routes.ts';
import { TAGS } from '../runs/run-of.ts';
import { senderOf } from '../sender.ts';

/** Runs of whoever has said no entity are this one's. */
const ENTITY = 'vitrine';
/** W&B's clients send at most 10 MiB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const part = z.string().min(1).max(200);

/**
 * Experimental: what W&B's clients need to log a run. Of GraphQL only the operations that they send are answered, told by what they ask for;
 * everything else is answered with null.
 */
export function wandbRoutes(
  app: Routes,
  { runs, own, intake }: { readonly runs: WritableRuns; readonly own: OwnOf; readonly intake: Intake },
): void {
  const wandb = wandbRuns(runs);
  // Their clients always send a key; on a loopback address any will do.
  const config = { access: 'ingest', anyKey: true } as const;

  app.route({
    method: 'POST',
    url: '/graphql',
    config,
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      summary: 'The operations of GraphQL with which W&B’s clients make runs (experimental)',
      tags: TAGS,
      body: z.looseObject({ query: z.string().max(100_000), variables: z.record(z.string(), z.unknown()).nullish() }),
    },
    async handler(request) {
      const { query, variables } = request.body;
      if (/\bupsertBucket\b/.test(query)) {
        const bucket = readBucket(variables ?? {}, ENTITY);
        const { isNew, historyLines } = await wandb.upsert(bucket, senderOf(request));
        const project = { id: bucket.project, name: bucket.project, entity: { id: bucket.entity, name: bucket.entity } };
        const { name, displayName } = bucket;
        return {
          data: {
            upsertBucket: {
              bucket: {
                id: globalId(bucket),
                name,
                displayName: displayName || name,
                description: null,
                config: '{}',
                sweepName: null,
                project,
                historyLineCount: historyLines,
              },
              inserted: isNew,
            },
          },
        };
      }
      if (/\bcreateRunFiles\b/.test(query)) {
        const { name: run, ...place } = readBucket({ ...variables, name: variables?.['run'] ?? variables?.['name'] }, ENTITY);
        const files = Array.isArray(variables?.['files']) ? variables['files'].filter((file) => typeof file === 'string') : [];
        const id = bucketId({ ...place, name: run }, senderOf(request).labels);
        const origin = `${request.protocol}://${request.headers.host ?? ''}`;
        const url = (file: string): string =>
          `${origin}/api/runs/${id}/artifacts/file?path=${encodeURIComponent(`wandb/${file}`)}`;
        return {
          data: {
            createRunFiles: {
              runID: globalId({ ...place, name: run }),
              uploadHeaders: [],
              files: files.map((file) => ({ name: file, uploadUrl: url(file) })),
            },
          },
        };
      }
      if (/\bviewer\b/i.test(query)) {
        const viewer = { id: ENTITY, entity: ENTITY, username: ENTITY, flags: '{}', teams: { edges: [] } };
        return { data: { viewer, serverInfo: SERVER_INFO } };
      }
      if (/\bserverInfo\b/i.test(query)) return { data: { serverInfo: SERVER_INFO } };
      return { data: {} };
    },
  });

  app.route({
    method: 'POST',
    url: '/files/:entity/:project/:run/file_stream',
    config,
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      summary: 'The stream of what a run of W&B’s clients logs (experimental)',
      tags: TAGS,
      params: z.object({ entity: part, project: part, run: part }),
    },
    async handler(request) {
      const { entity, project, run } = request.params;
      const stream = readFileStream(request.body);
      const sender = senderOf(request);
      const lines = (stream.history?.lines.length ?? 0) + (stream.events?.lines.length ?? 0);
      await intake.keep('runs', sender, lines, () => wandb.take({ entity, project, name: run }, stream, sender));
      return {};
    },
  });

  // Their clients print this link when a run begins and ends. Whether there is such a run, nobody hears who is not signed in.
  app.route({
    method: 'GET',
    url: '/:entity/:project/runs/:run',
    config: { access: 'anyone' },
    schema: { hide: true, params: z.object({ entity: part, project: part, run: part }) },
    async handler(request, reply) {
      const { entity, project, run } = request.params;
      const place = { entity, project, name: run };
      const isNobody = request.caller === undefined;
      return reply.redirect(`/runs/${isNobody ? bucketId(place, Labels.empty) : await idOfBucket(place, own(request).runs)}`);
    },
  });
}

const SERVER_INFO = {
  cliVersionInfo: { max_cli_version: '99.0.0', min_cli_version: '0.0.0' },
  latestLocalVersionInfo: { outOfDate: false, latestVersionString: '0.0.0', versionOnThisInstanceString: '0.0.0' },
};
