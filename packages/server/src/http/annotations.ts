import { BadRequest } from '@vitrine/model/bad-request.ts';
import { z } from 'zod';
import { authorOf } from '../auth/author.ts';
import type { Caller } from '../auth/guard.ts';
import type { Annotation, AnnotationDocuments } from '../documents/annotations.ts';
import type { OwnOf } from '../own/own.ts';
import type { CatalogCard, DashboardCatalog } from '../query/dashboard-catalog.ts';
import { HttpError } from './errors.ts';
import { flag, many, optional } from './grafana/shapes.ts';
import type { Routes } from './routes.ts';

const MAX_TEXT = 10_000;
const MAX_TAGS = 50;
const MAX_TAG = 200;
const MAX_DATA = 10_000;
const MAX_LISTED = 10_000;
const USUAL_LISTED = 100;
/** The last millisecond that a Date can hold. */
const MAX_TIME_MS = 8.64e15;

const time = z.number().int().min(-MAX_TIME_MS).max(MAX_TIME_MS);
const tags = z.array(z.string().max(MAX_TAG)).max(MAX_TAGS);
const data = z.record(z.string(), z.unknown());
const byId = z.object({ id: z.coerce.number().int() });
const change = z.object({
  time: optional(time),
  timeEnd: optional(time),
  text: optional(z.string().max(MAX_TEXT)),
  tags: optional(tags),
  data: optional(data),
});

/**
 * Events that people and pipelines write down, in Grafana's shapes, for the page and for Grafana's clients alike. Whoever may
 * send samples may send events: a deployment is one curl.
 */
