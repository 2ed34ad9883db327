import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Refused } from '../arrivals.ts';
import { type Sender, senderAt } from '../sender.ts';
import { LineCutter } from './line-cutter.ts';
import type { SenderRules } from './sender-rules.ts';

export interface LineListenerNeeds {
  readonly address: { readonly host: string; readonly port: number };
  /**
   * Takes whole lines of one sender, with newlines between them; further ones of that sender wait for the promise. Never
   * throws. The signal says that the server stops: what cannot be stored at once is then to be given up.
   */
  readonly take: (sender: Sender, text: string, signal: AbortSignal) => Promise<void> | void;
  /** Notes what was refused before it came to lines. */
  readonly refuse: (sender: Sender, refused: Refused) => void;
  readonly senders: SenderRules;
  readonly log: Logger;
  readonly limits?: Partial<LineLimits>;
}

export interface LineLimits {
  readonly lineBytes: number;
  /** Connections in all, and from one address. */
  readonly connections: number;
  readonly connectionsEach: number;
  /** A connection that says nothing for so long is closed. */
  readonly idleMs: number;
  /** A line that has begun is to end within this. */
  readonly lineMs: number;
  /** What one sender may have waiting before its connection is read no further. */
  readonly waitingBytes: number;
  /** What all datagrams may have waiting before further ones are dropped. */
  readonly datagramBytes: number;
}

export interface LineListener {
  readonly port: number;
  /** Reads no further, and resolves when all that was read has been taken or given up. */
  stop(): Promise<void>;
}

const LIMITS: LineLimits = {
  lineBytes: 16 * 1024,
  connections: 1_000,
  connectionsEach: 200,
  idleMs: 10 * 60_000,
  lineMs: 60_000,
  waitingBytes: 256 * 1024,
  datagramBytes: 16 * 1024 * 1024,
};
const PART_BYTES = 128 * 1024;
/** What keeping a datagram takes beside its bytes. */
const DATAGRAM_OVERHEAD = 300;
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** How long a stop waits for what is still to be stored. */
const PATIENCE_MS = 2_000;

/** Takes lines over TCP and UDP on one address. Rejects as `listen` and `bind` do. */
export async function listenLines(needs: LineListenerNeeds): Promise<LineListener> {
  const limits = { ...LIMITS, ...needs.limits };
  // Both are to listen on the same one of the addresses that a name may have.
  const { address, family } = await lookup(needs.address.host);
  const stopping = new AbortController();
  const { signal } = stopping;
  const streams = new Streams(needs, limits, signal);
  const port = await streams.listen(address, needs.address.port);
  const datagrams = new Datagrams(needs, limits, signal, family === 6 ? 'udp6' : 'udp4');
  try {
    await datagrams.bind(address, port);
  } catch (error) {
    await streams.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    const patience = setTimeout(() => stopping.abort(), PATIENCE_MS);
    await Promise.all([streams.close(), datagrams.close()]);
    clearTimeout(patience);
  };
  let closed: Promise<void> | undefined;
  return { port, stop: () => (closed ??= close()) };
}

/** What one sender brought and waits to be taken, a part at a time and in its order. */
class Inbox {
  readonly #take: (text: string, bytes: number) => Promise<void> | void;
  #waiting: { readonly text: string; readonly bytes: number }[] = [];
  #taking: Promise<void> | undefined;
  #bytes = 0;

  constructor(take: (text: string, bytes: number) => Promise<void> | void) {
    this.#take = take;
  }

  put(text: string, bytes: number): void {
    this.#waiting.push({ text, bytes });
    this.#bytes += bytes;
    this.#taking ??= this.#run();
  }

  get waitingBytes(): number {
    return this.#bytes;
  }

  /** Resolves when nothing waits any more; undefined where nothing does. */
  get taking(): Promise<void> | undefined {
    return this.#taking;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { text, bytes } = this.#nextPart();
      await this.#take(text, bytes);
    }
    this.#taking = undefined;
  }

  /** Not more at a time than is read in a few milliseconds: others are to have their turn. */
  #nextPart(): { text: string; bytes: number } {
    let count = 0;
    let bytes = 0;
    while (count < this.#waiting.length && bytes < PART_BYTES) bytes += (this.#waiting[count++] as { bytes: number }).bytes;
    const part = this.#waiting.splice(0, count);
    this.#bytes -= bytes;
    return { text: part.map(({ text }) => text).join('\n'), bytes };
  }
}

class Streams {
  readonly #needs: LineListenerNeeds;
  readonly #limits: LineLimits;
  readonly #signal: AbortSignal;
  readonly #server: Server;
  readonly #open = new Map<Socket, Inbox>();
  readonly #each = new Map<string, number>();

