import type { SampleStore } from '@vitrine/model/sample-store.ts';
import type { DatasourceServer } from '@vitrine/plugins/contract.ts';
import { expect, test } from 'vitest';
import { dataSourceRegistry, type RegisteredSource } from './data-source-registry.ts';
import { sourceKinds } from './source-kinds.ts';
import { connectSources, type Sources } from './sources.ts';

const REGISTERED: RegisteredSource = {
  uid: '',
  type: 'counted',
  name: 'Counted',
  url: '',
  settings: {},
  secrets: {},
  lostSecrets: [],
  isDefault: false,
  byFile: false,
  revision: '1',
};

/** Sources of a kind that tells when its connections are opened and closed; `saved` may be changed. */
function counted(...uids: string[]): { readonly sources: Sources; readonly saved: RegisteredSource[]; readonly told: string[] } {
  const told: string[] = [];
  const saved = uids.map((uid): RegisteredSource => ({ ...REGISTERED, uid, name: uid }));
  const no = (): Promise<never> => Promise.reject(new Error('is not asked'));
  const kind: DatasourceServer<unknown, unknown> = {
    spec: {
      kind: 'counted',
      title: 'Counted',
      description: '',
      controls: [],
      parseSettings: (input) => input,
      parseQuery: (input) => input,
    },
    connect(settings) {
      const { name } = settings as { readonly name: string };
      told.push(`open ${name}`);
      return { query: no, check: no, close: async () => void told.push(`close ${name}`) };
    },
  };
  const sources = connectSources({
    registry: dataSourceRegistry(async () => saved),
    kinds: sourceKinds(new Map([['counted', kind]])),
    // Vitrine's own store is not asked.
    samples: {} as Partial<SampleStore> as SampleStore,
    scrapeIntervalMs: 15_000,
    reachOf: () => ({ mayBePrivate: true }),
    timeoutMs: 10_000,
  });
  return { sources, saved, told };
}

const ref = (uid: string) => ({ type: 'counted', uid });

test('a connection is kept while nothing of its source changes', async () => {
  const { sources, told } = counted('a');
  expect(await sources.open(ref('a'))).toBe(await sources.open(ref('a')));
  expect(told).toEqual(['open a']);
});

test('the connection to a source that was changed is closed, and no other', async () => {
  const { sources, saved, told } = counted('a', 'b');
  await sources.open(ref('a'));
  await sources.open(ref('b'));
  saved[0] = { ...saved[0]!, revision: '2' };
  await sources.open(ref('a'));
  expect(told).toEqual(['open a', 'open b', 'open a', 'close a']);
});

test('the connection to a source that was removed is closed', async () => {
  const { sources, told } = counted('a', 'b');
  await sources.open(ref('a'));
  await sources.open(ref('b'));
  await sources.forget('a');
  await sources.forget('a');
  expect(told).toEqual(['open a', 'open b', 'close a']);
});

test('of too many connections the one that nobody has asked for the longest time is closed', async () => {
  const uids = Array.from({ length: 201 }, (_, index) => `s${index}`);
  const { sources, told } = counted(...uids);
  for (const uid of uids.slice(0, 200)) await sources.open(ref(uid));
  await sources.open(ref('s0'));
  await sources.open(ref('s200'));
  expect(told.filter((one) => one.startsWith('close'))).toEqual(['close s1']);
});

test('when the server stops every connection is closed', async () => {
  const { sources, told } = counted('a', 'b');
  await sources.open(ref('a'));
  await sources.open(ref('b'));
  await sources.stop();
  expect(told.slice(2).toSorted()).toEqual(['close a', 'close b']);
});
