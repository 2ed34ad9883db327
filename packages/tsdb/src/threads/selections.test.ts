import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { Labels } from '@vitrine/model/labels.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { LocalStore } from '../local-store.ts';
import { tempFolder } from '../store-for-tests.ts';
import { makeBell } from './ask.ts';
import type { Portion, SourceRequest } from './portion.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

test('labels that could not be sent are sent with the next answer', async () => {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  const store = LocalStore.open({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 10 });
  cleanups.push(() => store.close());
  const { key } = Labels.from({ __name__: 'x' });
  await store.append({
    seriesKeys: [key],
    seriesIndex: Uint32Array.of(0),
    timestampsMs: Float64Array.of(1_000),
    values: Float64Array.of(1),
  });
  const { port1, port2 } = new MessageChannel();
  cleanups.push(() => port2.close());
  store.connect(port1, makeBell());
  const answers: (Portion | { readonly error: unknown })[] = [];
  port2.on('message', (answer: Portion | { readonly error: unknown }) => answers.push(answer));
  const select = async (selection: number): Promise<Portion | { readonly error: unknown } | undefined> => {
    const request: SourceRequest = {
      kind: 'select',
      selection,
      matchers: [{ label: '__name__', op: '=', value: 'x' }],
      fromMs: 0,
      toMs: 2_000,
      part: undefined,
      rollup: undefined,
      labelsOnly: false,
      forgot: false,
    };
    port2.postMessage(request, []);
    await once(port2, 'message');
    return answers.at(-1);
  };
  vi.spyOn(port1, 'postMessage').mockImplementationOnce(() => {
    throw new Error('no memory is left');
  });
  expect(await select(1)).toHaveProperty('error');
  expect(await select(2)).toMatchObject({ newKeys: [key], isLast: true });
  expect(await select(3)).toMatchObject({ newKeys: [], isLast: true });
});
