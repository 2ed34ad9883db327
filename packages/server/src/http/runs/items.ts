import { RUN_FILE_MEDIA, RUN_ITEM_KINDS, type RunItem } from '@vitrine/model/curve-store.ts';
import type { RunItemRows, RunItemRowsAnswer, RunItemsAnswer } from '@vitrine/model/run-api.ts';
import { z } from 'zod';
import { openArtifact } from '../../runs/artifacts.ts';
import { evenly, itemRows } from '../../runs/item-numbers.ts';
import type { OwnOf } from '../../own/own.ts';
import { HttpError } from '../errors.ts';
import type { Routes } from '../routes.ts';
import { sendFile } from './artifacts.ts';
import { sendHarmlessly, typeOfFile, typeOfMedia } from './harmless.ts';
import { byRun, runOf, TAGS } from './run-of.ts';
import { sendRunJson } from './send-run-json.ts';

const MAX_TAG = 1_000;
const MOST_AT_ONCE = 1_000;
const NUMERIC = ['histogram', 'pr_curve'] as const;
/** Endings of saved files, where the type has one. */
const ENDINGS: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/svg+xml': '.svg',
  'audio/wav': '.wav',
  'audio/mpeg': '.mp3',
};

/** What was logged at steps and is no number: images, texts, histograms … */
export function itemRoutes(app: Routes, { own }: { readonly own: OwnOf }): void {
  app.route({
    method: 'GET',
    url: '/api/runs/:id/items',
    config: { access: 'read' },
    schema: {
      summary: 'Images, texts, audio, histograms, PR curves and tables of a run, without their data: by tag, step and index',
      tags: TAGS,
      params: byRun,
      querystring: z.object({ kind: z.enum(RUN_ITEM_KINDS).optional(), tag: z.string().max(MAX_TAG).optional() }),
    },
    async handler(request, reply) {
      const { runs } = own(request);
      const { id } = await runOf(runs, request.params.id);
      const { kind, tag } = request.query;
      const items = await runs.curves.items({ run: id, tag, kinds: kind === undefined ? undefined : [kind] });
      return sendRunJson(reply, { items } satisfies RunItemsAnswer);
    },
  });

  app.route({
    method: 'GET',
    url: '/api/runs/:id/item-rows',
    config: { access: 'read' },
    schema: {
      summary:
        'Histograms or PR curves of one tag with their numbers; where there are more than `most`, or than 16 MiB, evenly chosen ones',
      tags: TAGS,
      params: byRun,
      querystring: z.object({
        kind: z.enum(NUMERIC),
        tag: z.string().max(MAX_TAG),
        most: z.coerce.number().int().min(1).max(MOST_AT_ONCE).default(100),
      }),
    },
    async handler(request, reply) {
      const { runs } = own(request);
      const { id } = await runOf(runs, request.params.id);
      const { kind, tag, most } = request.query;
      const all = await runs.curves.items({ run: id, tag, kinds: [kind] });
      const items: RunItemRows[] = [];
      const { chosen, isCut } = evenly(all, most);
      for (const { id: item } of chosen) {
        const found = await runs.curves.item(item);
        // One may be gone since.
        if (found !== undefined)
          items.push({ id: item, step: found.step, timeMs: found.timeMs, rows: itemRows(found, found.data) });
      }
      return sendRunJson(reply, { total: all.length, isCut, items } satisfies RunItemRowsAnswer);
    },
  });

  app.route({
    method: 'GET',
    url: '/api/runs/items/:item',
    config: { access: 'read' },
    schema: {
      summary: 'The data of one: an image or sound as it was logged, text, a table as JSON, numbers as JSON',
      tags: TAGS,
      params: z.object({ item: z.coerce.number().int().min(0) }),
      querystring: z.object({ download: z.enum(['true', 'false']).optional() }),
    },
    async handler(request, reply) {
      const { runs } = own(request);
      const item = await runs.curves.item(request.params.item);
      if (item === undefined || (await runs.find(item.run)) === undefined)
        throw new HttpError('not_found', `There is no item ${request.params.item}.`, 'item');
      if (item.mediaType === RUN_FILE_MEDIA) {
        const path = Buffer.from(item.data).toString();
        const file = await openArtifact(runs.artifactFolder(item.run), path);
        if (file === undefined) throw new HttpError('not_found', `The file of item ${item.id} is gone.`, 'item');
        sendHarmlessly(reply, typeOfFile(path), path.split('/').at(-1) ?? '', request.query.download === 'true');
        return sendFile(request, reply, file);
      }
      const type = typeOf(item);
      const name = `${item.tag.replaceAll(/[/\\\p{Cc}]/gu, '_')}-${item.step}${ENDINGS[type] ?? ''}`;
      sendHarmlessly(reply, type, name, request.query.download === 'true');
      if (item.kind === 'histogram' || item.kind === 'pr_curve') return sendRunJson(reply, { rows: itemRows(item, item.data) });
      // An item never changes.
      return reply.header('cache-control', 'private, max-age=3600').send(Buffer.from(item.data));
    },
  });
}

function typeOf({ kind, mediaType }: RunItem): string {
  switch (kind) {
    case 'text':
      return 'text/plain; charset=utf-8';
    case 'table':
    case 'histogram':
    case 'pr_curve':
      return 'application/json; charset=utf-8';
    case 'image':
    case 'audio':
      return typeOfMedia(mediaType);
  }
}
