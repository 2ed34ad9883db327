import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { Labels } from '@vitrine/model/labels.ts';
import { StoreBusy } from '@vitrine/model/sample-store.ts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLog } from '../../self/log.ts';
import { openMetrics } from '../../self/metrics.ts';
import { FakeStore } from '../../testing/fake-store.ts';
import { createIntake } from '../intake.ts';
import { NO_MAPPINGS } from '../lines/mappings.ts';
import { listenStatsd, type StatsdNeeds } from './statsd-door.ts';

async function door(changes: Partial<StatsdNeeds> = {}) {
  const store = new FakeStore();
  const intake = createIntake({ append: (batch) => store.append(batch), metrics: openMetrics('1'), samplesPerSecond: 0 });
  let heard: () => void = () => {};
  const listener = await listenStatsd({
    address: { host: '127.0.0.1', port: 0 },
    intake: {
      take: (...args) => intake.take(...args),
      refuse(...args) {
        intake.refuse(...args);
        heard();
      },
    },
    mappings: NO_MAPPINGS,
    onMetadata: () => {},
    // Nothing is stored before the door closes, unless a test wants it.
    intervalMs: 3_600_000,
    log: openLog('silent', 'json'),
    ...changes,
  });
  onTestFinished(() => listener.stop());
  return {
    store,
    listener,
    intake,
    /** Sends what is refused behind the lines, so that it is known when all have been read. */
    async send(protocol: 'udp' | 'tcp', ...messages: readonly string[]): Promise<void> {
      const read = new Promise<void>((resolve) => (heard = resolve));
      if (protocol === 'tcp') {
        const socket = connect(listener.port, '127.0.0.1');
        onTestFinished(() => void socket.destroy());
        socket.write(`${messages.join('\n')}\nend\n`);
      } else {
        const socket = createSocket('udp4');
        onTestFinished(() => void socket.close());
        for (const message of [...messages, 'end']) socket.send(message, listener.port, '127.0.0.1');
      }
      await read;
    },
    last: (): Record<string, number> =>
      Object.fromEntries(
        store.appended.flatMap(({ seriesKeys, seriesIndex, values }) =>
          [...values].map((value, i) => [Labels.fromKey(seriesKeys[seriesIndex[i]!]!).toString(), value] as const),
        ),
      ),
  };
}

/** The machine may have much else to do. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

describe('StatsD', () => {
  test.each(['udp', 'tcp'] as const)(
    'over %s, several lines a message, is stored at the latest when the server stops',
    async (protocol) => {
      const { listener, send, last, intake } = await door();
      await send(protocol, 'hits:1|c\nhits:2|c', 'temp:3.5|g|#room:a\n');
      await listener.stop();
      expect(last()).toEqual({ hits: 3, 'temp{room="a"}': 3.5 });
      expect(intake.arrivals()).toMatchObject([{ door: 'statsd', address: '127.0.0.1', accepted: 3, refused: 1 }]);
    },
  );

  test('is stored every interval', async () => {
    const { store, send, last } = await door({ intervalMs: 20 });
    await send('udp', 'temp:1|g');
    await eventually(() => store.appended.length).toBeGreaterThan(2);
    expect(last()).toEqual({ temp: 1 });
  });

  test('goes on when the store was busy, and has lost nothing that counts', async () => {
    const { store, send, last } = await door({ intervalMs: 20 });
    const append = store.append.bind(store);
    let refusals = 0;
    store.append = () => {
      refusals++;
      return Promise.reject(new StoreBusy('Too much waits.', 1));
    };
    await send('udp', 'hits:1|c');
    await eventually(() => refusals).toBeGreaterThan(1);
    await send('udp', 'hits:2|c');
    store.append = append;
    await eventually(last).toEqual({ hits: 3 });
    // The first that is stored begins with 0.
    expect([...store.appended[0]!.values]).toEqual([0, 3]);
  });

  test('waits for a store that is busy when the server stops', async () => {
    const { store, listener, send, last } = await door();
    const append = store.append.bind(store);
    let busy = 1;
    store.append = (batch) => (busy-- > 0 ? Promise.reject(new StoreBusy('Too much waits.', 0.01)) : append(batch));
    await send('udp', 'hits:1|c');
    await listener.stop();
    expect(last()).toEqual({ hits: 1 });
  });

  test('comes in batches, so that others have their turn', async () => {
    const { store, listener, send } = await door();
    await send('tcp', ...Array.from({ length: 30_000 }, (_, i) => `a:1|g|#i:${i}`));
    await listener.stop();
    expect(store.appended.map(({ values }) => values.length)).toEqual([20_000, 10_000]);
  });

  test('junk is refused by reason', async () => {
    const { send, intake } = await door();
    await send('udp', 'hits:1|c\nhits:x|c\nhits:1|q\nhits', '\u0000\u0001\u0002', '_e{1,1}:a|b', 'hits:1|g');
    const reasons = (): Record<string, number> =>
      Object.fromEntries(intake.arrivals()[0]!.reasons.map(({ reason, count }) => [reason, count]));
    await eventually(reasons).toEqual({ 'not a line': 3, 'not a number': 1, 'not a type': 1, 'another type': 1, event: 1 });
  });
});
