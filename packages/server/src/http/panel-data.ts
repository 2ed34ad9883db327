import { encodePanelData, FRAME_CONTENT_TYPE } from '@vitrine/model/frame-wire.ts';
import { z } from 'zod';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { runPanel, type RunPanelNeeds } from '../query/run-panel.ts';
import { abortOnDisconnect } from './abort-on-disconnect.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

/** The last millisecond that a Date can hold. */
const MAX_TIME_MS = 8.64e15;
const time = z.number().int().min(-MAX_TIME_MS).max(MAX_TIME_MS);

const panelDataRequest = z
  .object({
    dashboard: z.string(),
    panel: z.number().int(),
    fromMs: time,
    toMs: time,
    widthPx: z.number().min(1).max(100_000),
    sinceMs: time.optional(),
    stepMs: z.number().int().min(1).max(MAX_TIME_MS).optional(),
  })
  .strict();

export function panelDataRoutes(app: Routes, catalog: DashboardCatalog, needs: RunPanelNeeds): void {
  app.route({
    method: 'POST',
    url: '/api/panel-data',
    config: { access: 'page' },
    schema: { summary: 'All queries of one panel, answered as frames', body: panelDataRequest },
    async handler(request, reply) {
      const { dashboard: uid, panel: panelId, fromMs, toMs, widthPx, sinceMs, stepMs } = request.body;
      const entry = await catalog.find(uid);
      if (entry === undefined) throw new HttpError('no_such_dashboard', `There is no dashboard "${uid}".`, 'dashboard');
      const panel = entry.dashboard.panels.find(({ id }) => id === panelId);
      if (panel === undefined) throw new HttpError('no_such_panel', `The dashboard "${uid}" has no panel ${panelId}.`, 'panel');
      const range = {
        fromMs,
        toMs,
        widthPx,
        ...(sinceMs === undefined ? {} : { sinceMs }),
        ...(stepMs === undefined ? {} : { stepMs }),
      };
      const data = await runPanel(panel, range, needs, abortOnDisconnect(reply));
      return reply
        .type(FRAME_CONTENT_TYPE)
        .header('cache-control', 'no-store')
        .send(Buffer.from(encodePanelData(data).buffer));
    },
  });
}
