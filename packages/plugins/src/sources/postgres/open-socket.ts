import { QueryError } from '@vitrine/model/sample-store.ts';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { DatasourceNeeds } from '../../contract.ts';
import { clientCertificateProblem } from '../ask-server.ts';
import type { PostgresSettings } from './spec.ts';

/** The first bytes of a client that wants TLS, and of one that wants another's question given up. */
const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
/** For the way to the server and back, with TLS. */
const CONNECT_TIMEOUT_MS = 10_000;
/** What a server says first: how to sign in, an error, a notice, another version of the protocol. */
const FIRST_LETTERS = 'RENv';

/** A connection to the server on which its protocol begins, with TLS where the settings ask for it. Throws QueryError with a sentence. */
export async function openSocket(
  settings: PostgresSettings,
  dial: DatasourceNeeds['dial'],
  signal: AbortSignal,
): Promise<Socket> {
  const timeout = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  const either = AbortSignal.any([signal, timeout]);
  let socket: Socket | undefined;
  const stop = (): void => void socket?.destroy(either.reason as Error);
  either.addEventListener('abort', stop, { once: true });
  try {
    socket = await dial(settings.host, settings.port, either);
    // A connection may break while nobody listens; whoever uses it next sees that it is closed.
    socket.on('error', () => {});
    either.throwIfAborted();
    return settings.tls.mode === 'disable' ? socket : await upgrade(socket, settings);
  } catch (error) {
    socket?.destroy();
    signal.throwIfAborted();
    throw unreachable(settings, timeout.aborted ? undefined : (error as Error));
  } finally {
    either.removeEventListener('abort', stop);
  }
}

/** Asks for what the connection of that process runs to be given up. The server answers by closing. */
export async function sendCancel(
  settings: PostgresSettings,
  dial: DatasourceNeeds['dial'],
  { processId, secretKey }: { readonly processId: number; readonly secretKey: number },
): Promise<void> {
  const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  const socket = await openSocket(settings, dial, signal);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const message = Buffer.alloc(16);
  [16, CANCEL_REQUEST, processId, secretKey].forEach((word, index) => message.writeInt32BE(word, index * 4));
  socket.resume().end(message);
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  await closed;
}

/** Ends a connection that says first what no PostgreSQL server does. */
export function watchGreeting(settings: PostgresSettings, socket: Socket): void {
  socket.once('data', (bytes: Buffer) => {
    if (!FIRST_LETTERS.includes(String.fromCodePoint(bytes[0] ?? 0))) socket.destroy(otherProduct(settings));
  });
}

async function upgrade(socket: Socket, settings: PostgresSettings): Promise<Socket> {
  const { host, tls, name } = settings;
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(SSL_REQUEST, 4);
  socket.write(request);
  const answer = await firstBytes(socket);
  // More than the one letter would be what somebody put in between, unenciphered (CVE-2021-23222).
  if (answer === 'N')
    throw new QueryError(
      'execution',
      `The data source "${name}" cannot be reached: ${where(settings)} has TLS switched off. Switch it on there, or choose no TLS here.`,
    );
  if (answer !== 'S') throw otherProduct(settings);
  const secure = connectTls({
    socket,
    // The name is looked at in verify-full alone, as libpq does.
    ...(tls.mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    rejectUnauthorized: tls.mode !== 'require',
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    ...(tls.authority === '' ? {} : { ca: tls.authority }),
    ...(tls.certificate === '' ? {} : { cert: tls.certificate, key: tls.key }),
  });
  secure.on('error', () => {});
  await ready(secure);
  return secure;
}

function firstBytes(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    socket.once('error', reject).once('close', onClose);
    socket.once('data', (bytes: Buffer) => {
      socket.off('error', reject).off('close', onClose);
      resolve(bytes.toString('latin1'));
    });
  });
}

function ready(secure: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    secure.once('error', reject).once('close', onClose);
    secure.once('secureConnect', () => {
      secure.off('error', reject).off('close', onClose);
      resolve();
    });
  });
}

function where({ host, port }: PostgresSettings): string {
  return `${host}:${port}`;
}

function otherProduct(settings: PostgresSettings): QueryError {
  return new QueryError(
    'execution',
    `The data source "${settings.name}" cannot be reached: what answers at ${where(settings)} does not speak PostgreSQL’s protocol. Is this its port?`,
  );
}

/** Why there is no connection; undefined is that nothing came of it in time. */
function unreachable(settings: PostgresSettings, error: (Error & { readonly code?: string }) | undefined): QueryError {
  if (error instanceof QueryError) return error;
  return new QueryError(
    error === undefined ? 'timeout' : 'execution',
    `The data source "${settings.name}" cannot be reached: ${whyNot(settings, error)}`,
    undefined,
    { cause: error },
  );
}

function whyNot(settings: PostgresSettings, error: (Error & { readonly code?: string }) | undefined): string {
  const at = where(settings);
  switch (error?.code) {
    case undefined:
      return error === undefined
        ? `${at} did not answer within ${CONNECT_TIMEOUT_MS / 1_000} s. Does a firewall stand between?`
        : error.message;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `no address is known for the name "${settings.host}". Is it spelled as its network knows it?`;
    case 'ECONNREFUSED':
      return `nothing listens at ${at}. Is the server running, and is this its port?`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `${at} closed the connection. Is it a PostgreSQL server?`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `there is no way to ${at}. Does a firewall stand between?`;
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${at} has expired.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${at} is for another name: ${error?.message}.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `the certificate of ${at} is from an authority that is not trusted here. Give the authority’s certificate under TLS.`;
    default:
      return clientCertificateProblem(error?.code ?? '', at) ?? `${error?.message}.`;
  }
}
