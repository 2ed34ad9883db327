import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Labels } from '@vitrine/model/labels.ts';
import { StoreBusy } from '@vitrine/model/sample-store.ts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLog } from '../../self/log.ts';
import { openMetrics } from '../../self/metrics.ts';
import { FakeStore } from '../../testing/fake-store.ts';
import { createIntake, type Intake } from '../intake.ts';
import { NO_MAPPINGS, parseMappings } from '../lines/mappings.ts';
import { readSenderRules } from '../lines/sender-rules.ts';
import { type GraphiteNeeds, listenGraphite } from './graphite-door.ts';

const NOW = 1_700_000_000_000;

async function door(changes: Partial<GraphiteNeeds> = {}) {
  const store = new FakeStore();
  const intake: Intake = createIntake({ append: (batch) => store.append(batch), metrics: openMetrics('1'), samplesPerSecond: 0 });
  const listener = await listenGraphite({
    address: { host: '127.0.0.1', port: 0 },
    intake,
    mappings: NO_MAPPINGS,
    log: openLog('silent', 'json'),
    now: () => NOW,
    ...changes,
  });
  onTestFinished(() => listener.stop());
  const samples = (): string[] =>
    store.appended.flatMap(({ seriesKeys, seriesIndex, timestampsMs, values }) =>
      [...values].map(
        (value, i) => `${Labels.fromKey(seriesKeys[seriesIndex[i]!]!).toString()} ${value} ${timestampsMs[i]! - NOW}`,
      ),
    );
  const reasons = (): Record<string, number> =>
    Object.fromEntries(
      intake.arrivals().flatMap((arrival) => arrival.reasons.map(({ reason, count }) => [reason, count] as const)),
    );
  return { store, intake, listener, samples, reasons };
}

async function dial(port: number): Promise<Socket & { readonly gone: Promise<void> }> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  await new Promise<void>((resolve) => {
    socket.once('connect', () => resolve());
  });
  socket.resume();
  return Object.assign(socket, { gone });
}

async function sendDatagram(port: number, text: string): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.send(text, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)));
  });
  socket.close();
}

