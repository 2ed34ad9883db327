import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Tokens } from '../../auth/tokens.ts';
import { encodeOutcome, encodeStatus, GRPC, type OtlpProblem, type OtlpSignal, problemOf } from './otlp-answer.ts';
import type { Intake } from '../intake.ts';
import { type Sender, senderAt, senderOfToken } from '../sender.ts';
import type { OtlpReceiver } from './otlp-receiver.ts';
import { BodyRefused, wholeRefused } from '../body-refused.ts';
import { beginTurn, SMALL_BODY_BYTES } from '../body-turns.ts';
import { tooLarge, unpackBody } from '../unpack-body.ts';

const METHODS: Readonly<Record<string, OtlpSignal>> = {
  '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export': 'metrics',
  '/opentelemetry.proto.collector.trace.v1.TraceService/Export': 'traces',
  '/opentelemetry.proto.collector.logs.v1.LogsService/Export': 'logs',
};

/** Whether the message is packed, and its length. */
const FRAME_HEADER_BYTES = 5;
/** A caller that does not finish its request within this is given up, as over HTTP/1. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Connections that say nothing. */
const IDLE_MS = 30 * 60_000;
const MOST_STREAMS = 100;
/** Requests of the largest size that may be in memory at a time, half-read ones included. */
const LARGEST_AT_A_TIME = 8;
const RETRY_SECONDS = 1;

export interface OtlpGrpcNeeds {
  readonly otlp: OtlpReceiver;
  readonly intake: Pick<Intake, 'refuse'>;
  readonly tokens: Pick<Tokens, 'bearer'>;
  readonly limits: { readonly bodyBytes: number };
  readonly log: Logger;
  readonly address: { readonly host: string; readonly port: number };
  /** Whether that is a loopback address: then no token is needed, as on the other doors. */
  readonly loopback: boolean;
}

export interface OtlpGrpcServer {
  readonly port: number;
  /** Lets calls that are under way finish for a moment. */
  stop(): Promise<void>;
}

/** What may still come into memory, of all calls together. */
interface Room {
  bytes: number;
}

/** A call that was answered before it got to the receiver. */
class GrpcProblem extends Error {
  readonly problem: Omit<OtlpProblem, 'status'>;

  constructor(code: number, message: string, retry: { retryAfterSeconds?: number } = {}) {
    super(message);
    this.problem = { code, message, ...retry };
  }
}

/**
 * OTLP over gRPC without TLS: three unary methods, so that HTTP/2 and gRPC's framing are all that is needed of it.
 * Rejects as `listen` does. Protocol: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export async function listenOtlpGrpc(needs: OtlpGrpcNeeds): Promise<OtlpGrpcServer> {
  const { log } = needs;
  const server = createServer({ settings: { maxConcurrentStreams: MOST_STREAMS, enablePush: false } });
  const room: Room = { bytes: LARGEST_AT_A_TIME * needs.limits.bodyBytes };
  const sessions = new Set<{ close(): void; destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.setTimeout(IDLE_MS, () => session.close());
    session.once('close', () => sessions.delete(session));
    // A connection that breaks off is its client's matter.
    session.on('error', (error) => log.debug({ err: error }, 'a gRPC connection broke off'));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', (error) => log.debug({ err: error }, 'a gRPC call broke off'));
    const late = setTimeout(() => stream.close(), REQUEST_TIMEOUT_MS);
    stream.once('close', () => clearTimeout(late));
    void answer(stream, headers, needs, room);
  });
  await listening(server, needs.address);
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const session of sessions) session.close();
      const patience = setTimeout(() => {
        for (const session of sessions) session.destroy();
      }, 2_000);
      await closed;
      clearTimeout(patience);
    },
  };
}

async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, needs: OtlpGrpcNeeds, room: Room): Promise<void> {
  let sender: Sender | undefined;
  try {
    if (!(headers['content-type'] ?? '').startsWith('application/grpc')) {
      stream.respond({ ':status': 415 }, { endStream: true });
      return;
    }
    const signal = METHODS[headers[':path'] ?? ''];
    if (signal === undefined)
      throw new GrpcProblem(GRPC.unimplemented, 'This server has OTLP’s Export of metrics, traces and logs only.');
    sender = await authorize(headers, stream.session?.socket.remoteAddress ?? '', needs);
    const message = await readMessage(stream, headers, needs.limits.bodyBytes, room);
    const outcome = await receive(stream, sender, signal, message, needs);
    respond(stream, encodeOutcome(signal, outcome, 'protobuf'));
  } catch (error) {
    const problem = error instanceof GrpcProblem ? error.problem : problemOf(error);
    if (error instanceof BodyRefused && sender !== undefined) needs.intake.refuse('otlp', sender, wholeRefused(error));
    if (problem === undefined && !stream.aborted) needs.log.error({ err: error }, 'a gRPC call failed');
    fail(stream, problem ?? { code: GRPC.internal, message: 'Something went wrong in the server; its log says what.' });
  }
}

/** What is packed or large waits for its turn, as over HTTP. */
async function receive(
  stream: ServerHttp2Stream,
  sender: Sender,
  signal: OtlpSignal,
  { body, encoding }: Message,
  { otlp, limits }: OtlpGrpcNeeds,
): ReturnType<OtlpReceiver['receive']> {
  if (encoding === '' && body.length <= SMALL_BODY_BYTES) return otlp.receive(sender, signal, body, 'protobuf');
  const gone = new AbortController();
  stream.once('close', () => gone.abort());
  const end = await beginTurn(gone.signal);
  try {
    const bytes = await unpackBody(body, encoding, limits.bodyBytes);
    if (bytes.length <= SMALL_BODY_BYTES) end();
    return await otlp.receive(sender, signal, bytes, 'protobuf');
  } finally {
    end();
  }
}

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'];

