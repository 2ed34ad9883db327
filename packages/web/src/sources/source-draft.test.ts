import { prometheusWeb } from '@vitrine/plugins/sources/prometheus/web.ts';
import { expect, test } from 'vitest';
import {
  bodyOf,
  draftOf,
  freeName,
  newDraft,
  problemOf,
  readProblem,
  readSetting,
  shownControls,
  writeSetting,
} from './source-draft.ts';

const { spec } = prometheusWeb;
const PASSWORD = 'secureJsonData.basicAuthPassword';
const written = (...changes: readonly (readonly [path: string, value: unknown])[]) =>
  changes.reduce((draft, [path, value]) => writeSetting(draft, path, value), newDraft('Prod'));
const signsIn = written(['url', 'http://p:9090'], ['basicAuth', true], ['jsonData.httpMethod', 'GET'], [PASSWORD, 's3cret']);

test('what is written is sent in Grafana’s words, secrets apart', () => {
  expect(bodyOf(signsIn, 'prometheus', undefined)).toEqual({
    name: 'Prod',
    type: 'prometheus',
    isDefault: false,
    url: 'http://p:9090',
    basicAuth: true,
    jsonData: { httpMethod: 'GET' },
    secureJsonData: { basicAuthPassword: 's3cret' },
  });
  expect(bodyOf(signsIn, 'prometheus', 'u', 3)).toMatchObject({ uid: 'u', version: 3 });
});

test.each([
  ['written', 'new', { basicAuthPassword: 'new' }],
  ['taken away', '', { basicAuthPassword: '' }],
  ['left alone again', undefined, {}],
])('a secret that is %s', (_, value, sent) => {
  expect(bodyOf(writeSetting(signsIn, PASSWORD, value), 'prometheus', 'u').secureJsonData).toEqual(sent);
});

test('what no control knows stays as it is saved, and a copy is no default', () => {
  const saved = {
    name: 'Old',
    isDefault: true,
    url: 'http://p',
    jsonData: { exemplarTraceIdDestinations: [1] },
    readOnly: false,
  };
  expect(bodyOf(writeSetting(draftOf(saved), 'jsonData.timeout', 5), 'prometheus', 'u')).toMatchObject({
    isDefault: true,
    jsonData: { exemplarTraceIdDestinations: [1], timeout: 5 },
  });
  expect(draftOf(saved, 'Old copy')).toMatchObject({ name: 'Old copy', isDefault: false });
  expect(readSetting(draftOf(saved), 'url')).toBe('http://p');
});

test('controls that mean nothing just now are left out', () => {
  const paths = (draft: typeof signsIn) =>
    shownControls(spec.controls, draft).flatMap(([, group]) => group.map(({ path }) => path));
  expect(paths(newDraft('P'))).not.toContain(PASSWORD);
  expect(paths(signsIn)).toContain(PASSWORD);
});

test.each([
  ['no address', written(), [], 'url', /^Is empty; give an address such as .*\.$/],
  ['no address at all', written(['url', 'prometheus']), [], 'url', /^"prometheus" is not an address/],
  ['another protocol', written(['url', 'ftp://p']), [], 'url', /^Begins with http/],
  [
    'a header that is none',
    written(['url', 'http://p'], ['jsonData.httpHeaderName1', 'a b']),
    [],
    'jsonData.httpHeaderName1',
    /header/,
  ],
  [
    'a secret that cannot be',
    written(['url', 'http://p'], ['jsonData.httpHeaderName1', 'X-A'], ['secureJsonData.httpHeaderValue1', 'a\nb']),
    [],
    'secureJsonData.httpHeaderValue1',
    /characters/,
  ],
])('%s is told at its control', (_, draft, kept, path, sentence) => {
  expect(problemOf(spec, draft, kept)).toEqual({ path, sentence: expect.stringMatching(sentence) });
});

test.each([
  ['what is complete', signsIn, []],
  ['a saved secret', written(['url', 'http://p'], ['jsonData.httpHeaderName1', 'X-A']), ['httpHeaderValue1']],
])('%s has no problem', (_, draft, kept) => expect(problemOf(spec, draft, kept)).toBeUndefined());

test.each([
  ['name', 'name: is empty', { path: 'name', sentence: 'Is empty.' }],
  ['name', 'There is a data source "A" already.', { path: 'name', sentence: 'There is a data source "A" already.' }],
  ['secrets.token', 'secrets.token: is it one?', { path: 'secureJsonData.token', sentence: 'Is it one?' }],
])('a complaint of %s: %s', (field, message, want) => expect(readProblem(field, message)).toEqual(want));

test.each([
  [[], 'Prometheus'],
  [['Prometheus'], 'Prometheus 2'],
  [['Prometheus', 'Prometheus 2'], 'Prometheus 3'],
])('a free name beside %j', (taken, want) => expect(freeName('Prometheus', taken)).toBe(want));
