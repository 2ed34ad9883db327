import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Author, authorOf } from '../../auth/author.ts';
import type { DocumentStore, Role, User } from '../../documents/document-store.ts';
import type { CatalogCard, DashboardCatalog } from '../../query/dashboard-catalog.ts';
import { HttpError } from '../errors.ts';
import type { Routes } from '../routes.ts';
import { ORG } from './shapes.ts';

const ROLES: Readonly<Record<Role, string>> = { viewer: 'Viewer', editor: 'Editor', admin: 'Admin' };
const EPOCH = '1970-01-01T00:00:00Z';
const byId = z.object({ id: z.coerce.number().int() });

/** Who is asking, who there is, and the one organisation, read only; and the stars of whoever asks. */
export function grafanaUserRoutes(app: Routes, catalog: DashboardCatalog, documents: DocumentStore): void {
  /** A read that takes no more than the address. */
  const read = (
    url: string,
    access: 'page' | 'admin',
    summary: string,
    answer: (author: Author, request: FastifyRequest) => unknown,
  ): void => {
    app.route({
      method: 'GET',
      url,
      config: { access },
      schema: { summary },
      handler: async (request) => answer(authorOf(request.caller), request),
    });
  };
  const membership = (role: Role) => [{ orgId: ORG.id, name: ORG.name, role: ROLES[role] }];
  const find = async (fits: (user: User) => boolean): Promise<User> => {
    const found = (await documents.users()).find(fits);
    if (found === undefined) throw new HttpError('no_such_user');
    return found;
  };

  read('/api/user', 'page', 'Who is asking', async ({ userId, role }) => ({
    ...profile(await find(({ id }) => id === userId)),
    // A token may do less than whose it is.
    isGrafanaAdmin: role === 'admin',
  }));
  read('/api/user/orgs', 'page', 'The organisation of whoever asks', ({ role }) => membership(role));
  read('/api/user/teams', 'page', 'There are no teams', () => []);
  read('/api/user/preferences', 'page', 'Nothing is preferred', () => ({}));
  read('/api/org', 'page', 'The one organisation', () => ({ ...ORG, address: {} }));
  read('/api/org/preferences', 'page', 'Nothing is preferred', () => ({}));
  read('/api/org/users', 'admin', 'Who there is', async () => (await documents.users()).map(member));
  read('/api/orgs', 'admin', 'The one organisation', () => [ORG]);

  app.route({
    method: 'GET',
    url: '/api/orgs/:id',
    config: { access: 'admin' },
    schema: { summary: 'The one organisation', params: byId },
    async handler(request) {
      if (request.params.id !== ORG.id) throw new HttpError('not_found', 'There is one organisation, number 1.');
      return { ...ORG, address: {} };
    },
  });
  app.route({
    method: 'GET',
    url: '/api/orgs/name/:name',
    config: { access: 'admin' },
    schema: { summary: 'The one organisation, by its name', params: z.object({ name: z.string() }) },
    async handler(request) {
      if (request.params.name !== ORG.name) throw new HttpError('not_found', `There is one organisation, "${ORG.name}".`);
      return { ...ORG, address: {} };
    },
  });
  app.route({
    method: 'GET',
    url: '/api/users',
    config: { access: 'admin' },
    schema: {
      summary: 'Who there is',
      querystring: z.object({
        query: z.string().max(200).default(''),
        page: z.coerce.number().int().min(1).default(1),
        perpage: z.coerce.number().int().min(1).max(1_000).default(1_000),
      }),
    },
    async handler(request) {
      const { query, page, perpage } = request.query;
      const found = (await documents.users()).filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
      return found.slice((page - 1) * perpage, page * perpage).map(profile);
    },
  });
  app.route({
    method: 'GET',
    url: '/api/users/lookup',
    config: { access: 'admin' },
    schema: { summary: 'One user by name', querystring: z.object({ loginOrEmail: z.string().max(200) }) },
    handler: async (request) => profile(await find(({ name }) => name === request.query.loginOrEmail)),
  });
  app.route({
    method: 'GET',
    url: '/api/users/:id',
    config: { access: 'admin' },
    schema: { summary: 'One user', params: byId },
    handler: async (request) => profile(await find(({ id }) => id === request.params.id)),
  });
  app.route({
    method: 'GET',
    url: '/api/users/:id/orgs',
    config: { access: 'admin' },
    schema: { summary: 'The organisation of a user', params: byId },
    handler: async (request) => membership((await find(({ id }) => id === request.params.id)).role),
  });

  for (const { url, cardOf } of [
    { url: '/api/user/stars/dashboard/uid/:key', cardOf: (key: string) => catalog.card(key) },
    { url: '/api/user/stars/dashboard/:key', cardOf: (key: string) => catalog.cardById(Number(key)) },
  ] satisfies { url: string; cardOf: (key: string) => Promise<CatalogCard | undefined> }[]) {
    for (const method of ['POST', 'DELETE'] as const) {
      app.route({
        method,
        url,
        config: { access: 'page' },
        schema: {
          summary: method === 'POST' ? 'Stars a dashboard' : 'Takes the star away',
          params: z.object({ key: z.string() }),
        },
        async handler(request) {
          const { key } = request.params;
          const card = await cardOf(key);
          if (card === undefined) throw new HttpError('no_such_dashboard', `There is no dashboard "${key.slice(0, 100)}".`);
          await documents.dashboards.setStar(authorOf(request.caller).userId, card.uid, method === 'POST');
          return { message: method === 'POST' ? 'Dashboard starred!' : 'Dashboard unstarred' };
        },
      });
    }
  }
}

function profile({ id, name, role }: Pick<User, 'id' | 'name' | 'role'>) {
  return {
    id,
    uid: String(id),
    email: '',
    name,
    login: name,
    theme: '',
    orgId: ORG.id,
    isGrafanaAdmin: role === 'admin',
    isAdmin: role === 'admin',
    isDisabled: false,
    isExternal: false,
    authLabels: [],
    createdAt: EPOCH,
    updatedAt: EPOCH,
    avatarUrl: '',
  };
}

function member({ id, name, role }: User) {
  return { orgId: ORG.id, userId: id, uid: String(id), email: '', name, login: name, role: ROLES[role], avatarUrl: '' };
}
