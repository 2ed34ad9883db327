import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** pass: all that is sent. stall: the first half of an answer, and then nothing. cut: that, and then the end. drip: a byte now and then. */
export type Mood = 'pass' | 'stall' | 'cut' | 'drip';

const DRIP_MS = 100;

/** A network between Vitrine and a server. */
export interface Network {
  readonly port: number;
  /** Where the server listens now. */
  serverPort: number;
  /** Counts for what a server answers from now on. */
  mood: Mood;
  /** Connections whose answers stall or drip. */
  readonly stalled: Set<Socket>;
  close(): Promise<void>;
}

export async function network(serverPort: number): Promise<Network> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(made.serverPort, '127.0.0.1');
    let drops: Buffer[] = [];
    let timer: NodeJS.Timeout | undefined;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        clearInterval(timer);
        sockets.delete(socket);
        made.stalled.delete(near);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    const drip = (): void => {
      const [first] = drops;
      if (first === undefined) return;
      near.write(first.subarray(0, 1));
      drops = first.length === 1 ? drops.slice(1) : [first.subarray(1), ...drops.slice(1)];
    };
    far.on('data', (data) => {
      if (timer !== undefined) drops.push(data);
      else if (made.mood === 'pass' && !made.stalled.has(near)) near.write(data);
      else if (made.mood === 'cut') {
        near.write(data.subarray(0, data.length / 2));
        near.end();
        far.destroy();
      } else if (!made.stalled.has(near)) {
        made.stalled.add(near);
        if (made.mood === 'drip') {
          drops.push(data);
          timer = setInterval(drip, DRIP_MS);
        } else near.write(data.subarray(0, data.length / 2));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: Network = {
    port: (server.address() as AddressInfo).port,
    serverPort,
    mood: 'pass',
    stalled: new Set(),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;
}
