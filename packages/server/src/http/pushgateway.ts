import { Labels } from '@vitrine/model/labels.ts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Refused } from '../ingest/arrivals.ts';
import { BodyRefused, wholeRefused } from '../ingest/body-refused.ts';
import type { Intake } from '../ingest/intake.ts';
import { describeGroup } from '../ingest/pushgateway/describe-groups.ts';
import { groupText, readGroupPath } from '../ingest/pushgateway/group-labels.ts';
import { type PushedGroup, samplesOf } from '../ingest/pushgateway/push-groups.ts';
import { PushRefused } from '../ingest/pushgateway/push-refused.ts';
import { readPushedText } from '../ingest/pushgateway/pushed-family.ts';
import type { Pushgateway, ReadPush } from '../ingest/pushgateway/pushgateway.ts';
import { readPushedProtobuf } from '../ingest/pushgateway/read-families-protobuf.ts';
import { tooLarge } from '../ingest/unpack-body.ts';
import { type Own, type OwnOf, refuseLabelled } from '../own/own.ts';
import { HttpError, replyFor } from './errors.ts';
import type { Routes } from './routes.ts';
import { senderOf } from './sender.ts';
import { takeBody } from './take-body.ts';

export interface PushgatewayRoutesNeeds {
  readonly own: OwnOf;
  readonly pushgateway: Pushgateway;
  readonly intake: Pick<Intake, 'refuse'>;
  readonly limits: { readonly bodyBytes: number };
  readonly log: Logger;
  readonly version: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly startedMs: number;
}

const PREFIX = '/metrics/';
const TAGS = ['pushgateway'];
const ROOM_RETRY_SECONDS = 60;
/** Groups that the page is told at a time. */
const MOST_SHOWN = 500;

/** Prometheus' Pushgateway: pushes below /metrics/job, its API beside Prometheus' own, and what the page asks. */
export function pushgatewayRoutes(app: Routes, needs: PushgatewayRoutesNeeds): void {
  app.register(async (scope: Routes) => pushRoutes(scope, needs));
  queryRoutes(app, needs);
  pageRoutes(app, needs);
}

function pushRoutes(scope: Routes, { pushgateway, intake, limits, log }: PushgatewayRoutesNeeds): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) => done(null, body));
  scope.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = error.statusCode === 413 ? tooLarge(limits.bodyBytes, error) : error;
    if (refusal instanceof PushRefused || refusal instanceof BodyRefused) {
      // What the store refused of a push has been noted where it was stored.
      const refused: Refused = refusal instanceof BodyRefused ? wholeRefused(refusal) : refusal.refused;
      if (refused.reason !== 'store') intake.refuse('pushgateway', senderOf(request), refused);
      if (refusal.status === 429) reply.header('retry-after', String(ROOM_RETRY_SECONDS));
      return sentence(reply.code(refusal.status), refusal.message);
    }
    const { code, status, message, retryAfterSeconds } = replyFor(error);
    if (code === 'internal') log.error({ err: error, url: request.url }, 'a push failed');
    if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
    return sentence(reply.code(status), message);
  });
  for (const url of ['/metrics/job/*', '/metrics/job@base64/*']) {
    for (const method of ['PUT', 'POST'] as const) {
      const what =
        method === 'PUT' ? 'Replaces a group of metrics' : 'Replaces those of a group’s metrics that have the same names';
      scope.route({
        method,
        url,
        config: { access: 'ingest' },
        schema: { summary: what, tags: TAGS },
        async handler(request: FastifyRequest, reply) {
          const path = readGroupPath(groupPath(request));
          const bytes = await takeBody(request, reply, limits.bodyBytes);
          const how = method === 'PUT' ? 'replace' : 'add';
          await pushgateway.push(senderOf(request), path, how, readerOf(request.headers['content-type'] ?? '', bytes));
          return reply.code(200).send();
        },
      });
    }
    scope.route({
      method: 'DELETE',
      url,
      config: { access: 'ingest' },
      schema: { summary: 'Deletes a group of metrics', tags: TAGS },
      async handler(request: FastifyRequest, reply) {
        await pushgateway.remove(senderOf(request), readGroupPath(groupPath(request)));
        return reply.code(202).send();
      },
    });
    scope.route({
      method: 'GET',
      url,
      config: { access: 'public' },
      schema: { hide: true },
      handler: async (_request, reply) =>
        sentence(
          reply.code(405).header('allow', 'PUT, POST, DELETE'),
          'Metrics are pushed to this address with PUT or POST, and deleted with DELETE. GET /api/v1/metrics shows what is kept.',
        ),
    });
  }
}