export function annotationRoutes(app: Routes, catalog: DashboardCatalog, own: OwnOf): void {
  const dashboardOf = async (uid: string | undefined, id: number | undefined): Promise<CatalogCard | undefined> => {
    if (uid === undefined || uid === '') return id === undefined || id === 0 ? undefined : catalog.cardById(id);
    return catalog.card(uid);
  };
  const shape = async (annotation: Annotation) => {
    const card = annotation.dashboardUid === '' ? undefined : await catalog.card(annotation.dashboardUid);
    return {
      id: annotation.id,
      alertId: 0,
      alertName: '',
      dashboardId: card?.id ?? 0,
      dashboardUID: annotation.dashboardUid === '' ? null : annotation.dashboardUid,
      panelId: annotation.panelId ?? 0,
      userId: annotation.userId,
      newState: '',
      prevState: '',
      created: annotation.createdMs,
      updated: annotation.updatedMs,
      time: annotation.timeMs,
      timeEnd: annotation.endMs,
      text: annotation.text,
      tags: annotation.tags,
      login: annotation.userName,
      email: '',
      avatarUrl: '',
      data: annotation.data,
    };
  };
  const find = async (annotations: Pick<AnnotationDocuments, 'get'>, id: number): Promise<Annotation> => {
    const found = await annotations.get(id);
    if (found === undefined) throw new HttpError('no_such_annotation', `There is no annotation ${id}.`, 'id');
    return found;
  };

  app.route({
    method: 'GET',
    url: '/api/annotations',
    config: { access: 'page' },
    schema: {
      summary: 'Annotations that reach into a range, the newest first',
      querystring: z.object({
        from: z.coerce.number().optional(),
        to: z.coerce.number().optional(),
        limit: z.coerce.number().int().min(1).max(MAX_LISTED).default(USUAL_LISTED),
        tags: many,
        matchAny: flag,
        type: z.enum(['annotation', 'alert']).optional(),
        dashboardUID: z.string().optional(),
        dashboardId: z.coerce.number().optional(),
        panelId: z.coerce.number().optional(),
        userId: z.coerce.number().optional(),
        alertId: z.coerce.number().optional(),
      }),
    },
    async handler(request) {
      const { from, to, limit, type, matchAny, dashboardUID, dashboardId, panelId, userId, alertId } = request.query;
      // Alerts write none.
      if (type === 'alert' || (alertId ?? 0) !== 0) return [];
      const dashboard = await dashboardOf(dashboardUID, dashboardId);
      const asksForDashboard = (dashboardUID ?? '') !== '' || (dashboardId ?? 0) !== 0;
      if (asksForDashboard && dashboard === undefined) return [];
      const found = await own(request).annotations.find({
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
        ...(dashboard === undefined ? {} : { dashboardUid: dashboard.uid }),
        ...((panelId ?? 0) === 0 ? {} : { panelId: panelId as number }),
        ...((userId ?? 0) === 0 ? {} : { userId: userId as number }),
        tags: request.query.tags.slice(0, MAX_TAGS),
        matchAny,
        limit,
      });
      return Promise.all(found.map(shape));
    },
  });

  app.route({
    method: 'POST',
    url: '/api/annotations',
    config: { access: 'ingest' },
    schema: {
      summary: 'Writes down what happened, at an instant or over a stretch',
      body: z.object({
        dashboardUID: optional(z.string()),
        dashboardId: optional(z.number()),
        panelId: optional(z.number().int().min(0)),
        time: optional(time),
        timeEnd: optional(time),
        text: optional(z.string().max(MAX_TEXT)),
        tags: optional(tags),
        data: optional(data),
      }),
    },
    async handler(request) {
      refuseViewers(request.caller);
      const { dashboardUID, dashboardId, panelId = 0, text = '', ...rest } = request.body;
      if (text.trim() === '') throw new BadRequest('text', 'is empty; say what happened');
      const dashboard = await dashboardOf(dashboardUID, dashboardId);
      if (dashboard === undefined && ((dashboardUID ?? '') !== '' || (dashboardId ?? 0) !== 0)) {
        throw new HttpError('no_such_dashboard', `There is no dashboard "${dashboardUID ?? dashboardId}".`, 'dashboardUID');
      }
      const nowMs = Date.now();
      const { userId, name } = authorOf(request.caller);
      const id = await own(request).annotations.add({
        dashboardUid: dashboard?.uid ?? '',
        panelId: panelId === 0 ? undefined : panelId,
        ...stretch(rest.time ?? nowMs, rest.timeEnd),
        text,
        tags: rest.tags ?? [],
        data: checkedData(rest.data ?? {}),
        userId,
        userName: name,
        createdMs: nowMs,
      });
      return { message: 'Annotation added', id };
    },
  });

  app.route({
    method: 'POST',
    url: '/api/annotations/graphite',
    config: { access: 'ingest' },
    schema: {
      summary: 'Writes down what happened, as Graphite’s event API has it',
      body: z.object({
        what: z.string().max(MAX_TEXT),
        when: optional(z.number()),
        data: optional(z.string().max(MAX_TEXT)),
        // Old Graphite sends them in one text.
        tags: optional(
          z.union([
            tags,
            z
              .string()
              .max(MAX_TEXT)
              .transform((text) => text.split(/[\s,]+/).filter(Boolean)),
          ]),
        ),
      }),
    },
    async handler(request) {
      refuseViewers(request.caller);
      const { what, when, data: more = '', tags: given = [] } = request.body;
      if (what.trim() === '') throw new BadRequest('what', 'is empty; say what happened');
      const nowMs = Date.now();
      const { userId, name } = authorOf(request.caller);
      const id = await own(request).annotations.add({
        dashboardUid: '',
        panelId: undefined,
        ...stretch(when === undefined || when === 0 ? nowMs : Math.round(when * 1_000), undefined),
        text: more === '' ? what : `${what}\n${more}`,
        tags: given,
        data: {},
        userId,
        userName: name,
        createdMs: nowMs,
      });
      return { message: 'Graphite annotation added', id };
    },
  });

  app.route({
    method: 'POST',
    url: '/api/annotations/mass-delete',
    config: { access: 'edit' },
    schema: {
      summary: 'Removes the annotations of a panel, or one',
      body: z.object({
        annotationId: optional(z.number().int()),
        dashboardUID: optional(z.string()),
        dashboardId: optional(z.number().int()),
        panelId: optional(z.number().int()),
      }),
    },
    async handler(request) {
      const { annotations } = own(request);
      const { annotationId = 0, dashboardUID, dashboardId, panelId = 0 } = request.body;
      if (annotationId !== 0) {
        await annotations.remove((await find(annotations, annotationId)).id);
        return { message: 'Annotations deleted' };
      }
      const dashboard = await dashboardOf(dashboardUID, dashboardId);
      if (dashboard === undefined || panelId === 0)
        throw new BadRequest(
          'panelId',
          'say which dashboard and panel, or an annotationId; all at once is too easily meant otherwise',
        );
      await annotations.removeOf(dashboard.uid, panelId);
      return { message: 'Annotations deleted' };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/annotations/tags',
    config: { access: 'page' },
    schema: {
      summary: 'The tags of annotations, with how many have each',
      querystring: z.object({
        tag: z.string().max(MAX_TAG).default(''),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
    },
    handler: async (request) => ({
      result: { tags: await own(request).annotations.tags(request.query.tag, request.query.limit) },
    }),
  });

  app.route({
    method: 'GET',
    url: '/api/annotations/:id',
    config: { access: 'page' },
    schema: { summary: 'One annotation', params: byId },
    handler: async (request) => shape(await find(own(request).annotations, request.params.id)),
  });

  for (const method of ['PUT', 'PATCH'] as const) {
    app.route({
      method,
      url: '/api/annotations/:id',
      // A pipeline that wrote down its start also writes down its end.
      config: { access: 'ingest' },
      schema: { summary: method === 'PUT' ? 'Says anew what happened' : 'Changes what is sent', params: byId, body: change },
      async handler(request) {
        const { annotations } = own(request);
        const before = await find(annotations, request.params.id);
        refuseOthers(before, request.caller);
        const { time: timeMs, timeEnd, text, tags: given, data: more } = request.body;
        if (text?.trim() === '') throw new BadRequest('text', 'is empty; say what happened');
        const isMoved = timeMs !== undefined || timeEnd !== undefined;
        // An instant that moves stays one.
        const endMs = timeEnd ?? (before.endMs === before.timeMs ? undefined : before.endMs);
        await annotations.change(
          before.id,
          {
            ...(isMoved ? stretch(timeMs ?? before.timeMs, endMs) : {}),
            ...(text === undefined ? {} : { text }),
            ...(given === undefined ? (method === 'PUT' ? { tags: [] } : {}) : { tags: given }),
            ...(more === undefined ? {} : { data: checkedData(more) }),
          },
          Date.now(),
        );
        return { message: method === 'PUT' ? 'Annotation updated' : 'Annotation patched', id: before.id };
      },
    });
  }

  app.route({
    method: 'DELETE',
    url: '/api/annotations/:id',
    config: { access: 'edit' },
    schema: { summary: 'Removes an annotation', params: byId },
    async handler(request) {
      const { annotations } = own(request);
      const { id } = await find(annotations, request.params.id);
      await annotations.remove(id);
      return { message: 'Annotation deleted' };
    },
  });
}

/** A signed-in viewer looks on; a token that ingests is there to write. */
function refuseViewers(caller: Caller | undefined): void {
  if (caller?.kind === 'user' && caller.user.role === 'viewer') throw new HttpError('not_allowed');
}

/** Who may edit changes any; a token, and a script on this machine, what it wrote itself. */
function refuseOthers(annotation: Annotation, caller: Caller | undefined): void {
  refuseViewers(caller);
  const author = authorOf(caller);
  if (author.role !== 'viewer') return;
  if (annotation.userId === author.userId && annotation.userName === author.name) return;
  throw new HttpError(
    'not_allowed',
    `Annotation ${annotation.id} was written by ${annotation.userName}; only editors change what others wrote.`,
  );
}

function stretch(timeMs: number, endMs: number | undefined): { timeMs: number; endMs: number } {
  if (endMs === undefined || endMs === 0) return { timeMs, endMs: timeMs };
  if (endMs < timeMs) throw new BadRequest('timeEnd', `${endMs} is before time ${timeMs}`);
  return { timeMs, endMs };
}

function checkedData(given: Record<string, unknown>): Record<string, unknown> {
  if (JSON.stringify(given).length > MAX_DATA) throw new BadRequest('data', `is larger than ${MAX_DATA} bytes`);
  return given;
}
