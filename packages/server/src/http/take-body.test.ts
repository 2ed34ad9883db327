import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

const UNPACKED_BYTES = 64 * 1024 * 1024;

test('whoever goes away while its body is unpacked keeps no turn', { timeout: 30_000 }, async () => {
  const limits = {
    maxSamples: 1_000_000,
    maxSeries: 1_000,
    timeoutMs: 10_000,
    maxPoints: 11_000,
    bodyBytes: UNPACKED_BYTES,
    artifactBytes: 0,
  };
  const { app } = await testApp({ limits });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  // Unpacking takes some hundredths of a second, in which the connection ends.
  const body = gzipSync(Buffer.alloc(UNPACKED_BYTES));
  const head = `POST /write HTTP/1.1\r\nhost: localhost\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`;
  for (let i = 0; i < 5; i++) {
    const gone = Promise.withResolvers<void>();
    app.server.once('request', (_request, response) => response.once('close', () => gone.resolve()));
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(head);
    socket.write(body, () => socket.resetAndDestroy());
    await gone.promise;
  }
  const url = `http://127.0.0.1:${port}/write`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-encoding': 'gzip' },
    body: gzipSync('m v=1'),
    signal: AbortSignal.timeout(15_000),
  });
  expect(response.status).toBe(204);
});
