import type { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import type { FastifyError, FastifyRequest } from 'fastify';
import type { Refused } from '../../ingest/arrivals.ts';
import type { Intake } from '../../ingest/intake.ts';
import {
  createRemoteWriteDecoder,
  type DecodedRemoteWrite,
  type RemoteWriteVersion,
  remoteWriteVersion,
} from '../../ingest/remote-write/decode-remote-write.ts';
import { RemoteWriteRefused } from '../../ingest/remote-write/remote-write-refused.ts';
import { type RemoteWriteOutcome, remoteWriteStatus } from '../../ingest/remote-write/remote-write-status.ts';
import { bodyTooLarge } from '../body-too-large.ts';
import { HttpError } from '../errors.ts';
import type { Routes } from '../routes.ts';
import { senderOf } from '../sender.ts';

export interface WriteNeeds {
  readonly intake: Intake;
  readonly limits: { readonly bodyBytes: number };
  /** Gives series of 2.0 the labels of Prometheus' type-and-unit-labels feature; not unless told. */
  readonly typeAndUnitLabels?: boolean;
  /** Told what senders say of their metrics, and with which labels of their own. */
  readonly onMetadata: (metadata: readonly MetricMetadata[], labels: Labels) => void;
}

/** /write: remote write 1.0 and 2.0. Answers when the samples survive a crash. */
export function writeRoutes(app: Routes, { intake, limits, typeAndUnitLabels = false, onMetadata }: WriteNeeds): void {
  const decode = createRemoteWriteDecoder({ limitBytes: limits.bodyBytes, typeAndUnitLabels });
  const write = async (request: FastifyRequest): Promise<RemoteWriteOutcome> => {
    const sender = senderOf(request);
    let version: RemoteWriteVersion = 1;
    try {
      version = remoteWriteVersion(request.headers);
      const decoded = decode((request.body as Buffer | undefined) ?? Buffer.alloc(0), request.headers);
      if (decoded.metadata.length > 0) onMetadata(decoded.metadata, sender.labels);
      const stored = await intake.take('remote write', sender, decoded.batch, refusedIn(decoded));
      decoded.release();
      return { decoded, stored };
    } catch (error) {
      if (error instanceof RemoteWriteRefused) {
        const reason = error.status === 413 ? 'too large' : 'not readable';
        intake.refuse('remote write', sender, { reason, count: 1, sentence: error.message });
      }
      return { error, version };
    }
  };

  app.register(async (scope: Routes) => {
    // Whatever the sender calls it: the decoder says what is wrong with a type that it does not know.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((error: FastifyError, request) => {
      if (error.statusCode !== 413) throw error;
      const sentence = bodyTooLarge(request, limits.bodyBytes, 'limits.ingest.body');
      intake.refuse('remote write', senderOf(request), { reason: 'too large', count: 1, sentence });
      throw new HttpError('too_large', sentence);
    });
    scope.route({
      method: 'POST',
      url: '/write',
      config: { access: 'ingest' },
      schema: { summary: 'Remote write 1.0 and 2.0', tags: ['prometheus'] },
      async handler(request: FastifyRequest, reply) {
        const { status, headers, body } = remoteWriteStatus(await write(request));
        return reply
          .code(status)
          .headers(headers)
          .type('text/plain; charset=utf-8')
          .send(body === '' ? undefined : `${body}\n`);
      },
    });
  });
}

/** What the request held that is not in its batch. */
function refusedIn({ rejected }: DecodedRemoteWrite): Refused[] {
  const reasons = [
    ['samples', 'bad labels'],
    ['histograms', 'bad histogram'],
    ['exemplars', 'bad exemplar'],
  ] as const;
  return reasons.flatMap(([part, reason]) =>
    rejected[part] > 0 ? [{ reason, count: rejected[part], sentence: rejected.sentences[part] ?? '' }] : [],
  );
}
