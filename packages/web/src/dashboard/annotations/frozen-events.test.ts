import { expect, test } from 'vitest';
import { frozenEvents } from './frozen-events.ts';

const query = (snapshot: unknown) => ({
  name: 'Deploys',
  source: { type: '', uid: '' },
  enable: true,
  hide: false,
  builtIn: false,
  color: 'red',
  filter: undefined,
  spec: { snapshot },
  extra: {},
});
const nothing = { query: 'Deploys', title: '', text: '', tags: [], color: 'red' };

test.each<[string, unknown, unknown]>([
  ['an instant', { timeMs: 5, text: 'v8' }, [{ ...nothing, timeMs: 5, endMs: 5, text: 'v8' }]],
  ['a region on one panel', { timeMs: 5, endMs: 9, panelId: 3 }, [{ ...nothing, timeMs: 5, endMs: 9, panelId: 3 }]],
  ['one that ends before it begins', { timeMs: 5, endMs: 1 }, [{ ...nothing, timeMs: 5, endMs: 5 }]],
  ['words that are none', { timeMs: 5, text: {}, tags: ['a', 1] }, [{ ...nothing, timeMs: 5, endMs: 5, tags: ['a'] }]],
  ['no time', { timeMs: 'now' }, []],
  ['nothing', null, []],
])('a snapshot shows %s', (_, kept, want) => expect(frozenEvents(query([kept]))).toEqual(want));

test('a snapshot without marks has none', () => expect(frozenEvents(query(undefined))).toEqual([]));
