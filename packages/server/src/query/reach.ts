import { lookup as resolveName } from 'node:dns';
import { BlockList, connect as connectSocket, isIP, type LookupFunction, type Socket } from 'node:net';

/** What a data source may reach. Judged by the address that is connected to, not by its name. */
export interface Reach {
  /** Whether addresses of this machine and of private networks may be reached. */
  readonly mayBePrivate: boolean;
}

/** Where clouds tell machines their secrets, and what is no place to ask. Never reached, whoever set the source up. */
const NEVER = blockList([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['fe80::', 10],
  ['ff00::', 8],
  ['::', 128],
  ['fd00:ec2::254', 128],
]);
/** This machine, private networks (RFC 1918, RFC 4193) and those of carriers (RFC 6598). */
const PRIVATE = blockList([
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['::1', 128],
  ['fc00::', 7],
]);

function blockList(subnets: readonly (readonly [address: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, address.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

/** Why an IP address may not be reached, as a sentence; undefined where it may. */
export function refusedAddress(address: string, { mayBePrivate }: Reach): string | undefined {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  const plain = mapped ?? address;
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(plain, family)) return `${address} is no address that a data source may have.`;
  if (!mayBePrivate && PRIVATE.check(plain, family))
    return `${address} is an address of this machine or of a private network, which data sources set up in the page may not reach here. Start Vitrine with --private-sources, or set the source up by a provisioning file.`;
  return undefined;
}

/** Resolves names as the system does, and refuses addresses out of reach at the moment of connecting. */
export function guardedLookup(reach: Reach): LookupFunction {
  return (hostname, options, done) => {
    resolveName(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, '');
      const refused = found.map(({ address }) => refusedAddress(address, reach));
      const allowed = found.filter((_, index) => refused[index] === undefined);
      const [first] = allowed;
      if (first === undefined) return done(new Error(refused[0] ?? `no address is known for the name "${hostname}".`), '');
      if (options.all === true) return done(null, allowed);
      done(null, first.address, first.family);
    });
  };
}

/** A connection within reach. A literal address asks no resolver, so it is judged here. */
export function dialWithin(reach: Reach, host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    const refused = isIP(bare) === 0 ? undefined : refusedAddress(bare, reach);
    if (refused !== undefined) {
      reject(new Error(refused));
      return;
    }
    const socket = connectSocket({ host: bare, port, lookup: guardedLookup(reach), noDelay: true });
    const stop = (): void => void socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
