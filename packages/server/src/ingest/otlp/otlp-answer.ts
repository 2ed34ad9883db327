import { StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import { PbfWriter } from 'pbf';
import { BodyRefused } from '../body-refused.ts';

export type OtlpFormat = 'protobuf' | 'json';
export type OtlpSignal = 'metrics' | 'traces' | 'logs';

/** What became of a request that was read. */
export interface OtlpOutcome {
  /** Points, spans or records that are not kept. */
  readonly rejected: number;
  /** Why, in sentences; "" where all went well. */
  readonly message: string;
}

const REJECTED_NAMES = { metrics: 'rejectedDataPoints', traces: 'rejectedSpans', logs: 'rejectedLogRecords' } as const;

/** Export…ServiceResponse: empty where all went well, else with partial_success. */
export function encodeOutcome(signal: OtlpSignal, { rejected, message }: OtlpOutcome, format: OtlpFormat): Buffer {
  const full = rejected === 0 && message === '';
  if (format === 'json') {
    const partialSuccess = { [REJECTED_NAMES[signal]]: String(rejected), errorMessage: message };
    return Buffer.from(JSON.stringify(full ? {} : { partialSuccess }));
  }
  const writer = new PbfWriter();
  if (!full) {
    writer.writeMessage(
      1,
      (outcome: OtlpOutcome, inner) => {
        inner.writeVarintField(1, outcome.rejected);
        inner.writeStringField(2, outcome.message);
      },
      { rejected, message },
    );
  }
  return Buffer.from(writer.finish());
}

/** Why nothing of a request counts. */
export interface OtlpProblem {
  /** Of HTTP; 429 and 503 are sent again. */
  readonly status: number;
  /** gRPC's number of it. */
  readonly code: number;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** gRPC's status codes. */
export const GRPC = {
  ok: 0,
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** What to answer where a request was refused as a whole; undefined for what is no refusal. */
export function problemOf(error: unknown): OtlpProblem | undefined {
  if (error instanceof BodyRefused) {
    const code = error.status === 413 ? GRPC.resourceExhausted : GRPC.invalidArgument;
    return { status: error.status, code, message: error.message };
  }
  if (error instanceof StoreBusy) {
    return { status: 429, code: GRPC.unavailable, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
  if (error instanceof StoreReadOnly) {
    return { status: 503, code: GRPC.unavailable, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
  return undefined;
}

/** google.rpc.Status, with google.rpc.RetryInfo where the request may be sent again. */
export function encodeStatus({ code, message, retryAfterSeconds }: Omit<OtlpProblem, 'status'>, format: OtlpFormat): Buffer {
  if (format === 'json') return Buffer.from(JSON.stringify({ code, message }));
  const writer = new PbfWriter();
  writer.writeVarintField(1, code);
  writer.writeStringField(2, message);
  if (retryAfterSeconds !== undefined) {
    writer.writeMessage(
      3,
      (seconds: number, any) => {
        any.writeStringField(1, 'type.googleapis.com/google.rpc.RetryInfo');
        any.writeMessage(
          2,
          (delay: number, info) => info.writeMessage(1, (value: number, duration) => duration.writeVarintField(1, value), delay),
          seconds,
        );
      },
      Math.ceil(retryAfterSeconds),
    );
  }
  return Buffer.from(writer.finish());
}
