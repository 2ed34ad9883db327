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
