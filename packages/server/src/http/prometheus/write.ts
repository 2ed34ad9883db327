import type { MetricMetadata, SampleStore } from '@vitrine/model/sample-store.ts';
import type { FastifyRequest } from 'fastify';
import {
  createRemoteWriteDecoder,
  type RemoteWriteVersion,
  remoteWriteVersion,
} from '../../ingest/remote-write/decode-remote-write.ts';
import { type RemoteWriteOutcome, remoteWriteStatus } from '../../ingest/remote-write/remote-write-status.ts';
import type { Routes } from '../routes.ts';

export interface WriteNeeds {
  readonly samples: SampleStore;
  readonly limits: { readonly bodyBytes: number };
  /** Told what senders say of their metrics. */
  readonly onMetadata: (metadata: readonly MetricMetadata[]) => void;
}

/** /write: remote write 1.0 and 2.0. Answers when the samples survive a crash. */
export function writeRoutes(app: Routes, { samples, limits, onMetadata }: WriteNeeds): void {
  const decode = createRemoteWriteDecoder({ limitBytes: limits.bodyBytes });
  const write = async (request: FastifyRequest): Promise<RemoteWriteOutcome> => {
    let version: RemoteWriteVersion = 1;
    try {
      version = remoteWriteVersion(request.headers);
      const decoded = decode(request.body as Buffer, request.headers);
      if (decoded.metadata.length > 0) onMetadata(decoded.metadata);
      return { decoded, stored: await samples.append(decoded.batch) };
    } catch (error) {
      return { error, version };
    }
  };

  app.register(async (scope: Routes) => {
    // Whatever the sender calls it: the decoder says what is wrong with a type that it does not know.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) =>
      done(null, body),
    );
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
