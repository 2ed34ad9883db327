import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** A page is told of growth nearly at once, and then at most this often. */
const COALESCE_MS = 100;
/** What one commit changes arrives piece by piece, and within this time. */
const GATHER_MS = 5;
/** Keeps proxies from closing a stream on which nothing grows. */
const HEARTBEAT_MS = 15_000;

export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
}

/** What has happened since it was asked last; undefined is nothing. */
type Gather = () => StreamEvent | undefined;

/** The streams that one route keeps open. */
export interface EventStreams {
  /** Answers with a stream, until the caller or the server goes. */
  open(reply: FastifyReply, gather: Gather): EventStream;
  count(): number;
}

export function eventStreams(app: Pick<FastifyInstance, 'addHook'>): EventStreams {
  const streams = new Set<EventStream>();
  // A stream never ends by itself, and a server that stops waits for its answers to end.
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });
  return {
    open(reply, gather) {
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
      const stream = new EventStream(reply.raw, gather);
      streams.add(stream);
      reply.raw.once('close', () => streams.delete(stream));
      return stream;
    },
    count: () => streams.size,
  };
}

/** Tells one page that something happened: at once, and then together with whatever else happens within a tenth of a second. */
class EventStream {
  readonly #response: ServerResponse;
  readonly #gather: Gather;
  readonly #heartbeat: NodeJS.Timeout;
  #happened = false;
  #cooling: NodeJS.Timeout | undefined;
  #sending: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, gather: Gather) {
    this.#response = response;
    this.#gather = gather;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that buffer would turn live into late.
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), HEARTBEAT_MS);
    response.once('close', () => {
      clearInterval(this.#heartbeat);
      clearTimeout(this.#cooling);
      clearTimeout(this.#sending);
    });
  }

  end(): void {
    this.#response.end();
  }

  /** There is something to gather. */
  happened(): void {
    this.#happened = true;
    if (this.#cooling === undefined) this.#sending ??= setTimeout(() => this.#send(), GATHER_MS);
  }

  #send(): void {
    this.#cooling = undefined;
    this.#sending = undefined;
    if (!this.#happened) return;
    this.#cooling = setTimeout(() => this.#send(), COALESCE_MS);
    // Who does not read gets no queue: what happens meanwhile is told together, later.
    if (this.#response.writableNeedDrain) return;
    this.#happened = false;
    const told = this.#gather();
    if (told !== undefined) this.#write(`event: ${told.event}\ndata: ${JSON.stringify(told.data)}\n\n`);
  }

  #write(text: string): void {
    if (!this.#response.writableEnded && !this.#response.destroyed) this.#response.write(text);
  }
}