  constructor(needs: LineListenerNeeds, limits: LineLimits, signal: AbortSignal) {
    this.#needs = needs;
    this.#limits = limits;
    this.#signal = signal;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.on('error', (error) => this.#needs.log.warn({ err: error }, 'a connection could not be taken'));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const taken = [...this.#open.values()].map((inbox) => inbox.taking);
    for (const socket of this.#open.keys()) socket.destroy();
    await Promise.all([closed, ...taken]);
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    const sender = this.#needs.senders.senderAt(address);
    // A connection that breaks off is its client's matter.
    socket.on('error', (error) => this.#needs.log.debug({ err: error }, 'a connection broke off'));
    if (sender === undefined) {
      this.#needs.refuse(senderAt(address), stranger(address));
      socket.destroy();
      return;
    }
    const each = this.#each.get(address) ?? 0;
    if (this.#open.size >= this.#limits.connections || each >= this.#limits.connectionsEach) {
      const most =
        each >= this.#limits.connectionsEach
          ? `${this.#limits.connectionsEach} connections from one address`
          : `${this.#limits.connections} connections`;
      this.#refuse(socket, sender, 'too many connections', `There are ${most}, which is the limit. Let senders share one.`);
      return;
    }
    this.#each.set(address, each + 1);
    const cutter = new LineCutter(this.#limits.lineBytes);
    const inbox = new Inbox((text) => this.#needs.take(sender, text, this.#signal));
    this.#open.set(socket, inbox);
    let late: NodeJS.Timeout | undefined;
    socket.setTimeout(this.#limits.idleMs, () => socket.destroy());
    // What it brought may still wait: until then it counts, and is waited for.
    const forget = (): void => {
      this.#open.delete(socket);
      const left = (this.#each.get(address) ?? 1) - 1;
      if (left === 0) this.#each.delete(address);
      else this.#each.set(address, left);
    };
    socket.once('close', () => {
      clearTimeout(late);
      if (inbox.taking === undefined) forget();
      else void inbox.taking.then(forget);
    });
    socket.on('data', (piece: Buffer) => {
      const text = cutter.cut(piece);
      if (text !== '') this.#put(socket, inbox, text, piece.length);
      if (cutter.tooLong) {
        const sentence = `A line was longer than ${this.#limits.lineBytes} bytes, so the connection was closed. End each line with a newline.`;
        this.#refuse(socket, sender, 'line too long', sentence);
        return;
      }
      // A line that grows does not win time by that.
      if (cutter.unfinishedBytes === 0 || text !== '') {
        clearTimeout(late);
        late = undefined;
      }
      if (cutter.unfinishedBytes > 0) {
        late ??= setTimeout(() => {
          const sentence = `A line did not end within ${this.#limits.lineMs / 1_000} s, so the connection was closed. End each line with a newline.`;
          this.#refuse(socket, sender, 'line without end', sentence);
        }, this.#limits.lineMs);
      }
    });
    socket.once('end', () => {
      if (cutter.unfinishedBytes === 0) return;
      // It may have lost its end: half a number is another number.
      const sentence = 'A connection ended in the middle of a line. End each line with a newline, the last one too.';
      this.#needs.refuse(sender, { reason: 'line without end', count: 1, sentence });
    });
  }

  /** Reads on only when the store has kept up: TCP then slows the sender down, and nothing is lost. */
  #put(socket: Socket, inbox: Inbox, text: string, bytes: number): void {
    inbox.put(text, bytes);
    if (inbox.waitingBytes < this.#limits.waitingBytes) return;
    socket.pause();
    void inbox.taking?.then(() => socket.resume());
  }

  #refuse(socket: Socket, sender: Sender, reason: string, sentence: string): void {
    this.#needs.refuse(sender, { reason, count: 1, sentence });
    socket.destroy();
  }
}

class Datagrams {
  readonly #needs: LineListenerNeeds;
  readonly #limits: LineLimits;
  readonly #signal: AbortSignal;
  readonly #socket: UdpSocket;
  /** Those that have something waiting. */
  readonly #inboxes = new Map<string, Inbox>();
  #waitingBytes = 0;

  constructor(needs: LineListenerNeeds, limits: LineLimits, signal: AbortSignal, type: 'udp4' | 'udp6') {
    this.#needs = needs;
    this.#limits = limits;
    this.#signal = signal;
    this.#socket = createSocket(type);
  }

  async bind(address: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind({ address, port, exclusive: true }, () => {
        this.#socket.off('error', reject);
        resolve();
      });
    });
    try {
      this.#socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    } catch (error) {
      this.#needs.log.debug({ err: error }, 'the buffer of datagrams stays as the system has it');
    }
    this.#socket.on('error', (error) => this.#needs.log.warn({ err: error }, 'datagrams could not be read'));
    this.#socket.on('message', (datagram, from) => this.#receive(datagram, plainAddress(from.address)));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
    await Promise.all([...this.#inboxes.values()].map(async (inbox) => inbox.taking));
  }

  #receive(datagram: Buffer, address: string): void {
    const sender = this.#needs.senders.senderAt(address);
    if (sender === undefined) {
      this.#needs.refuse(senderAt(address), stranger(address));
      return;
    }
    const bytes = datagram.length + DATAGRAM_OVERHEAD;
    if (this.#waitingBytes + bytes > this.#limits.datagramBytes) {
      const sentence = `More datagrams wait to be stored than memory is set aside for (${this.#limits.datagramBytes} bytes), so some were dropped. Send less often, or over TCP.`;
      this.#needs.refuse(sender, { reason: 'datagram dropped', count: 1, sentence });
      return;
    }
    this.#waitingBytes += bytes;
    this.#inboxOf(sender).put(datagram.toString(), bytes);
  }

  #inboxOf(sender: Sender): Inbox {
    const known = this.#inboxes.get(sender.address);
    if (known !== undefined) return known;
    const inbox = new Inbox(async (text, bytes) => {
      await this.#needs.take(sender, text, this.#signal);
      this.#waitingBytes -= bytes;
      if (inbox.waitingBytes === 0) this.#inboxes.delete(sender.address);
    });
    this.#inboxes.set(sender.address, inbox);
    return inbox;
  }
}

function stranger(address: string): Refused {
  const sentence = `${address} is none of the addresses that ingest.senders names.`;
  return { reason: 'not allowed', count: 1, sentence };
}

/** IPv4 over an IPv6 socket is shown as IPv4. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
