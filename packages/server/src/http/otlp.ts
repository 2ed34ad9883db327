import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { encodeOutcome, encodeStatus, GRPC, type OtlpFormat, type OtlpSignal, problemOf } from '../ingest/otlp/otlp-answer.ts';
import type { Intake } from '../ingest/intake.ts';
import type { OtlpReceiver } from '../ingest/otlp/otlp-receiver.ts';
import { BodyRefused, wholeRefused } from '../ingest/body-refused.ts';
import { tooLarge } from '../ingest/unpack-body.ts';
import { replyFor } from './errors.ts';
import type { Routes } from './routes.ts';
import { senderOf } from './sender.ts';
import { takeBody } from './take-body.ts';

export interface OtlpNeeds {
  readonly otlp: OtlpReceiver;
  readonly intake: Pick<Intake, 'refuse'>;
  readonly limits: { readonly bodyBytes: number };
  readonly log: Logger;
}

const SIGNALS: readonly OtlpSignal[] = ['metrics', 'traces', 'logs'];
/** Where exporters look for it, and where Prometheus has it. */
const PREFIXES = ['/v1', '/api/v1/otlp/v1'];
const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;

/** OTLP over HTTP: protobuf and JSON. Answers when the samples survive a crash, in the format of the request. */
export function otlpRoutes(app: Routes, { otlp, intake, limits, log }: OtlpNeeds): void {
  app.register(async (scope: Routes) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((error: FastifyError, request, reply) => {
      const format = formatOf(request) ?? 'protobuf';
      const refusal = error.statusCode === 413 ? tooLarge(limits.bodyBytes, error) : error;
      if (refusal instanceof BodyRefused) intake.refuse('otlp', senderOf(request), wholeRefused(refusal));
      const problem = problemOf(refusal);
      if (problem !== undefined) {
        if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(problem.retryAfterSeconds)));
        return send(reply.code(problem.status), format, encodeStatus(problem, format));
      }
      const answer = replyFor(error);
      if (answer.code === 'internal') log.error({ err: error, url: request.url }, 'a request failed');
      return send(
        reply.code(answer.status),
        format,
        encodeStatus({ code: grpcCode(answer.status), message: answer.message }, format),
      );
    });
    for (const signal of SIGNALS) {
      for (const prefix of PREFIXES) {
        scope.route({
          method: 'POST',
          url: `${prefix}/${signal}`,
          config: { access: 'ingest' },
          schema: { summary: `OpenTelemetry ${signal} (OTLP over HTTP)`, tags: ['otlp'] },
          async handler(request: FastifyRequest, reply) {
            const format = formatOf(request);
            if (format === undefined) {
              throw new BodyRefused(
                415,
                `The Content-Type "${(request.headers['content-type'] ?? '').slice(0, 80)}" is not supported; application/x-protobuf and application/json are.`,
              );
            }
            const bytes = await takeBody(request, reply, limits.bodyBytes);
            return send(
              reply,
              format,
              encodeOutcome(signal, await otlp.receive(senderOf(request), signal, bytes, format), format),
            );
          },
        });
      }
    }
  });
}

function send(reply: FastifyReply, format: OtlpFormat, body: Buffer): FastifyReply {
  return reply.type(CONTENT_TYPES[format]).send(body);
}

function formatOf(request: FastifyRequest): OtlpFormat | undefined {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === CONTENT_TYPES.json) return 'json';
  return type === CONTENT_TYPES.protobuf || type === 'application/protobuf' ? 'protobuf' : undefined;
}

function grpcCode(status: number): number {
  if (status === 401) return GRPC.unauthenticated;
  if (status === 403) return GRPC.permissionDenied;
  return status < 500 ? GRPC.invalidArgument : GRPC.internal;
}
