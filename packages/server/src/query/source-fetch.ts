import { Agent, fetch as undiciFetch } from 'undici';
import type { RegisteredSource } from './data-source-registry.ts';

/**
 * fetch() as a data source is set up to be reached: with a certificate authority, a client's certificate or a server name of
 * its own, or without looking at certificates, in the words of Grafana (tlsAuthWithCACert, tlsAuth, serverName, tlsSkipVerify).
 */
export function sourceFetch({ settings, secrets }: Pick<RegisteredSource, 'settings' | 'secrets'>): typeof fetch {
  const more = settings['jsonData'];
  const { tlsSkipVerify, tlsAuthWithCACert, tlsAuth, serverName } = (
    typeof more === 'object' && more !== null ? more : {}
  ) as Record<string, unknown>;
  const connect = {
    ...(tlsSkipVerify === true ? { rejectUnauthorized: false } : {}),
    ...(tlsAuthWithCACert === true && secrets['tlsCACert'] !== undefined ? { ca: secrets['tlsCACert'] } : {}),
    ...(tlsAuth === true && secrets['tlsClientCert'] !== undefined ? { cert: secrets['tlsClientCert'] } : {}),
    ...(tlsAuth === true && secrets['tlsClientKey'] !== undefined ? { key: secrets['tlsClientKey'] } : {}),
    ...(typeof serverName === 'string' && serverName !== '' ? { servername: serverName } : {}),
  };
  if (Object.keys(connect).length === 0) return fetch;
  const dispatcher = new Agent({ connect });
  // The package's fetch is the one that Node has built in, whose types stand in another place.
  return ((input: string | URL, init?: object) => undiciFetch(input, { ...init, dispatcher })) as unknown as typeof fetch;
}
