import type { ImportAnswer, ImportedDashboard } from '@vitrine/model/api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { exportDashboard } from '@vitrine/model/grafana/export-dashboard.ts';
import { importDashboards } from '@vitrine/model/grafana/import-dashboard.ts';
import { z } from 'zod';
import { authorOf } from '../auth/author.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { keepLibraryPanels } from '../documents/keep-library-panels.ts';
import type { InstalledPlugins } from '../plugins/installed-plugins.ts';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { MAX_DASHBOARD_BYTES, newUid } from './dashboards.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

/** A text of 20 MiB, the most that is read, with room for what JSON escapes in it. */
const MAX_IMPORT_BYTES = 28 * 1024 * 1024;

const importRequest = z
  .object({
    text: z.string(),
    inputs: z.record(z.string(), z.string()).optional(),
    trial: z.boolean().optional(),
    folder: z.string().optional(),
    overwrite: z.boolean().optional(),
    uid: z.string().optional(),
  })
  .strict();

/** Dashboards of other programs, in and out. */
export function importRoutes(
  app: Routes,
  catalog: DashboardCatalog,
  documents: DocumentStore,
  plugins: Pick<InstalledPlugins, 'list'>,
): void {
  app.route({
    method: 'POST',
    url: '/api/import',
    config: { access: 'edit' },
    bodyLimit: MAX_IMPORT_BYTES,
    schema: { summary: 'Reads Grafana dashboards of any age, and saves them unless it is a trial', body: importRequest },
    async handler(request): Promise<ImportAnswer> {
      const { text, inputs, trial = false, folder, overwrite = false, uid } = request.body;
      const loaded = plugins.list().filter(({ refused }) => refused === undefined);
      const drawn = new Set(loaded.flatMap(({ panels }) => panels));
      const dashboards = importDashboards(text, inputs, uidFor(uid), drawn);
      refuseOneUidForAll(dashboards, uid);
      dashboards.forEach(refuseLarge);
      if (trial) return { dashboards };
      // All or nothing: a file of ten dashboards is not to be saved in part.
      if (!overwrite) await refuseTaken(catalog, dashboards);
      const by = authorOf(request.caller).name;
      for (const { dashboard, report } of dashboards) {
        const message = `Imported from ${report.form}`;
        await catalog.save({ dashboard, folder, message, baseRevision: overwrite ? undefined : 0, by });
        await keepLibraryPanels(documents, dashboard.panels, { folder: folder ?? '', name: by, nowMs: Date.now() });
      }
      return { dashboards };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/dashboards/:uid/export',
    config: { access: 'page' },
    schema: { summary: 'A dashboard as Grafana’s JSON, schema 42', params: z.object({ uid: z.string() }) },
    async handler(request, reply) {
      const { uid } = request.params;
      const entry = await catalog.find(uid);
      if (entry === undefined) throw new HttpError('no_such_dashboard', `There is no dashboard "${uid}".`, 'uid');
      return reply.header('content-disposition', `attachment; filename="${uid}.json"`).send(exportDashboard(entry.dashboard));
    },
  });
}

/** Whoever imports may name the dashboard, or have each get a new uid by "". */
function uidFor(uid: string | undefined): (given: string) => string {
  if (uid === undefined) return (given) => given;
  if (uid === '') return () => newUid();
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(uid)) throw new BadRequest('uid', 'expected 1 to 64 letters, digits, - or _');
  return () => uid;
}

function refuseOneUidForAll(dashboards: readonly ImportedDashboard[], uid: string | undefined): void {
  if (uid === undefined || uid === '' || dashboards.length === 1) return;
  throw new BadRequest('uid', `can name one dashboard, and the file holds ${dashboards.length}; leave it out or send ""`);
}

/** What is imported must be small enough to be saved again after a change. */
function refuseLarge({ dashboard }: ImportedDashboard): void {
  const bytes = Buffer.byteLength(JSON.stringify(dashboard));
  if (bytes <= MAX_DASHBOARD_BYTES) return;
  const [has, most] = [bytes, MAX_DASHBOARD_BYTES].map((count) => (count / 1024 / 1024).toFixed(1));
  throw new BadRequest(
    'text',
    `makes a dashboard "${dashboard.title.slice(0, 100)}" of ${has} MiB, and the limit is ${most} MiB; split it`,
  );
}

async function refuseTaken(catalog: DashboardCatalog, dashboards: readonly ImportedDashboard[]): Promise<void> {
  const seen = new Set<string>();
  for (const { uid } of dashboards.map(({ dashboard }) => dashboard)) {
    if (seen.has(uid))
      throw new BadRequest('text', `holds two dashboards of the uid "${uid}"; send "uid": "" to give each a new one`);
    seen.add(uid);
    const taken = await catalog.card(uid);
    if (taken === undefined) continue;
    throw new HttpError(
      'dashboard_exists',
      `There is a dashboard "${taken.title}" of the uid "${uid}" already; send "overwrite": true to replace it, or another uid.`,
      'uid',
    );
  }
}