/** The machine may have much else to do. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

describe('Graphite’s lines', () => {
  test('come over TCP in pieces', async () => {
    const { listener, samples } = await door();
    const socket = await dial(listener.port);
    for (const piece of ['cpu.lo', 'ad;host=a 1 17000000', '01\ncpu.load;ho', 'st=b 2 -1\n', 'disk-free 3.5 1700000000.5\r\n']) {
      socket.write(piece);
      await new Promise(setImmediate);
    }
    await eventually(samples).toEqual(['cpu_load{host="a"} 1 1000', 'cpu_load{host="b"} 2 0', 'disk_free 3.5 500']);
  });

  test('come over UDP, several a datagram, the last without an end', async () => {
    const { listener, samples, intake } = await door();
    await sendDatagram(listener.port, 'a 1 1700000000\nb 2 1700000001');
    await eventually(samples).toEqual(['a 1 0', 'b 2 1000']);
    await expect
      .poll(() => intake.arrivals())
      .toMatchObject([{ door: 'graphite', address: '127.0.0.1', accepted: 2, refused: 0 }]);
  });

  test('are named by rules', async () => {
    const mappings = parseMappings(
      'rules.yml',
      'mappings:\n- { match: "servers.*.gpu.*", name: gpu_$2, labels: { host: $1 }, scale: 0.01 }\n- { match: noise, action: drop }',
    );
    const { listener, samples, reasons } = await door({ mappings });
    (await dial(listener.port)).write('servers.n1.gpu.util 50 -1\nservers.n1.gpu.util;host=me 50 -1\nnoise 1 -1\n');
    await eventually(samples).toEqual(['gpu_util{host="n1"} 0.5 0', 'gpu_util{host="n1"} 0.5 0']);
    expect(reasons()).toEqual({ dropped: 1 });
  });

  test('are refused one by one, with reasons', async () => {
    const { listener, samples, reasons } = await door();
    (await dial(listener.port)).write(
      'good 1 -1\nbad\nbad x -1\nbad 1 later\nbad nan 1\n;a=b 1 -1\nbad;a 1 -1\nbad;__name__=up 1 -1\nGET / HTTP/1.1\n\n\u0016\u0003\n',
    );
    await eventually(samples).toEqual(['good 1 0']);
    expect(reasons()).toEqual({ 'not a line': 2, 'not a number': 2, 'not a time': 1, 'no value': 1, 'not a name': 3 });
  });

  test('wait for a store that is busy, and none is lost', async () => {
    const { listener, store, intake, samples } = await door();
    let busy = 2;
    const append = store.append.bind(store);
    store.append = (batch) => (busy-- > 0 ? Promise.reject(new StoreBusy('Too much waits.', 0.01)) : append(batch));
    const socket = await dial(listener.port);
    const lines = Array.from({ length: 50_000 }, (_, i) => `a ${i} -1\n`);
    socket.write(lines.join(''));
    await eventually(() => samples().length).toBe(50_000);
    expect(samples()).toEqual(lines.map((line) => line.replace('-1\n', '0')));
    await eventually(() => intake.arrivals()[0]).toMatchObject({ accepted: 50_000, refused: 0, reasons: [] });
  });

  test('that wait for the store when the server stops are told as not stored', async () => {
    const { listener, store, reasons } = await door();
    const asked = Promise.withResolvers<void>();
    store.append = () => {
      asked.resolve();
      return Promise.reject(new StoreBusy('Too much waits.', 60));
    };
    const socket = await dial(listener.port);
    socket.end('a 1 -1\nb 2 -1\n');
    await asked.promise;
    await listener.stop();
    expect(reasons()).toEqual({ 'try again later': 2 });
  });

  test('stop a sender that is faster than the store from filling memory', async () => {
    const waitingBytes = 64 * 1024;
    const { listener, store } = await door({ limits: { waitingBytes } });
    const gate = Promise.withResolvers<void>();
    const append = store.append.bind(store);
    store.append = async (batch) => {
      await gate.promise;
      return append(batch);
    };
    const socket = await dial(listener.port);
    const block = 'a.name.of.some.length 1 -1\n'.repeat(10_000);
    // What neither we nor the system's buffers take stays with the sender.
    let blocks = 0;
    while (socket.writableLength < 4 * block.length && blocks < 1_000) {
      socket.write(block);
      blocks++;
      await new Promise(setImmediate);
    }
    expect(blocks).toBeLessThan(1_000);
    gate.resolve();
    await expect.poll(() => store.appended.reduce((sum, { values }) => sum + values.length, 0)).toBe(blocks * 10_000);
  });

  test('are dropped and counted where more datagrams come than fit', async () => {
    const { listener, store, reasons } = await door({ limits: { datagramBytes: 1_000 } });
    const gate = Promise.withResolvers<void>();
    store.append = async (batch) => {
      await gate.promise;
      return { accepted: batch.values.length, rejected: [], rejectedCount: 0 };
    };
    for (let i = 0; i < 5; i++) await sendDatagram(listener.port, `a ${i} -1`);
    await eventually(reasons).toEqual({ 'datagram dropped': 2 });
    gate.resolve();
  });

  test.each([
    ['a line without end', 'x'.repeat(3_000), 'line too long'],
    ['a line that does not end in time', 'a 1', 'line without end'],
  ])('close the connection on %s', async (_, text, reason) => {
    const { listener, reasons } = await door({ limits: { lineBytes: 2_000, lineMs: 50 } });
    const socket = await dial(listener.port);
    socket.write(text);
    await socket.gone;
    expect(reasons()).toEqual({ [reason]: 1 });
  });

  test('close a connection that drips one line for ever', async () => {
    const { listener, reasons } = await door({ limits: { lineMs: 50 } });
    const socket = await dial(listener.port);
    const drip = setInterval(() => socket.write('x'), 5);
    onTestFinished(() => clearInterval(drip));
    await socket.gone;
    expect(reasons()).toEqual({ 'line without end': 1 });
  });

  test('close a connection that says nothing', async () => {
    const { listener, samples } = await door({ limits: { idleMs: 50 } });
    const socket = await dial(listener.port);
    socket.write('a 1 -1\n');
    await socket.gone;
    expect(samples()).toEqual(['a 1 0']);
  });

  test('never take the beginning of a line for the line', async () => {
    const { listener, samples, reasons } = await door();
    const socket = await dial(listener.port);
    socket.end('a 1 -1\na 12');
    await socket.gone;
    expect(samples()).toEqual(['a 1 0']);
    expect(reasons()).toEqual({ 'line without end': 1 });
  });

  test.each([
    ['in all', { connections: 2 }],
    ['from one address', { connectionsEach: 2 }],
  ])('come over a bounded number of connections %s', async (_, limits) => {
    const { listener, samples, reasons } = await door({ limits });
    const first = await dial(listener.port);
    const second = await dial(listener.port);
    await (
      await dial(listener.port)
    ).gone;
    expect(reasons()).toEqual({ 'too many connections': 1 });
    first.end();
    await first.gone;
    second.write('a 1 -1\n');
    (await dial(listener.port)).write('b 1 -1\n');
    await eventually(() => samples().toSorted()).toEqual(['a 1 0', 'b 1 0']);
  });

  test('hold the place of a connection that has ended until they are stored', async () => {
    const { listener, store, reasons } = await door({ limits: { connections: 2 } });
    const gate = Promise.withResolvers<void>();
    store.append = async (batch) => {
      await gate.promise;
      return { accepted: batch.values.length, rejected: [], rejectedCount: 0 };
    };
    for (let i = 0; i < 3; i++) {
      const socket = await dial(listener.port);
      socket.end('a 1 -1\n');
      await socket.gone;
    }
    await eventually(reasons).toEqual({ 'too many connections': 1 });
    gate.resolve();
  });

  test.each(['open', 'ended'])('are stored before the door has closed, over a connection that is %s', async (now) => {
    const { listener, store, samples } = await door();
    const append = store.append.bind(store);
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    store.append = async (batch) => {
      begun.resolve();
      await gate.promise;
      return append(batch);
    };
    const socket = await dial(listener.port);
    socket.write('a 1 -1\n');
    await begun.promise;
    if (now === 'ended') {
      socket.end();
      await socket.gone;
    }
    const stopped = listener.stop().then(samples);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    gate.resolve();
    expect(await stopped).toEqual(['a 1 0']);
  });

  test('are taken from whom ingest.senders names, with their labels', async () => {
    const { listener, samples } = await door({ senders: readSenderRules('127.0.0.0/8 team=vision') });
    (await dial(listener.port)).write('a;team=other 1 -1\n');
    await eventually(samples).toEqual(['a{team="vision"} 1 0']);
  });

  test('are refused from others', async () => {
    const { listener, samples, reasons, intake } = await door({ senders: readSenderRules('10.0.0.0/8') });
    await (
      await dial(listener.port)
    ).gone;
    await sendDatagram(listener.port, 'a 1 -1');
    await eventually(reasons).toEqual({ 'not allowed': 2 });
    expect([samples(), intake.arrivals()[0]?.address]).toEqual([[], '127.0.0.1']);
  });

  test('have no door where one of its two is taken, and leave the other free', async () => {
    const taken = createSocket('udp4');
    await new Promise<void>((resolve) => {
      taken.bind(0, '127.0.0.1', resolve);
    });
    const { port } = taken.address();
    await expect(door({ address: { host: '127.0.0.1', port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise<void>((resolve) => {
      taken.close(resolve);
    });
    expect((await door({ address: { host: '127.0.0.1', port } })).listener.port).toBe(port);
    await expect(door({ address: { host: 'no-such-host.invalid', port: 0 } })).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ family }) => family === 'IPv6'));
  test.skipIf(!hasIpv6)('come over IPv6, and over IPv4 to every address', async () => {
    const { listener, samples, intake } = await door({ address: { host: '::', port: 0 } });
    (await dial(listener.port)).write('a 1 -1\n');
    await eventually(samples).toEqual(['a 1 0']);
    expect(intake.arrivals()[0]?.address).toBe('127.0.0.1');
  });

  test('survive junk', async () => {
    const { listener, samples } = await door();
    const junk = Buffer.from(Array.from({ length: 60_000 }, (_, i) => (i * 7_919) % 251));
    const socket = await dial(listener.port);
    socket.write(junk);
    socket.write('\na 1 -1\n');
    await sendDatagram(listener.port, junk.subarray(0, 8_000).toString('latin1'));
    await eventually(samples).toEqual(['a 1 0']);
  });
});
