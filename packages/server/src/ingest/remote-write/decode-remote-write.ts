import type { MetricMetadata, SampleBatch } from '@vitrine/model/sample-store.ts';
import { BatchBuilder, BatchMemory, type Part } from './batch-builder.ts';
import { BytesCache, type BytesCacheLimits } from './bytes-cache.ts';
import type { LabelSet } from './label-set.ts';
import { readWriteRequest } from './read-write-request.ts';
import { readWriteRequestV2, SymbolMemory } from './read-write-request-v2.ts';
import { RemoteWriteRefused } from './remote-write-refused.ts';
import { SnappyUnpacker } from './snappy-block.ts';

/** Of the body, packed and unpacked, as in Prometheus. */
const LIMIT_BYTES = 32 * 1024 * 1024;

export type RemoteWriteVersion = 1 | 2;

/** The request's headers by their names in lower case. */
export type RemoteWriteHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface DecodedRemoteWrite {
  readonly version: RemoteWriteVersion;
  readonly batch: SampleBatch;
  readonly metadata: readonly MetricMetadata[];
  readonly rejected: RejectedParts;
  /** To be called once, when nobody looks at the batch any more: later requests use its memory. Not to call it costs memory only. */
  release(): void;
}

/** What of a request is not in its batch, by part. */
export interface RejectedParts extends Readonly<Record<Part, number>> {
  /** Sentences about them; at most ten, however many there are. */
  readonly problems: readonly string[];
  /** Of each part's first refusal. */
  readonly sentences: Readonly<Partial<Record<Part, string>>>;
}

export interface RemoteWriteOptions {
  readonly limitBytes?: number;
  readonly cache?: BytesCacheLimits;
  /** Gives series of 2.0 the labels of Prometheus' type-and-unit-labels feature. */
  readonly typeAndUnitLabels?: boolean;
}

/**
 * Makes a decoder of remote write 1.0 and 2.0 bodies. Use one for all requests: it remembers label sets.
 * It throws RemoteWriteRefused where nothing of a request counts; `remoteWriteStatus` says what to answer in both cases.
 */
export function createRemoteWriteDecoder({
  limitBytes = LIMIT_BYTES,
  cache: cacheLimits,
  typeAndUnitLabels = false,
}: RemoteWriteOptions = {}): (body: Uint8Array, headers: RemoteWriteHeaders) => DecodedRemoteWrite {
  const labelSets = new BytesCache<LabelSet>(cacheLimits);
  const symbols = new SymbolMemory(cacheLimits);
  const snappy = new SnappyUnpacker();
  const memory = new BatchMemory();
  let requests = 0;
  return (body, headers) => {
    const version = remoteWriteVersion(headers);
    if (body.length > limitBytes) {
      throw new RemoteWriteRefused(
        413,
        `The body has ${body.length} bytes; the limit is ${limitBytes}. Send fewer samples in one request.`,
      );
    }
    const bytes = snappy.unpack(body, limitBytes);
    const batch = new BatchBuilder(++requests, memory);
    const metadata =
      version === 1 ? readWriteRequest(bytes, labelSets, batch) : readWriteRequestV2(bytes, symbols, batch, typeAndUnitLabels);
    return {
      version,
      batch: batch.finish(),
      metadata,
      rejected: { ...batch.refused, problems: batch.problems, sentences: batch.sentences },
      release: () => batch.release(),
    };
  };
}

/** Which message the headers announce. Throws RemoteWriteRefused (415) for what is neither. Missing headers mean 1.0 in snappy. */
export function remoteWriteVersion(headers: RemoteWriteHeaders): RemoteWriteVersion {
  const encoding = one(headers['content-encoding']) ?? 'snappy';
  if (encoding.toLowerCase() !== 'snappy') {
    throw new RemoteWriteRefused(415, `The Content-Encoding "${encoding}" is not supported; remote write is packed with snappy.`);
  }
  const written = one(headers['content-type']);
  if (written === undefined) return 1;
  const [type, ...parameters] = written.split(';').map((part) => part.trim());
  if (type?.toLowerCase() !== 'application/x-protobuf') {
    throw new RemoteWriteRefused(415, `The Content-Type "${written}" is not supported; remote write is application/x-protobuf.`);
  }
  const proto = parameters.find((parameter) => /^proto=/i.test(parameter))?.slice('proto='.length);
  if (proto === undefined || proto === 'prometheus.WriteRequest') return 1;
  if (proto === 'io.prometheus.write.v2.Request') return 2;
  throw new RemoteWriteRefused(
    415,
    `The protobuf message "${proto}" is not supported; prometheus.WriteRequest and io.prometheus.write.v2.Request are.`,
  );
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value[0] : value;
}