async function authorize(headers: IncomingHttpHeaders, address: string, { tokens, loopback }: OtlpGrpcNeeds): Promise<Sender> {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) {
    // A proxy in front brings callers from elsewhere.
    if (loopback && !FORWARDED.some((name) => headers[name] !== undefined)) return senderAt(address);
    throw new GrpcProblem(
      GRPC.unauthenticated,
      'A token is needed on this address: send the metadata "authorization: Bearer …"; "vitrine token create" makes one.',
    );
  }
  const bearer = await tokens.bearer(token);
  if (bearer === undefined) {
    throw new GrpcProblem(
      GRPC.unauthenticated,
      'The token is unknown, revoked or too old. "vitrine token create" makes a new one.',
    );
  }
  if (!bearer.scopes.some((scope) => scope === 'ingest' || scope === 'admin')) {
    throw new GrpcProblem(GRPC.permissionDenied, `This token may ${bearer.scopes.join(', ')} only; sending needs ingest.`);
  }
  return senderOfToken(bearer, address);
}

interface Message {
  readonly body: Uint8Array;
  /** How it is packed; "" for not at all. */
  readonly encoding: string;
}

/** The one message of a unary call. */
async function readMessage(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  limitBytes: number,
  room: Room,
): Promise<Message> {
  const body = await readAll(stream, limitBytes, room);
  if (body.length < FRAME_HEADER_BYTES || body.readUInt32BE(1) !== body.length - FRAME_HEADER_BYTES) {
    throw new GrpcProblem(GRPC.invalidArgument, 'The call does not hold one whole gRPC message.');
  }
  const packed = body[0] === 1;
  const encoding = headers['grpc-encoding'];
  return { body: body.subarray(FRAME_HEADER_BYTES), encoding: packed ? String(encoding ?? 'identity') : '' };
}

/** Not by iterating, which ends the stream where it stops early, before it is answered. */
function readAll(stream: ServerHttp2Stream, limitBytes: number, room: Room): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let refused = false;
    const refuse = (error: Error): void => {
      refused = true;
      chunks = [];
      reject(error);
    };
    stream.on('data', (chunk: Buffer) => {
      if (refused) return;
      bytes += chunk.length;
      room.bytes -= chunk.length;
      if (bytes > limitBytes + FRAME_HEADER_BYTES) refuse(tooLarge(limitBytes));
      else if (room.bytes < 0) {
        const sentence = 'More requests are being read than memory is set aside for. Try again in a while.';
        refuse(new GrpcProblem(GRPC.unavailable, sentence, { retryAfterSeconds: RETRY_SECONDS }));
      } else chunks.push(chunk);
    });
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.once('close', () => {
      room.bytes += bytes;
      reject(new GrpcProblem(GRPC.invalidArgument, 'The call broke off before its end.'));
    });
  });
}

const RESPONSE_HEADERS = { ':status': 200, 'content-type': 'application/grpc', 'grpc-accept-encoding': 'gzip,deflate,identity' };

function respond(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed) return;
  stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(GRPC.ok) }));
  const frame = Buffer.alloc(FRAME_HEADER_BYTES);
  frame.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([frame, message]));
}

function fail(stream: ServerHttp2Stream, problem: Omit<OtlpProblem, 'status'>): void {
  if (stream.destroyed || stream.headersSent) return;
  stream.respond(
    {
      ...RESPONSE_HEADERS,
      'grpc-status': String(problem.code),
      // Percent-encoded, as gRPC has it.
      'grpc-message': encodeURIComponent(problem.message).replaceAll('%20', ' '),
      'grpc-status-details-bin': encodeStatus(problem, 'protobuf').toString('base64'),
    },
    { endStream: true },
  );
  // What is still coming of the request is not wanted.
  stream.close();
}

function listening(server: Http2Server, { host, port }: OtlpGrpcNeeds['address']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
