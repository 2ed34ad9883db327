import { BUILTIN_SOURCE } from '@vitrine/model/dashboard.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { authorOf } from '../auth/author.ts';
import { revisionOf, setUpDataSource } from '../documents/data-source-setup.ts';
import type { DataSource } from '../documents/data-sources.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { provisioningFilesOfSources } from '../provisioning/provision-data-sources.ts';
import type { Sources } from '../query/sources.ts';
import { HttpError } from './errors.ts';
import { optional, ORG } from './grafana/shapes.ts';
import type { Routes } from './routes.ts';

/** A data source as people and scripts write it, in the words of Grafana. */
export const dataSourceInput = z.object({
  uid: optional(z.string()),
  name: z.string(),
  type: z.string(),
  url: optional(z.string()),
  access: optional(z.string()),
  user: optional(z.string()),
  database: optional(z.string()),
  basicAuth: optional(z.boolean()),
  basicAuthUser: optional(z.string()),
  withCredentials: optional(z.boolean()),
  isDefault: optional(z.boolean()),
  jsonData: optional(z.record(z.string(), z.unknown())),
  secureJsonData: optional(z.record(z.string(), z.string())),
  /** The one that was changed: where a newer one is saved, this is refused. */
  version: optional(z.number().int()),
});

/** How an address names a data source. */
const ADDRESSES = [
  { url: '/api/datasources/uid/:key', fits: (it: DataSource, key: string) => it.uid === key },
  { url: '/api/datasources/name/:key', fits: (it: DataSource, key: string) => it.name === key },
  { url: '/api/datasources/:key', fits: (it: DataSource, key: string) => String(it.id) === key },
] as const;
const byKey = z.object({ key: z.string() });

/** Vitrine's own store, which is always there and is not set up. */
const OWN_STORE: DataSource = {
  id: 0,
  uid: BUILTIN_SOURCE.uid,
  name: 'Vitrine',
  type: BUILTIN_SOURCE.type,
  url: '',
  settings: { access: 'proxy' },
  isDefault: false,
  readOnly: true,
  byFile: true,
  version: 1,
  updatedMs: 0,
  secretNames: [],
};