/** Beside Prometheus' own API, which has neither. */
function queryRoutes(app: Routes, { own, pushgateway, version, flags, startedMs }: PushgatewayRoutesNeeds): void {
  app.route({
    method: 'GET',
    url: '/api/v1/metrics',
    config: { access: 'read' },
    schema: { summary: 'The groups of pushed metrics', tags: TAGS },
    handler: async (request) => ({
      status: 'success',
      data: Array.from(ownGroups(pushgateway, own(request)), describeGroup),
    }),
  });
  app.route({
    method: 'GET',
    url: '/api/v1/status',
    config: { access: 'read' },
    schema: { summary: 'What is running, as Pushgateway answers it', tags: TAGS },
    handler: async () => ({
      status: 'success',
      data: {
        build_information: { branch: '', buildDate: '', buildUser: '', goVersion: '', revision: '', version },
        flags,
        start_time: new Date(startedMs).toISOString(),
      },
    }),
  });
  app.route({
    method: 'PUT',
    url: '/api/v1/admin/wipe',
    config: { access: 'admin' },
    schema: { summary: 'Deletes all groups of pushed metrics', tags: TAGS },
    async handler(request, reply) {
      refuseLabelled(request);
      await pushgateway.wipe();
      return reply.code(202).send();
    },
  });
}

function pageRoutes(app: Routes, { own, pushgateway }: Pick<PushgatewayRoutesNeeds, 'own' | 'pushgateway'>): void {
  app.route({
    method: 'GET',
    url: '/api/ingest/groups',
    config: { access: 'edit' },
    schema: {
      summary: 'The groups of pushed metrics, the last pushed first: those whose labels have all words of q in them',
      tags: TAGS,
      querystring: z.object({ q: z.string().max(200).optional() }),
    },
    async handler(request, reply) {
      const all = ownGroups(pushgateway, own(request));
      const words = (request.query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
      const found = all.filter(({ labels, sender }) => {
        const text = `${groupText(labels)} ${sender}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
      const latest = ({ pushedMs = 0, failedMs = 0 }: PushedGroup): number => Math.max(pushedMs, failedMs);
      const groups = found
        .toSorted((a, b) => latest(b) - latest(a))
        .slice(0, MOST_SHOWN)
        .map((group) => ({
          id: group.id,
          labels: Object.fromEntries(group.labels),
          sender: group.sender,
          pushedMs: group.pushedMs ?? null,
          failedMs: group.failedMs ?? null,
          failure: group.failure,
          metrics: group.families.size,
          samples: samplesOf(group),
        }));
      return reply.header('cache-control', 'no-store').send({ total: all.length, found: found.length, groups });
    },
  });
  app.route({
    method: 'DELETE',
    url: '/api/ingest/groups/:id',
    config: { access: 'admin' },
    schema: { summary: 'Deletes a group of pushed metrics', tags: TAGS },
    async handler(request, reply) {
      const { id } = request.params as { id: string };
      const isOwn = ownGroups(pushgateway, own(request)).some((group) => group.id === id);
      if (!isOwn || !(await pushgateway.removeById(id))) throw new HttpError('no_such_group');
      return reply.code(204).send();
    },
  });
}

/** Those that were pushed by senders with the caller's labels. */
function ownGroups(pushgateway: Pushgateway, own: Own): PushedGroup[] {
  return [...pushgateway.groups()].filter(({ tenant }) => own.has(Labels.fromKey(tenant).toObject()));
}

/** What follows /metrics/ as it was sent: the router's own reading of it has lost which slashes were slashes. */
function groupPath({ raw }: FastifyRequest): string {
  // Whoever speaks to a proxy sends the whole address.
  const path = (raw.url ?? '').split('?')[0]?.replace(/^https?:\/\/[^/]*/i, '') ?? '';
  return path.slice(PREFIX.length);
}

function readerOf(contentType: string, bytes: Uint8Array): ReadPush {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/vnd.google.protobuf') return (group, nowMs) => readPushedProtobuf(bytes, group, nowMs);
  const format = type === 'application/openmetrics-text' ? 'openmetrics' : 'text';
  return (group, nowMs) => readPushedText(bytes, format, group, nowMs);
}

function sentence(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(`${text}\n`);
}
