import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { KEY_NAMES } from './keys.ts';
import { readConfig } from './read-config.ts';
import { ROOT } from '../self/version.ts';
import { readFileSync } from 'node:fs';

interface Given {
  readonly yaml?: string;
  readonly flags?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

function read({ yaml, flags = {}, env = {} }: Given) {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (yaml !== undefined) writeFileSync(join(folder, 'vitrine.yaml'), yaml);
  return { folder, config: readConfig({ flags, env, file: undefined, folder }) };
}

describe('a setting', () => {
  test('has a default where nobody sets it', () => {
    const { config, folder } = read({});
    expect(config.settings).toMatchObject({
      listen: { host: '127.0.0.1', port: 9470 },
      data: join(folder, 'data'),
      'retention.time': 15 * 86_400_000,
      'limits.ingest.body': 32 * 2 ** 20,
    });
  });

  test.each<[string, Given, number]>([
    ['the file', { yaml: 'retention:\n  time: 1d\n' }, 1],
    ['a variable before the file', { yaml: 'retention: { time: 1d }', env: { VITRINE_RETENTION_TIME: '2d' } }, 2],
    ['a flag before a variable', { env: { VITRINE_RETENTION_TIME: '2d' }, flags: { 'retention.time': '3d' } }, 3],
  ])('is taken from %s', (_, given, days) => {
    expect(read(given).config.settings['retention.time']).toBe(days * 86_400_000);
  });

  test.each<[string, object]>([
    ['', {}],
    ['promql-binop-fill-modifiers, use-start-timestamps', { binaryFill: true, startTimestamps: true }],
    ['promql-duration-expr,native-histograms', {}],
  ])('query.features takes %j', (text, want) => {
    expect(read({ flags: { 'query.features': text } }).config.settings['query.features']).toEqual(want);
  });

  test.each<[string, { host: string; port: number }]>([
    ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
    ['[::1]:9470', { host: '::1', port: 9470 }],
    [':9470', { host: '0.0.0.0', port: 9470 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
  ])('listen takes %s', (text, want) => {
    expect(read({ flags: { listen: text } }).config.settings.listen).toEqual(want);
  });

  test.each<[string, Given, readonly (readonly [string | undefined, string])[]]>([
    [
      'a flag',
      { flags: { logdir: 'runs,vision=logs/a=b' } },
      [
        [undefined, 'runs'],
        ['vision', 'logs/a=b'],
      ],
    ],
    [
      'the file, as a list',
      { yaml: 'logdir: [runs, llm=/data/llm]' },
      [
        [undefined, 'runs'],
        ['llm', '/data/llm'],
      ],
    ],
    ['a path with a "="', { flags: { logdir: './lr=0.1' } }, [[undefined, 'lr=0.1']]],
    ['nobody', {}, []],
  ])('logdir is taken from %s', (_, given, want) => {
    const { config, folder } = read(given);
    expect(config.settings.logdir).toEqual(want.map(([project, path]) => ({ project, path: resolve(folder, path) })));
  });

  test.each([
    ['90d', [{ bucketMs: 300_000, keptMs: 90 * 86_400_000 }]],
    [
      '5m:90d, 1h:2y',
      [
        { bucketMs: 300_000, keptMs: 90 * 86_400_000 },
        { bucketMs: 3_600_000, keptMs: 730 * 86_400_000 },
      ],
    ],
    ['', []],
  ])('rollups are written as %j', (text, want) => {
    expect(read({ flags: { 'retention.rollups': text } }).config.settings['retention.rollups']).toEqual(want);
  });

  test.each<[string, Given, RegExp]>([
    [
      'a key with a typing error',
      { yaml: 'listen: 127.0.0.1:1\nretention:\n  tiem: 1d\n' },
      /vitrine\.yaml:3: .*retention\.tiem; did you mean retention\.time\?/,
    ],
    ['a section with a typing error', { yaml: 'retentoin:\n  time: 1d\n' }, /vitrine\.yaml:1: .*did you mean retention\?/],
    [
      'a value that is none',
      { yaml: '\nretention:\n  time: soon\n' },
      /vitrine\.yaml:3: retention\.time: "soon" is not a duration/,
    ],
    ['a section with a value', { yaml: 'retention: 15d\n' }, /vitrine\.yaml:1: expected keys under retention\./],
    ['a list for one value', { yaml: 'data: {a: 1}\n' }, /vitrine\.yaml:1: data: expected one value/],
    ['YAML that is none', { yaml: 'listen: [\n' }, /vitrine\.yaml:\d: /],
    ['a port that is none', { flags: { listen: '127.0.0.1:99999' } }, /^--listen: "127\.0\.0\.1:99999" is not HOST:PORT/],
    ['a size in a variable', { env: { VITRINE_RETENTION_SIZE: 'big' } }, /^VITRINE_RETENTION_SIZE: "big" is not a size/],
    [
      'rollups that are no duration',
      { flags: { 'retention.rollups': '5m:long' } },
      /^--retention\.rollups: "long" is not a duration/,
    ],
    ['rollups of seconds', { flags: { 'retention.rollups': '5s:90d' } }, /"5s:90d" has buckets of less than a minute/],
    ['rollups that do not fit', { flags: { 'retention.rollups': '7m:90d,1h:2y' } }, /is not such as 5m:90d,1h:2y/],
    ['rollups that end before others', { flags: { 'retention.rollups': '5m:90d,1h:30d' } }, /is not such as 5m:90d,1h:2y/],
    [
      'a feature misspelt',
      { yaml: 'query:\n  features: [promql-binop-fill]\n' },
      /query\.features: "promql-binop-fill" is not a feature of queries\. There are promql-extended-range-selectors, /,
    ],
    ['a level that is none', { flags: { 'log.level': 'loud' } }, /^--log\.level: "loud" is not one of trace, debug/],
    ['a count of nothing', { flags: { 'limits.query.samples': '0' } }, /^--limits\.query\.samples: "0" is not a whole number/],
  ])('%s is refused with where and what', (_, given, sentence) => {
    expect(() => read(given)).toThrow(sentence);
  });

  test('of scrape_configs is left to the reader of prometheus.yml', () => {
    expect(read({ yaml: 'scrape_configs:\n  - job_name: a\n' }).config.hasScrapeSections).toBe(true);
  });
});

test('vitrine.yaml in the root shows every key with its default', () => {
  const text = readFileSync(join(ROOT, 'vitrine.yaml'), 'utf8');
  // Taking the marks off the keys leaves a file that says exactly the defaults.
  const shown = text.replace(/^( *)# ([a-z-]+: \S.*|[a-z-]+: "")$/gm, '$1$2');
  const { config } = read({ yaml: shown });
  const { config: defaults } = read({});
  for (const name of KEY_NAMES) {
    if (name === 'data') continue;
    expect([name, config.settings[name]]).toEqual([name, defaults.settings[name]]);
    expect(shown).toMatch(new RegExp(`^ *${name.split('.').at(-1)}: `, 'm'));
  }
});

describe('the command line', () => {
  test.each<[string[], object]>([
    [['serve', '--data', '/x'], { command: 'serve', settings: { data: '/x' } }],
    [['--listen=:1'], { command: undefined, settings: { listen: ':1' } }],
    [['check', 'a.yaml', 'b.json'], { command: 'check', words: ['a.yaml', 'b.json'] }],
    [['token', 'create', '--scope', 'read'], { words: ['create'], options: { scope: 'read' } }],
    [['--scrape.self=false'], { settings: { 'scrape.self': 'false' } }],
    [['--help'], { help: true }],
  ])('%j', (args, want) => {
    expect(readCommandLine(args)).toMatchObject(want);
  });

  test.each<[string[], RegExp]>([
    [['--lisen', 'x'], /^--lisen: .*did you mean listen\?/],
    [['--listen'], /^--listen: expected a value/],
  ])('%j is refused', (args, sentence) => {
    expect(() => readCommandLine(args)).toThrow(sentence);
  });
});
