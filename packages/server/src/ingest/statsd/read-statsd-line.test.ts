import { describe, expect, test } from 'vitest';
import { readStatsdLine } from './read-statsd-line.ts';
import { readStatsdName } from './statsd-name.ts';

const plain = { tags: '', sampleRate: 1 };

describe('a line of StatsD', () => {
  test.each([
    ['hits:1|c', { ...plain, head: 'hits', type: 'c', values: ['1'] }],
    ['hits:1|c|@0.1', { ...plain, head: 'hits', type: 'c', values: ['1'], sampleRate: 0.1 }],
    [
      'time:320.5|ms|@1|#env:prod,canary',
      { head: 'time', type: 'ms', values: ['320.5'], tags: 'env:prod,canary', sampleRate: 1 },
    ],
    ['temp:-1.5e1|g\r', { ...plain, head: 'temp', type: 'g', values: ['-1.5e1'] }],
    ['temp:+3|g', { ...plain, head: 'temp', type: 'g', values: ['+3'] }],
    ['users:a:b|s', { ...plain, head: 'users', type: 's', values: ['a:b'] }],
    ['sizes:1:2:3|h|#a:b:c', { head: 'sizes', type: 'h', values: ['1', '2', '3'], tags: 'a:b:c', sampleRate: 1 }],
    ['d:1|d|T1656581409|c:ci-1f|e:it-x|card:low', { ...plain, head: 'd', type: 'd', values: ['1'] }],
    ['api,host=a:1|c', { ...plain, head: 'api,host=a', type: 'c', values: ['1'] }],
  ])('%j', (line, read) => {
    expect(readStatsdLine(line)).toEqual(read);
  });

  test.each([
    ['hits', 'not a line', '"hits" is not "name:value|type".'],
    ['hits:1', 'not a line', '"hits:1" is not "name:value|type".'],
    [':1|c', 'not a line', '":1|c" is not "name:value|type".'],
    ['hits:1|x', 'not a type', 'The type of "hits" is "x", which is none of c, g, ms, h, d, s.'],
    ['hits:|c', 'not a number', 'The value of "hits" is "", which is not a number.'],
    ['hits:1:x|c', 'not a number', 'The value of "hits" is "x", which is not a number.'],
    ['hits:0x1|c', 'not a number', 'The value of "hits" is "0x1", which is not a number.'],
    ['hits:1e999|c', 'not a number', 'The value of "hits" is "1e999", which is not a number.'],
    ['hits:nan|g', 'not a number', 'The value of "hits" is "nan", which is not a number.'],
    ['hits:1|c|@0', 'sample rate', 'The sample rate of "hits" is not more than 0 and at most 1.'],
    ['hits:1|c|@2', 'sample rate', 'The sample rate of "hits" is not more than 0 and at most 1.'],
    ['hits:1|c|@', 'not a line', '"@" of "hits" is neither @rate nor #tags.'],
    ['users:|s', 'set member', 'What was counted by "users" has not 1 to 256 characters.'],
    [`users:${'x'.repeat(257)}|s`, 'set member', 'What was counted by "users" has not 1 to 256 characters.'],
    ['_e{5,4}:title|text', 'event', '"_e{5,4}:title|text" is an event or a service check, which are not kept here.'],
    ['_sc|db|0', 'event', '"_sc|db|0" is an event or a service check, which are not kept here.'],
    ['\u0000\u0001:1|c', 'not a line', '"��:1|c" is not "name:value|type".'],
  ])('%j is refused', (line, reason, sentence) => {
    const refused = readStatsdLine(line);
    expect(refused).toMatchObject({ reason });
    expect('sentence' in refused && refused.sentence()).toBe(sentence);
  });
});

describe('a name of StatsD', () => {
  test.each([
    ['a.b', '', 'a.b', {}],
    ['a.b', 'env:prod,canary,url:http://x', 'a.b', { env: 'prod', canary: 'true', url: 'http://x' }],
    ['a.b,env=prod,zone=eu-1', '', 'a.b', { env: 'prod', zone: 'eu-1' }],
    ['a.b[env=prod,x=1].c', '', 'a.b.c', { env: 'prod', x: '1' }],
    ['a.b#env=prod', 'x:1', 'a.b', { env: 'prod', x: '1' }],
    ['a', 'kube-pod.name:p,1st:x', 'a', { kube_pod_name: 'p', _1st: 'x' }],
  ])('%s with %j', (head, tags, name, labels) => {
    const read = readStatsdName(head, tags);
    expect(read?.name).toBe(name);
    expect(Object.fromEntries(read?.labels ?? [])).toEqual(labels);
  });

  test.each([
    [',a=b', ''],
    ['[a=b]', ''],
    ['a,b', ''],
    ['a,b=', ''],
    ['a,=b', ''],
    ['a', '__name__:up'],
    ['a', ':x'],
  ])('%s with %j is none', (head, tags) => {
    expect(readStatsdName(head, tags)).toBeUndefined();
  });
});