/** Data sources, in Grafana's shapes, for the page and for Grafana's clients alike. No answer holds a secret. */
export function dataSourceRoutes(
  app: Routes,
  documents: DocumentStore,
  sources: Pick<Sources, 'health' | 'kinds' | 'forget'>,
): void {
  const shape = (source: DataSource, request: FastifyRequest, files?: ReadonlyMap<string, string>) => ({
    ...shapeOf(source, request, sources.kinds.unsupported(source), files),
    // Beyond Grafana's shape: how it answered since this server's start, for those who may see where it is.
    ...(isAdmin(request) ? { health: sources.health({ ...source, revision: revisionOf(source) }) } : {}),
  });
  const list = async (): Promise<DataSource[]> => {
    const saved = await documents.dataSources.list();
    return [{ ...OWN_STORE, isDefault: !saved.some(({ isDefault }) => isDefault) }, ...saved];
  };
  const find = async (fits: (source: DataSource) => boolean, key: string): Promise<DataSource> => {
    const found = (await list()).find(fits);
    if (found === undefined) throw new HttpError('no_such_source', `There is no data source "${key.slice(0, 100)}".`);
    return found;
  };
  const findOwn = async (fits: (source: DataSource) => boolean, key: string): Promise<DataSource> => {
    const source = await find(fits, key);
    if (source.uid === BUILTIN_SOURCE.uid)
      throw new HttpError('provisioned_source', 'Vitrine’s own store is always there; it cannot be changed or removed.');
    if (source.readOnly) throw new HttpError('provisioned_source', `A file sets up "${source.name}", so it is changed there.`);
    return source;
  };

  app.route({
    method: 'GET',
    url: '/api/datasources',
    config: { access: 'page' },
    schema: { summary: 'The data sources; where they are and how, only for admins' },
    async handler(request) {
      const files = await provisioningFilesOfSources(documents);
      return (await list()).map((source) => shape(source, request, files));
    },
  });

  app.route({
    method: 'POST',
    url: '/api/datasources',
    config: { access: 'admin' },
    schema: { summary: 'Sets up a data source', body: dataSourceInput },
    async handler(request) {
      const source = await setUpDataSource(documents, request.body, undefined);
      return { datasource: shape(source, request), id: source.id, message: 'Datasource added', name: source.name };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/datasources/id/:key',
    config: { access: 'page' },
    schema: { summary: 'The number of a data source, by its name', params: byKey },
    async handler(request) {
      const { key } = request.params;
      return { id: (await find((it) => it.name === key, key)).id };
    },
  });

  for (const { url, fits } of ADDRESSES) {
    app.route({
      method: 'GET',
      url,
      config: { access: 'page' },
      schema: { summary: 'One data source', params: byKey },
      async handler(request) {
        const { key } = request.params;
        return shape(await find((it) => fits(it, key), key), request, await provisioningFilesOfSources(documents));
      },
    });
    app.route({
      method: 'PUT',
      url,
      config: { access: 'admin' },
      schema: { summary: 'Changes a data source; secrets that are not sent stay', params: byKey, body: dataSourceInput },
      async handler(request) {
        const { key } = request.params;
        const before = await findOwn((it) => fits(it, key), key);
        const { version = 0 } = request.body;
        // As in Grafana: 0 is none, and who wants to save at any price gives a higher one.
        if (version > 0 && version < before.version)
          throw new HttpError(
            'source_changed',
            `Somebody else saved "${before.name}" meanwhile. Load it again to see what is saved, and change that.`,
          );
        const source = await setUpDataSource(documents, request.body, before);
        await sources.forget(before.uid);
        return { datasource: shape(source, request), id: source.id, message: 'Datasource updated', name: source.name };
      },
    });
    app.route({
      method: 'DELETE',
      url,
      config: { access: 'admin' },
      schema: { summary: 'Removes a data source', params: byKey },
      async handler(request) {
        const { key } = request.params;
        const { uid, id } = await findOwn((it) => fits(it, key), key);
        await documents.dataSources.remove(uid);
        await sources.forget(uid);
        return { message: 'Data source deleted', id };
      },
    });
  }
}

/** Where a source is and who it is asked as may tell more of a network than viewers are to know. */
function shapeOf(
  source: DataSource,
  request: FastifyRequest,
  unsupported: string | undefined,
  files: ReadonlyMap<string, string> | undefined,
) {
  const { id, uid, name, type, isDefault, readOnly, version, settings } = source;
  const mayKnow = isAdmin(request);
  const text = (key: string): string => (mayKnow && typeof settings[key] === 'string' ? settings[key] : '');
  return {
    id,
    uid,
    orgId: ORG.id,
    name,
    type,
    typeName: type,
    typeLogoUrl: '',
    access: typeof settings['access'] === 'string' ? settings['access'] : 'proxy',
    url: mayKnow ? source.url : '',
    user: text('user'),
    database: text('database'),
    basicAuth: settings['basicAuth'] === true,
    basicAuthUser: text('basicAuthUser'),
    withCredentials: settings['withCredentials'] === true,
    isDefault,
    jsonData: mayKnow ? (settings['jsonData'] ?? {}) : {},
    secureJsonFields: mayKnow ? Object.fromEntries(source.secretNames.map((secret) => [secret, true])) : {},
    version,
    readOnly,
    // Beyond Grafana's shape: what is set up here may be of a type that only Grafana can ask.
    supported: unsupported === undefined,
    notice: unsupported ?? '',
    // The file by which it was set up.
    provisionedBy: mayKnow ? files?.get(source.uid) : undefined,
  };
}

function isAdmin(request: FastifyRequest): boolean {
  return authorOf(request.caller).role === 'admin';
}
