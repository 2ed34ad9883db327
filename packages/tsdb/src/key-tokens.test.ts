import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyReceiver, KeySender } from './key-tokens.ts';

test('property: keys arrive as they were sent, each once, however often both sides start over', () => {
  const batches = fc.array(fc.array(fc.nat(40).map(String), { maxLength: 20 }), { maxLength: 30 });
  fc.assert(
    fc.property(batches, fc.nat(50), (batches, limit) => {
      const sender = new KeySender(limit);
      const receiver = new KeyReceiver();
      let sent = 0;
      for (const keys of batches) {
        const message = sender.send(keys);
        sent += message.newKeys.length;
        expect(receiver.receive(structuredClone(message))).toEqual(keys);
      }
      if (limit === 50) expect(sent).toBe(new Set(batches.flat()).size);
    }),
  );
});

test('few but long keys make both sides start over as well', () => {
  const sender = new KeySender(1000, 100);
  const long = (letter: string): string => letter.repeat(60);
  expect([sender.send([long('a')]), sender.send([long('b')]), sender.send([long('a')])].map(({ known }) => known)).toEqual([
    0, 1, 0,
  ]);
});
