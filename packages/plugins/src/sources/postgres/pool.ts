import { QueryError } from '@vitrine/model/sample-store.ts';
import pg from 'pg';
import type { Socket } from 'node:net';
import type { DatasourceNeeds } from '../../contract.ts';
import { openSocket, sendCancel, watchGreeting } from './open-socket.ts';
import type { PostgresSettings } from './spec.ts';
import { sqlError } from './sql-error.ts';

/** A connection that is signed in. */
export interface Session {
  readonly client: pg.Client;
  readonly socket: Socket;
  /** Whether it can be asked again. */
  readonly isAlive: () => boolean;
  /** Has the server give up what this connection runs. */
  cancel(): Promise<void>;
}

/** Connections to one server, kept for a while. */
export interface Pool {
  /** Waits its turn. `broken` is called where the session must not be used again. */
  use<T>(signal: AbortSignal, work: (session: Session, broken: () => void) => Promise<T>): Promise<T>;
  /** Ends what is idle now, and what is in use when it is given back. */
  close(): Promise<void>;
}

const IDLE_MS = 30_000;

/**
 * As many connections as the settings allow; whoever comes later waits, first come first served, no longer than a question may take.
 * What is idle ends by itself and keeps no process alive. Throws QueryError.
 */
export function openPool(settings: PostgresSettings, dial: DatasourceNeeds['dial']): Pool {
  const idle: { readonly session: Session; readonly end: NodeJS.Timeout }[] = [];
  const waiting: (() => void)[] = [];
  let count = 0;
  let isClosed = false;

  async function turn(signal: AbortSignal): Promise<void> {
    if (count < settings.maxConnections) {
      count++;
      return;
    }
    const timeout = AbortSignal.timeout(settings.timeoutMs);
    const either = AbortSignal.any([signal, timeout]);
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(
          signal.aborted
            ? (signal.reason as Error)
            : new QueryError(
                'timeout',
                `The question waited ${settings.timeoutMs / 1_000} s for one of the ${settings.maxConnections} connections of the data source "${settings.name}". Ask again when less is asked, or allow it more.`,
              ),
        );
      };
      const begin = (): void => {
        either.removeEventListener('abort', leave);
        resolve();
      };
      signal.throwIfAborted();
      either.addEventListener('abort', leave, { once: true });
      waiting.push(begin);
    });
  }

  function take(): Session | undefined {
    for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
      clearTimeout(kept.end);
      if (!kept.session.isAlive()) continue;
      kept.session.socket.ref();
      return kept.session;
    }
    return undefined;
  }

  function keep(session: Session): void {
    session.socket.unref();
    const end = setTimeout(() => {
      idle.splice(
        idle.findIndex((kept) => kept.session === session),
        1,
      );
      void session.client.end().catch(() => {});
    }, IDLE_MS).unref();
    idle.push({ session, end });
  }

  return {
    async use(signal, work) {
      await turn(signal);
      let session: Session | undefined;
      let isBroken = false;
      try {
        session = take() ?? (await openSession(settings, dial, signal));
        return await work(session, () => (isBroken = true));
      } finally {
        if (session !== undefined) {
          if (isBroken || !session.isAlive()) session.socket.destroy();
          else if (isClosed) void session.client.end().catch(() => {});
          else keep(session);
        }
        // The place goes on to who waits longest: otherwise a newcomer could slip in between.
        const next = waiting.shift();
        if (next === undefined) count--;
        else next();
      }
    },
    async close() {
      isClosed = true;
      const ended = idle.splice(0).map(({ session, end }) => {
        clearTimeout(end);
        return session.client.end();
      });
      // A server that is gone cannot be told of it.
      await Promise.allSettled(ended);
    },
  };
}

/** One connection of its own, ended by whoever opened it. Throws QueryError with a sentence. */
export async function openSession(
  settings: PostgresSettings,
  dial: DatasourceNeeds['dial'],
  signal: AbortSignal,
): Promise<Session> {
  const socket = await openSocket(settings, dial, signal);
  watchGreeting(settings, socket);
  let isAlive = true;
  socket.once('close', () => (isAlive = false));
  const client = new pg.Client({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    database: settings.database,
    // A function keeps the library from looking for one in the environment and in files.
    password: () => settings.password,
    application_name: 'vitrine',
    ssl: false,
    stream: () => alreadyConnected(socket),
  });
  // Every question sees its own failure; between questions the session is only to be forgotten.
  client.on('error', () => (isAlive = false));
  const stop = (): void => void socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  const tooLong = setTimeout(
    () =>
      socket.destroy(
        new QueryError(
          'timeout',
          `The data source "${settings.name}" did not let the user in within ${settings.timeoutMs / 1_000} s.`,
        ),
      ),
    settings.timeoutMs,
  );
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw sqlError(settings, error, '');
  } finally {
    clearTimeout(tooLong);
    signal.removeEventListener('abort', stop);
  }
  const { processID, secretKey } = client as typeof client & { readonly processID: number; readonly secretKey: number };
  return {
    client,
    socket,
    isAlive: () => isAlive,
    cancel: () => sendCancel(settings, dial, { processId: processID, secretKey }),
  };
}

/** The library connects what it is given; this socket has been connected, and its TLS shaken hands over, before. */
function alreadyConnected(socket: Socket): Socket {
  socket.connect = () => {
    process.nextTick(() => socket.emit('connect'));
    return socket;
  };
  return socket;
}
