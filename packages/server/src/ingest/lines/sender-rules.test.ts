import { expect, test } from 'vitest';
import { readSenderRules } from './sender-rules.ts';

const rules = readSenderRules('10.1.7.0/24 team=vision site=a, 10.1.0.0/16 team=speech,192.168.7.9, fd00::/8 team=far');

test.each([
  ['10.1.7.255', { team: 'vision', site: 'a' }],
  ['10.1.8.0', { team: 'speech' }],
  ['192.168.7.9', {}],
  ['192.168.7.8', undefined],
  ['fd12::1', { team: 'far' }],
  ['fe80::1', undefined],
  ['127.0.0.1', undefined],
])('%s is %j', (address, labels) => {
  const sender = rules.senderAt(address);
  expect(sender?.labels.toObject()).toEqual(labels);
  if (sender !== undefined) expect(sender).toMatchObject({ id: `address ${address}`, address });
});

test('nobody named is everybody', () => {
  expect(readSenderRules(' ').senderAt('203.0.113.1')?.labels.toObject()).toEqual({});
});

test.each([
  ['10.1.0.0/33', '"10.1.0.0/33" is no address or network'],
  ['localhost', '"localhost" is no address or network'],
  ['10.1', '"10.1" is no address or network'],
  ['::/129', '"::/129" is no address or network'],
  ['10.0.0.0/8 team', '"team" behind 10.0.0.0/8 is no label'],
  ['10.0.0.0/8 team=', '"team=" behind 10.0.0.0/8 is no label'],
  ['10.0.0.0/8 a-b=c', '"a-b=c" behind 10.0.0.0/8 is no label'],
  ['10.0.0.0/8 __name__=up', '"__name__=up" behind 10.0.0.0/8 is no label'],
])('%s is refused', (text, sentence) => {
  expect(() => readSenderRules(text)).toThrow(sentence);
});
