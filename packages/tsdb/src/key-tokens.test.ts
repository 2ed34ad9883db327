import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import { KeyReceiver, KeySender } from './key-tokens.ts';

test('property: keys arrive as they were sent, each once, however often both sides start over', () => {
  const key = fc.oneof(
    fc.nat(40).map(String),
    fc.nat(20).map((i) => Labels.from({ a: `${i % 3}`, b: `${i}`, c: i % 2 === 0 ? 'x\u0001' : '' }).key),
    fc.constantFrom('a\u0001\u00003\u0002', '\u0000', 'a\u0001\ud800\u0002', 'a\u0001\ufffd\u0002'),
  );
  const batches = fc.array(fc.array(key, { maxLength: 20 }), { maxLength: 30 });
  fc.assert(
    fc.property(batches, fc.nat(70), fc.nat(10), (batches, limit, texts) => {
      const sender = new KeySender(limit, 1e9, texts);
      const receiver = new KeyReceiver({ refOf: () => undefined, keyOf: () => '' });
      let sent = 0;
      for (const keys of batches) {
        const message = sender.send(keys);
        sent += message.newKeys.length;
        const { series } = receiver.receive(structuredClone(message));
        expect(Array.from({ length: series.length }, (_, i) => series.keyOf(i))).toEqual(keys);
      }
      if (limit === 70) expect(sent).toBe(new Set(batches.flat()).size);
    }),
  );
});

test('a key that is too long to be stored is sent anew each time: many of them would make looking up slow', () => {
  const sender = new KeySender(1_000, 1_000_000, 0);
  const long = Labels.from({ a: 'x'.repeat(16_001) }).key;
  expect([1, 2].map(() => sender.send([long, 'short']).newKeys.includes(long))).toEqual([true, true]);
});

test('few but long keys make both sides start over as well', () => {
  const sender = new KeySender(1000, 100);
  const long = (letter: string): string => letter.repeat(60);
  expect([sender.send([long('a')]), sender.send([long('b')]), sender.send([long('a')])].map(({ known }) => known)).toEqual([
    0, 1, 0,
  ]);
});

test('a token follows its series when that goes and another takes its ref, also in batches that wait since before both sides started over', () => {
  const refs = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  const receiver = new KeyReceiver({
    refOf: (key) => refs.get(key),
    keyOf: (ref) => [...refs].find(([, own]) => own === ref)?.[0] ?? 'gone',
  });
  const first = new KeySender(1);
  const { series: waiting, done } = receiver.receive(first.send(['a', 'b']));
  expect([waiting.refOf(0), waiting.refOf(1)]).toEqual([1, 2]);
  const { series: later } = receiver.receive(first.send(['b', 'c']));
  receiver.forget(new Set([1, 2]));
  refs.clear();
  refs.set('c', 1).set('b', 3);
  expect([waiting.refOf(0), waiting.keyOf(0), waiting.refOf(1)]).toEqual([undefined, 'a', 3]);
  expect([later.refOf(0), later.refOf(1), later.keyOf(1)]).toEqual([3, 1, 'c']);
  done();
});
