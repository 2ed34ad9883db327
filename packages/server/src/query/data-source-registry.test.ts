import { datasourceServers } from '@vitrine/plugins/sources/servers.ts';
import { expect, test } from 'vitest';
import { dataSourceRegistry, type RegisteredSource } from './data-source-registry.ts';
import { sourceKinds } from './source-kinds.ts';

const source = (uid: string, type: string, name: string, isDefault = false): RegisteredSource => ({
  uid,
  type,
  name,
  url: '',
  settings: {},
  secrets: {},
  lostSecrets: [],
  isDefault,
  byFile: false,
  revision: '1',
});
const SAVED = [
  source('p1', 'prometheus', 'Prometheus'),
  source('p2', 'prometheus', 'Fleet', true),
  source('i1', 'influxdb', 'Influx'),
  source('o1', 'grafana-opensearch-datasource', 'OpenSearch'),
];
const registry = dataSourceRegistry(async () => SAVED);
const empty = dataSourceRegistry(async () => []);

test.each([
  ['its uid', 'prometheus', 'p1', 'p1', 'uid'],
  ['its uid, whatever type is written', 'loki', 'p1', 'p1', 'uid'],
  ['its name, as old dashboards do', 'prometheus', 'Prometheus', 'p1', 'name'],
  ['the uid that Grafana made of its name', 'prometheus', 'PBFA97CFB590B2093', 'p1', 'name'],
  ['its name without a type', '', 'Influx', 'i1', 'name'],
  ['nothing', '', '', 'p2', 'default'],
  ['"default"', 'prometheus', 'default', 'p2', 'default'],
  ['an input that was not answered', 'prometheus', '${DS_PROMETHEUS}', 'p2', 'default of its type'],
  ['a uid of another server', 'influxdb', 'P5697886F9CA74929', 'i1', 'default of its type'],
  ['another name of its type', 'elasticsearch', '${DS_LOGS}', 'o1', 'default of its type'],
  ['Vitrine’s own', 'builtin', 'builtin', 'builtin', 'uid'],
  ['the type of Vitrine’s own', 'builtin', '', 'builtin', 'default of its type'],
])('a reference by %s finds the source', async (_, type, uid, found, rule) => {
  expect(await registry.find({ type, uid })).toMatchObject({ source: { uid: found }, rule });
});

test.each([
  ['prometheus', 'P1809F7CD0C75ACF3', 'own store'],
  ['', '', 'default'],
  ['', 'thanos', 'default of its type'],
])('where none is set up, "%s" "%s" is Vitrine’s own store', async (type, uid, rule) => {
  expect(await empty.find({ type, uid })).toMatchObject({ source: { uid: 'builtin' }, rule });
});

test.each([
  ['x', /^source: there is no data source "x" and none of type mysql/],
  ['', /^source: there is no data source of type mysql/],
])('a type that nobody set up is said in a sentence: "%s"', async (uid, sentence) => {
  await expect(registry.find({ type: 'mysql', uid })).rejects.toThrow(sentence);
});

test('a sentence on a type that nobody set up says the way out, and stays short however long and many the names are', async () => {
  const many = Array.from({ length: 40 }, (_, index) => source(`m${index}`, 'influxdb', `${'long '.repeat(600)}${index}`));
  const asked = dataSourceRegistry(async () => many).find({ type: 'elasticsearch', uid: '' });
  await expect(asked).rejects.toThrow(
    /; set up a data source of the type elasticsearch \(Sources\), or choose one of Vitrine \(builtin\), .*, (long ){8}… \(influxdb\), 31 more$/,
  );
  await expect(asked).rejects.toSatisfy((error: Error) => error.message.length < 1_000);
});

test('a source of a plugin is found by every name that its kind has', async () => {
  const server = datasourceServers.get('influxdb')!;
  const kinds = sourceKinds(new Map(['csv-url', 'csv'].map((kind) => [kind, server])));
  const files = dataSourceRegistry(async () => [source('c1', 'csv-url', 'Predictions')], kinds);
  expect(await files.find({ type: 'csv', uid: '' })).toMatchObject({ source: { uid: 'c1' }, rule: 'default of its type' });
  expect(kinds.isSame('csv', 'prometheus')).toBe(false);
});
