import { isIP } from 'node:net';

/** The setting in the data folder's documents that says where the server that has the folder answers. */
export const SERVED_AT = 'served-at';

/** As a browser on this machine would write it: `http://localhost:9470`. */
export function listeningUrl(host: string, port: number | string): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}
