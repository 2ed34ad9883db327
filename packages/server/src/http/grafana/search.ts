import { z } from 'zod';
import { authorOf } from '../../auth/author.ts';
import type { DocumentStore } from '../../documents/document-store.ts';
import { GENERAL } from '../../documents/folder-tree.ts';
import type { Folder } from '../../documents/folders.ts';
import type { CatalogCard, DashboardCatalog } from '../../query/dashboard-catalog.ts';
import { scorer, searchable } from '../../query/search-dashboards.ts';
import type { Routes } from '../routes.ts';
import { dashboardUrl, flag, folderUrl, many, ORG, slug } from './shapes.ts';

const MAX_LISTED = 5_000;
/** Some clients send several ids in one value. */
const ids = many.transform((values) => values.flatMap((value) => value.split(',')).filter((value) => value !== ''));

export function grafanaSearchRoutes(app: Routes, catalog: DashboardCatalog, documents: DocumentStore): void {
  app.route({
    method: 'GET',
    url: '/api/search',
    config: { access: 'page' },
    schema: {
      summary: 'Searches folders and dashboards, as Grafana does',
      querystring: z.object({
        query: z.string().max(1_000).default(''),
        tag: many,
        type: z.enum(['dash-db', 'dash-folder', '']).default(''),
        dashboardIds: ids,
        dashboardUIDs: ids,
        dashboardUID: ids,
        folderIds: ids,
        folderUIDs: ids,
        starred: flag,
        limit: z.coerce.number().int().min(1).max(MAX_LISTED).default(1_000),
        page: z.coerce.number().int().min(1).default(1),
        sort: z.string().max(100).default(''),
      }),
    },
    async handler(request) {
      const { query, tag, type, dashboardIds, dashboardUIDs, dashboardUID, folderIds, folderUIDs, starred, limit, page, sort } =
        request.query;
      const stars = await documents.dashboards.starsOf(authorOf(request.caller).userId);
      const folders = await documents.folders.list();
      const wantedUids = [...dashboardUIDs, ...dashboardUID];
      const wantedFolders = foldersNamed(folderIds, folderUIDs, folders);
      // Folders have neither tags nor stars.
      const asksForDashboards = tag.length > 0 || starred || dashboardIds.length > 0 || wantedUids.length > 0;
      const score = scorer(query);
      const foundFolders =
        type === 'dash-db' || asksForDashboards
          ? []
          : folders.filter(
              ({ uid, title, description, parentUid }) =>
                (wantedFolders === undefined || wantedFolders.includes(parentUid)) &&
                score(searchable({ uid, title, description, tags: [], folderPath: [] })) > 0,
            );
      const foundDashboards =
        type === 'dash-folder'
          ? []
          : (
              await catalog.search({
                text: query,
                tags: tag,
                folders: wantedFolders,
                uids: wantedUids.length > 0 ? new Set(wantedUids) : starred ? stars : undefined,
              })
            ).filter(
              ({ id, uid }) => (dashboardIds.length === 0 || dashboardIds.includes(String(id))) && (!starred || stars.has(uid)),
            );
      const folderIdOf = new Map(folders.map(({ uid, id }) => [uid, id]));
      const hits = [
        ...foundFolders.map((folder) => folderHit(folder, folders)),
        ...foundDashboards.map((card) => dashboardHit(card, stars, folderIdOf)),
      ];
      if (sort.startsWith('alpha')) {
        const direction = sort === 'alpha-desc' ? -1 : 1;
        hits.sort((a, b) => direction * a.title.localeCompare(b.title));
      }
      return hits.slice((page - 1) * limit, page * limit);
    },
  });

  app.route({
    method: 'GET',
    url: '/api/search/sorting',
    config: { access: 'page' },
    schema: { summary: 'The orders that a search can have' },
    handler: async () => ({
      sortOptions: [
        {
          name: 'alpha-asc',
          displayName: 'Alphabetically (A–Z)',
          description: 'Sort results in an alphabetically ascending order',
          meta: '',
        },
        {
          name: 'alpha-desc',
          displayName: 'Alphabetically (Z–A)',
          description: 'Sort results in an alphabetically descending order',
          meta: '',
        },
      ],
    }),
  });
}

/** undefined is everywhere; "" is the top. */
function foldersNamed(ids: readonly string[], uids: readonly string[], folders: readonly Folder[]): string[] | undefined {
  if (ids.length === 0 && uids.length === 0) return undefined;
  const ofIds = ids.flatMap((id) => (id === '0' ? [''] : folders.filter((it) => String(it.id) === id).map((it) => it.uid)));
  return [...ofIds, ...uids.map((uid) => (uid === GENERAL ? '' : uid))];
}

function folderHit({ id, uid, title, parentUid }: Folder, folders: readonly Folder[]) {
  const parent = folders.find((it) => it.uid === parentUid);
  return {
    id,
    uid,
    orgId: ORG.id,
    title,
    uri: `db/${slug(title)}`,
    url: folderUrl(uid, title),
    slug: slug(title),
    type: 'dash-folder',
    tags: [],
    isStarred: false,
    ...(parent === undefined
      ? {}
      : { folderUid: parent.uid, folderTitle: parent.title, folderUrl: folderUrl(parent.uid, parent.title) }),
    sortMeta: 0,
  };
}

function dashboardHit(card: CatalogCard, stars: ReadonlySet<string>, folderIdOf: ReadonlyMap<string, number>) {
  const { id, uid, title, description, tags, folder } = card;
  return {
    id,
    uid,
    orgId: ORG.id,
    title,
    ...(description === '' ? {} : { description }),
    uri: `db/${slug(title)}`,
    url: dashboardUrl(uid, title),
    slug: slug(title),
    type: 'dash-db',
    tags,
    isStarred: stars.has(uid),
    ...(folder === undefined
      ? {}
      : {
          folderId: folderIdOf.get(folder.uid) ?? 0,
          folderUid: folder.uid,
          folderTitle: folder.title,
          folderUrl: folderUrl(folder.uid, folder.title),
        }),
    sortMeta: 0,
  };
}
