import type { PanelDraft } from '@vitrine/model/api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { encodePanelData, FRAME_CONTENT_TYPE } from '@vitrine/model/frame-wire.ts';
import { parsePanel } from '@vitrine/model/parse/panel.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import { parseVariable } from '@vitrine/model/parse/variable.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { mayEdit } from '../auth/guard.ts';
import type { CatalogEntry, DashboardCatalog } from '../query/dashboard-catalog.ts';
import { type PanelRequest, runPanel, type RunPanelNeeds } from '../query/run-panel.ts';
import { abortOnDisconnect } from './abort-on-disconnect.ts';
import { HttpError } from './errors.ts';
import { chosenFilters, chosenValues, findDashboard, pageOf, pageTime, timeZone } from './page-request.ts';
import type { Routes } from './routes.ts';

/** A draft carries a panel of any size that may be saved. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

const panelDataRequest = z
  .object({
    dashboard: z.string().max(100),
    panel: z.number().int(),
    fromMs: pageTime,
    toMs: pageTime,
    widthPx: z.number().min(1).max(100_000),
    sinceMs: pageTime.optional(),
    stepMs: z.number().int().min(1).max(8.64e15).optional(),
    variables: chosenValues.optional(),
    filters: chosenFilters.optional(),
    timeZone: timeZone.optional(),
    top: z
      .object({ limit: z.number().int().min(1).max(2_000), by: z.enum(['last', 'max', 'mean']), envelope: z.boolean() })
      .strict()
      .optional(),
    draft: z.unknown().optional(),
    zoom: z
      .object({ from: z.number(), to: z.number() })
      .strict()
      .refine(({ from, to }) => to > from, 'its end must be after its start')
      .optional(),
  })
  .strict();

export function panelDataRoutes(
  app: Routes,
  catalog: DashboardCatalog,
  needsOf: (request: FastifyRequest) => RunPanelNeeds,
): void {
  app.route({
    method: 'POST',
    url: '/api/panel-data',
    config: { access: 'page' },
    bodyLimit: MAX_BODY_BYTES,
    schema: { summary: 'All queries of one panel, answered as frames', body: panelDataRequest },
    async handler(request, reply) {
      const { body } = request;
      const draft = body.draft === undefined ? undefined : readDraft(body.draft);
      if (draft !== undefined && !mayEdit(request.caller)) {
        throw new HttpError('not_allowed', 'Only those who may edit can try out a panel that is not saved.', 'draft');
      }
      // Nothing that is saved is needed to try something out.
      const entry = draft !== undefined && body.dashboard === '' ? undefined : await findDashboard(catalog, body.dashboard);
      const panel = draft?.panel ?? findPanel(entry as CatalogEntry, body.panel);
      const saved = entry?.dashboard.panels ?? [];
      const asked: PanelRequest = {
        panel,
        panels: draft === undefined ? saved : [draft.panel, ...saved.filter(({ id }) => id !== panel.id)],
        page: pageOf(entry?.dashboard, draft?.variables, body, request.caller),
        fromMs: body.fromMs,
        toMs: body.toMs,
        widthPx: body.widthPx,
        ...(body.sinceMs === undefined ? {} : { sinceMs: body.sinceMs }),
        ...(body.stepMs === undefined ? {} : { stepMs: body.stepMs }),
        ...(body.top === undefined ? {} : { top: body.top }),
        ...(body.zoom === undefined ? {} : { zoom: body.zoom }),
        ...(draft?.transformations === undefined ? {} : { transformations: draft.transformations }),
      };
      const data = await runPanel(asked, needsOf(request), abortOnDisconnect(reply));
      return reply
        .type(FRAME_CONTENT_TYPE)
        .header('cache-control', 'no-store')
        .send(Buffer.from(encodePanelData(data).buffer));
    },
  });
}

function findPanel({ dashboard }: CatalogEntry, panelId: number): PanelDraft['panel'] {
  const panel = dashboard.panels.find(({ id }) => id === panelId);
  if (panel === undefined)
    throw new HttpError('no_such_panel', `The dashboard "${dashboard.uid}" has no panel ${panelId}.`, 'panel');
  return panel;
}

/** Throws BadRequest that names the field. */
function readDraft(input: unknown): PanelDraft {
  const draft = new Read('draft', input).only(['panel', 'variables', 'transformations']);
  const variables = draft.at('variables').or([], (it) => it.array());
  if (variables.length > 1_000)
    throw new BadRequest('draft.variables', `has ${variables.length} entries; at most 1,000 are read`);
  const transformations = draft.at('transformations');
  return {
    panel: parsePanel(draft.at('panel')),
    variables: variables.map(parseVariable),
    ...(transformations.missing ? {} : { transformations: transformations.integer(0, 1_000) }),
  };
}
