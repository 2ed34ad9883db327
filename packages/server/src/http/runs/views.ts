import type { RunView } from '@vitrine/model/run-api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { z } from 'zod';
import { authorOf } from '../../auth/author.ts';
import type { RunDocuments } from '../../documents/runs.ts';
import { HttpError } from '../errors.ts';
import type { Routes } from '../routes.ts';
import { TAGS } from './run-of.ts';

const MAX_STATE = 100_000;
const MOST_VIEWS = 1_000;

const byUid = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, - or _') });
const saveRequest = z
  .object({
    name: z.string().trim().min(1).max(200),
    project: z.string().max(1_000).default(''),
    state: z.record(z.string(), z.unknown()),
    baseUpdatedMs: z.number().optional(),
  })
  .strict();

/** Saved views of the table of runs, for everybody. */
export function viewRoutes(app: Routes, documents: Pick<RunDocuments, 'views' | 'saveView' | 'removeView'>): void {
  // One at a time: between looking who saved last and saving nobody else saves.
  let saving: Promise<unknown> = Promise.resolve();

  const save = async (view: RunView, baseUpdatedMs: number | undefined): Promise<RunView> => {
    const views = await documents.views();
    const before = views.find(({ uid }) => uid === view.uid);
    if (before === undefined && views.length >= MOST_VIEWS)
      throw new BadRequest('uid', `there are ${MOST_VIEWS} views, which is the limit; remove some first`);
    if (baseUpdatedMs !== undefined && before !== undefined && before.updatedMs !== baseUpdatedMs)
      throw new HttpError('run_view_changed', `${before.updatedBy} saved the view "${before.name}" meanwhile.`, 'baseUpdatedMs');
    // It tells one save from the next, also within a millisecond.
    const saved = { ...view, updatedMs: Math.max(view.updatedMs, (before?.updatedMs ?? 0) + 1) };
    await documents.saveView(saved);
    return saved;
  };

  app.route({
    method: 'GET',
    url: '/api/runs/views',
    config: { access: 'page' },
    schema: { summary: 'The saved views of the table of runs, in order of name', tags: TAGS },
    handler: async () => ({ views: await documents.views() }),
  });

  app.route({
    method: 'PUT',
    url: '/api/runs/views/:uid',
    config: { access: 'edit' },
    schema: { summary: 'Saves a view of the table of runs', tags: TAGS, params: byUid, body: saveRequest },
    async handler(request): Promise<RunView> {
      const { name, project, state, baseUpdatedMs } = request.body;
      const { length } = JSON.stringify(state);
      if (length > MAX_STATE) throw new BadRequest('state', `has ${length} characters, and the limit is ${MAX_STATE}`);
      const { uid } = request.params;
      const view = { uid, name, project, state, updatedMs: Date.now(), updatedBy: authorOf(request.caller).name };
      const saved = saving.then(() => save(view, baseUpdatedMs));
      saving = saved.catch(() => undefined);
      return saved;
    },
  });

  app.route({
    method: 'DELETE',
    url: '/api/runs/views/:uid',
    config: { access: 'edit' },
    schema: { summary: 'Removes a saved view', tags: TAGS, params: byUid },
    async handler(request, reply) {
      const { uid } = request.params;
      if (await documents.removeView(uid)) return reply.code(204).send();
      throw new HttpError('not_found', `There is no view "${uid}".`, 'uid');
    },
  });
}
