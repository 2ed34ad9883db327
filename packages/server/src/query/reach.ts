import { type LookupAddress, type LookupAllOptions, lookup as resolveName } from 'node:dns';
import { BlockList, connect as connectSocket, isIP, type LookupFunction, type Socket } from 'node:net';
import { whyNot } from '@vitrine/plugins/sources/ask-server.ts';

/** What a data source may reach. Judged by the address that is connected to, not by its name. */
export interface Reach {
  /** Whether addresses of this machine and of private networks may be reached. */
  readonly mayBePrivate: boolean;
}

/** What a name stands for, as the system's lookup() answers it. */
export type ResolveName = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

type Subnet = readonly [address: string, prefix: number];

/** Where clouds tell machines their secrets, and what is no place to ask. Never reached, whoever set the source up. */
const NEVER = blockList([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  // Metadata of Alibaba, Oracle and Azure, whose addresses are not link-local.
  ['100.100.100.200', 32],
  ['192.0.0.0', 24],
  ['168.63.129.16', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['fe80::', 10],
  ['ff00::', 8],
  ['::', 128],
  ['fd00:ec2::254', 128],
]);
/** This machine, private networks (RFC 1918, RFC 4193), those of carriers (RFC 6598) and of laboratories (RFC 2544). */
const PRIVATE = blockList([
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['198.18.0.0', 15],
  ['::1', 128],
  ['fc00::', 7],
  ['fec0::', 10],
]);

/** Knows addresses of IPv4 as IPv6 writes them too: mapped, which BlockList sees through by itself, translated and tunnelled. */
function blockList(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) {
    list.addSubnet(address, prefix, address.includes(':') ? 'ipv6' : 'ipv4');
    if (address.includes(':')) continue;
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
    const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
    // NAT64 (RFC 6052), 6to4 (RFC 3056) and the compatible form of RFC 4291, among which ::1 is no address of IPv4.
    list.addSubnet(`64:ff9b::${hex}`, 96 + prefix, 'ipv6');
    list.addSubnet(`2002:${hex}::`, 16 + prefix, 'ipv6');
    if (a !== 0) list.addSubnet(`::${hex}`, 96 + prefix, 'ipv6');
  }
  return list;
}

/** Why an IP address may not be reached, as a sentence; undefined where it may. */
export function refusedAddress(address: string, { mayBePrivate }: Reach): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(address, family)) return `${address} is no address that a data source may have.`;
  if (!mayBePrivate && PRIVATE.check(address, family))
    return `${address} is an address of this machine or of a private network, which data sources set up in the page or over the API may not reach here. Set sources.private to true where those who set up sources may, or set this one up by a provisioning file.`;
  return undefined;
}

/** Why a host that is written as an address may not be reached. A name is judged when it is resolved. */
export function refusedHost(host: string, reach: Reach): string | undefined {
  const bare = bareHost(host);
  return isIP(bare) === 0 ? undefined : refusedAddress(bare, reach);
}

function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/**
 * Resolves names as the system does (`resolve`), and refuses addresses out of reach at the moment of connecting: what is judged
 * is what is connected to, so that a name cannot mean another address a moment later.
 */
export function guardedLookup(reach: Reach, resolve: ResolveName = resolveName): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
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

/** A connection within reach. Throws an error whose message is a sentence, or what `signal` gave up with. */
export function dialWithin(reach: Reach, host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    // A literal address asks no resolver, so it is judged here.
    const refused = refusedHost(host, reach);
    if (refused !== undefined) throw new Error(refused);
    const socket = connectSocket({ host: bareHost(host), port, lookup: guardedLookup(reach), noDelay: true });
    const giveUp = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', giveUp);
      const { code } = error as NodeJS.ErrnoException;
      const sentence = whyNot(error, { hostname: host, port: String(port), protocol: 'tcp:' });
      reject(Object.assign(new Error(sentence, { cause: error }), code === undefined ? {} : { code }));
    };
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      signal.removeEventListener('abort', giveUp);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
