import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import { RUNS_SOURCE } from '@vitrine/model/dashboard.ts';
import { z } from 'zod';
import { authorOf } from '../auth/author.ts';
import { triedDataSource } from '../documents/data-source-setup.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { shortMemory } from '../query/short-memory.ts';
import type { OwnOf } from '../own/own.ts';
import type { OpenSource, Sources } from '../query/sources.ts';
import { abortOnDisconnect } from './abort-on-disconnect.ts';
import { dataSourceInput } from './data-sources.ts';
import { ERRORS, HttpError, replyFor } from './errors.ts';
import type { Routes } from './routes.ts';

const MAX_SUGGESTED_BYTES = 16 * 1024 * 1024;
const MAX_REMEMBERED_BYTES = 64 * 1024 * 1024;
const MAX_QUESTION = 10_000;
/** While somebody types the same is asked again and again. */
const REMEMBER_MS = 10_000;

const byUid = z.object({ uid: z.string() });

/** What is asked of data sources beside queries: whether they answer, and what helps to write queries. */
export function dataSourceAskRoutes(app: Routes, documents: DocumentStore, own: OwnOf): void {
  const suggestions = shortMemory(REMEMBER_MS, MAX_REMEMBERED_BYTES, (text: string) => text.length);
  const open = async (sources: Sources, uid: string): Promise<OpenSource> => {
    if (uid === RUNS_SOURCE.uid) return sources.open(RUNS_SOURCE);
    const source = (await sources.list()).find((it) => it.uid === uid);
    if (source === undefined) throw new HttpError('no_such_source', `There is no data source "${uid.slice(0, 100)}".`);
    return sources.open({ type: source.type, uid });
  };

  app.route({
    method: 'GET',
    url: '/api/datasource-kinds',
    config: { access: 'page' },
    schema: { summary: 'The kinds of data sources that can be set up, and their settings' },
    handler: async (request) =>
      own(request)
        .sources.kinds.list()
        .map(({ kind, aliases = [], title, description, controls }) => ({
          kind,
          aliases,
          title,
          description,
          // When a setting means something is known only by running it.
          controls: controls.map(({ when, ...control }) => ({ ...control, conditional: when !== undefined })),
        })),
  });

  app.route({
    method: 'POST',
    url: '/api/datasources/check',
    config: { access: 'admin' },
    schema: { summary: 'Asks the server of a data source as it would be set up; nothing is kept', body: dataSourceInput },
    async handler(request, reply) {
      const { body } = request;
      const before = (await documents.dataSources.list()).find(({ uid }) => uid === body.uid);
      // What is wrong with a setting is said with its name, before anything is asked.
      const tried = await triedDataSource(documents, body, before);
      try {
        const source = own(request).sources.connect(tried);
        try {
          const { product, version, notes } = await source.check(abortOnDisconnect(reply));
          return { ok: true, product, version, notes };
        } finally {
          void source.close().catch(() => {});
        }
      } catch (error) {
        if (error instanceof BadRequest) throw error;
        return { ok: false, sentence: sentenceOf(error) };
      }
    },
  });

  app.route({
    method: 'GET',
    url: '/api/datasources/uid/:uid/health',
    config: { access: 'page' },
    schema: { summary: 'Whether a data source answers', params: byUid },
    async handler(request, reply) {
      const { uid } = request.params;
      try {
        const { product, version, notes } = await (await open(own(request).sources, uid)).check(abortOnDisconnect(reply));
        return { status: 'OK', message: 'Data source is working', details: { product, version, notes } };
      } catch (error) {
        if (error instanceof HttpError) throw error;
        const message = sentenceOf(error);
        const { code } = replyFor(error);
        return reply.code(ERRORS.bad_request.status).send({ status: 'ERROR', message, error: { code, message } });
      }
    },
  });

  app.route({
    method: 'GET',
    url: '/api/datasources/uid/:uid/suggest/*',
    config: { access: 'edit' },
    schema: { summary: 'What helps to write queries, such as names of labels: paths and answers are of the source’s kind' },
    async handler(request, reply) {
      const { uid } = byUid.parse(request.params);
      const [path, search] = suggestPath(request.url);
      const source = await open(own(request).sources, uid);
      const { userId, name: caller } = authorOf(request.caller);
      // Who asks is part of it: what a source tells one caller is not for another.
      const key = JSON.stringify([source.identity, userId, caller, path, search]);
      const answer = await suggestions.get(key, async () => {
        // Nobody's going away stops it: the next letter that is typed asks for the same. The source's own limit does.
        const never = new AbortController().signal;
        const text = JSON.stringify(await source.suggest(path, new URLSearchParams(search), never)) ?? 'null';
        if (text.length > MAX_SUGGESTED_BYTES)
          throw new LimitExceeded(
            'answer',
            `The data source "${source.name}" suggests more than ${MAX_SUGGESTED_BYTES / 1024 / 1024} MiB; narrow the range or what is searched`,
          );
        return text;
      });
      return reply.type('application/json; charset=utf-8').send(answer);
    },
  });
}

/** Path and search behind /suggest, as sent: a path that could mean another one to the next who reads it is refused. */
function suggestPath(url: string): readonly [path: string, search: string] {
  if (url.length > MAX_QUESTION) throw new BadRequest('path', `is longer than ${MAX_QUESTION.toLocaleString('en')} letters`);
  const [whole = '', search = ''] = splitOnce(url, '?');
  const path = whole.slice(whole.indexOf('/suggest/') + '/suggest'.length);
  const refuse = (what: string): never => {
    throw new BadRequest('path', `${what}, which no question to a data source may`);
  };
  if (/%2f|%5c/i.test(path)) refuse('holds a slash that is written as %2f or %5c');
  let plain: string;
  try {
    plain = decodeURIComponent(path);
  } catch {
    return refuse('holds a % that stands for no letter');
  }
  if (/[;\\?#%]|\p{Cc}/u.test(plain)) refuse('holds one of ; \\ ? # % or a control character');
  if (plain.includes('//')) refuse('holds //');
  if (plain.split('/').some((part) => part === '.' || part === '..')) refuse('holds . or .. as a part');
  return [path, search];
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A check throws errors whose messages are sentences, whatever their class. */
function sentenceOf(error: unknown): string {
  const { code, message } = replyFor(error);
  return code === 'internal' && error instanceof Error && error.message !== '' ? error.message : message;
}
