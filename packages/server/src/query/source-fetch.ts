import { Agent, fetch as undiciFetch } from 'undici';
import type { RegisteredSource } from './data-source-registry.ts';
import { guardedLookup, type Reach, refusedHost } from './reach.ts';

/**
 * fetch() as a data source is set up to be reached: with a certificate authority, a client's certificate or a server name of
 * its own, or without looking at certificates, in the words of Grafana (tlsAuthWithCACert, tlsAuth, serverName, tlsSkipVerify);
 * and no farther than it may reach.
 */
export function sourceFetch({ settings, secrets }: Pick<RegisteredSource, 'settings' | 'secrets'>, reach: Reach): typeof fetch {
  const more = settings['jsonData'];
  const { tlsSkipVerify, tlsAuthWithCACert, tlsAuth, serverName } = (
    typeof more === 'object' && more !== null ? more : {}
  ) as Record<string, unknown>;
  const dispatcher = new Agent({
    connect: {
      lookup: guardedLookup(reach),
      ...(tlsSkipVerify === true ? { rejectUnauthorized: false } : {}),
      ...(tlsAuthWithCACert === true && secrets['tlsCACert'] !== undefined ? { ca: secrets['tlsCACert'] } : {}),
      ...(tlsAuth === true && secrets['tlsClientCert'] !== undefined ? { cert: secrets['tlsClientCert'] } : {}),
      ...(tlsAuth === true && secrets['tlsClientKey'] !== undefined ? { key: secrets['tlsClientKey'] } : {}),
      ...(typeof serverName === 'string' && serverName !== '' ? { servername: serverName } : {}),
    },
  });
  // The package's fetch is the one that Node has built in, whose types stand in another place.
  const within = undiciFetch as unknown as (input: string | URL | Request, init: object) => Promise<Response>;
  return async (input, init) => {
    const { hostname } = new URL(input instanceof Request ? input.url : input);
    // A literal address asks no resolver, so it is judged here.
    const refused = refusedHost(hostname, reach);
    if (refused !== undefined) throw new Error(refused);
    return within(input, { ...init, dispatcher });
  };
}
