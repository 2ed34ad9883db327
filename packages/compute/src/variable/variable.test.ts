import { parseVariable } from '@vitrine/model/parse/variable.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { Variable, VariableOption, VariableSort, VariableValue } from '@vitrine/model/variable.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Builtins, builtinValue } from './builtins.ts';
import { escapeRegex, formatValue } from './format.ts';
import { searchOptions } from './options.ts';
import { shapeOptions, sortOptions } from './shape-options.ts';
import { variableOrder } from './order.ts';
import { referencedNames, replaceVariables, type ResolvedVariable } from './replace.ts';
import { allVariables, needsOptions, resolveVariable, variableScope } from './resolve.ts';
import { readUrlVariables, writeUrlVariables } from './url.ts';
import { adhocFilters, checkVariableValues, variableValues } from './values.ts';

function variable(input: object): Variable {
  return parseVariable(new Read('', input));
}

const BUILTINS: Builtins = {
  fromMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  toMs: Date.UTC(2026, 0, 2, 4, 4, 5, 678),
  stepMs: 15_000,
  scrapeIntervalMs: 15_000,
  timeZone: 'UTC',
  user: { login: 'ada', email: 'ada@example.org' },
  dashboard: { uid: 'd1', title: 'Runs' },
  url: { path: '/d/d1', params: '?a=b' },
  allVariables: () => 'var-a=1',
};

function scope(values: Readonly<Record<string, VariableValue | Partial<ResolvedVariable>>>) {
  const resolved = new Map<string, ResolvedVariable>();
  for (const [name, given] of Object.entries(values)) {
    const isValue = typeof given === 'string' || Array.isArray(given);
    const value = isValue ? (given as VariableValue) : ((given as ResolvedVariable).value ?? '');
    resolved.set(name, { name, value, text: value, multi: Array.isArray(value), ...(isValue ? {} : (given as object)) });
  }
  return variableScope({ resolved, builtins: BUILTINS });
}

describe('a value in a format', () => {
  test.each<[string, VariableValue, string]>([
    ['csv', ['a', 'b'], 'a,b'],
    ['csv', 'a', 'a'],
    ['json', ['a', 'b"'], String.raw`["a","b\""]`],
    ['json', 'a', 'a'],
    ['pipe', ['a', 'b'], 'a|b'],
    ['regex', 'a.b', String.raw`a\.b`],
    ['regex', ['a.b'], String.raw`a\.b`],
    ['regex', ['a.b', 'c'], String.raw`(a\.b|c)`],
    ['raw', ['a', 'b'], 'a,b'],
    ['lucene', 'a:b', String.raw`a\:b`],
    ['lucene', ['a"b', 'c'], String.raw`("a\"b" OR "c")`],
    ['lucene', [], '__empty__'],
    ['glob', ['a', 'b'], '{a,b}'],
    ['glob', ['a'], 'a'],
    ['glob', [], '{}'],
    ['distributed', ['a', 'b'], 'a,x=b'],
    ['singlequote', ["a'b", 'c'], String.raw`'a\'b','c'`],
    ['doublequote', ['a"b', 'c'], String.raw`"a\"b","c"`],
    ['sqlstring', ["a'b", 'c'], `'a''b','c'`],
    ['sqlstring', 'a', `'a'`],
    ['html', '<b onclick="x">', '&lt;b onclick=&quot;x&quot;&gt;'],
    ['text', ['a', 'b'], 'a + b'],
    ['percentencode', 'a b(c)', 'a%20b%28c%29'],
    ['percentencode', ['a', 'b'], '%7Ba%2Cb%7D'],
    ['uriencode', 'a b/c', 'a%20b/c'],
    ['queryparam', ['a&b', 'c'], 'var-x=a%26b&var-x=c'],
    ['customqueryparam', ['a', 'b'], 'x=a&x=b'],
    ['customqueryparam:p:v-', ['a', 'b'], 'p=v-a&p=v-b'],
    ['date', '1767323045678', '2026-01-02T03:04:05.678Z'],
    ['date:iso', '1767323045678', '2026-01-02T03:04:05.678Z'],
    ['date:seconds', '1767323045678', '1767323045'],
    ['date:YYYY-MM-DD HH:mm:ss.SSS', '1767323045678', '2026-01-02 03:04:05.678'],
    ['date:[week of] dddd, D MMMM YY h:mm a Z', '1767323045678', 'week of Friday, 2 January 26 3:04 am +00:00'],
    ['date', 'soon', 'soon'],
    ['join', ['a', 'b'], 'a,b'],
    ['join: / ', ['a', 'b'], 'a / b'],
    ['no-such-format', ['a', 'b'], '{a,b}'],
    ['percentencode', '\uD800', '%EF%BF%BD'],
  ])('%s of %j is %s', (format, value, want) => {
    expect(formatValue({ name: 'x', value, text: value, timeZone: 'UTC' }, format)).toBe(want);
  });

  test('as a regular expression matches itself only', () => {
    fc.assert(fc.property(fc.string(), (text) => new RegExp(`^${escapeRegex(text)}$`).test(text)));
  });
});

describe('a text', () => {
  const values = scope({
    job: 'api',
    env: ['dev', 'prod'],
    all: { value: ['a', 'b'], text: 'All', multi: true, verbatim: '.*' },
    window: '$__rate_interval',
    self: '$self and ${job}',
    pod: { value: 'p-1', text: 'Pod one' },
  });
  test.each<[string, string]>([
    ['up{job="$job"}', 'up{job="api"}'],
    ['${job}_total', 'api_total'],
    ['$job_total', '$job_total'],
    ['[[job]]_total', 'api_total'],
    ['[[env:pipe]]', 'dev|prod'],
    ['a[5m] $nothing ${nothing} [[nothing]]', 'a[5m] $nothing ${nothing} [[nothing]]'],
    ['$env', '{dev,prod}'],
    ['${env:regex}', '(dev|prod)'],
    ['${pod.text} ${pod:text} ${pod.value}', 'Pod one Pod one p-1'],
    ['$all ${all:regex} ${all:text} ${all:queryparam}', '.* .* All var-all=a&var-all=b'],
    ['rate(x[$window])', 'rate(x[1m])'],
    // What a value says is not looked through for variables: it could go on for ever.
    ['$self', '$self and ${job}'],
    ['$__interval ${__interval} $__interval_ms [[__interval]]', '15s 15s 15000 15s'],
    ['$__rate_interval $__range $__range_s $__range_ms', '1m 1h 3600 3600000'],
    ['$__from ${__to} ${__from:date:seconds} ${__to:date:YYYY}', '1767323045678 1767326645678 1767323045 2026'],
    ['${__from:date:HH:mm}', '03:04'],
    ['$__timezone ${__user.login} ${__user.email} ${__org.name} $__org', 'UTC ada ada@example.org Main 1'],
    ['$__dashboard ${__dashboard.uid} ${__url.path}${__url.params}', 'Runs d1 /d/d1?a=b'],
    ['?$__url_time_range&$__all_variables', '?from=1767323045678&to=1767326645678&var-a=1'],
    ['${__data.fields["a:b"].text} ${__value.raw}', '${__data.fields["a:b"].text} ${__value.raw}'],
    ['$1 $$job $', '$1 $api $'],
  ])('%s becomes %s', (text, want) => {
    expect(replaceVariables(text, values)).toBe(want);
  });

  test('names what it refers to', () => {
    expect(referencedNames('$a ${b:csv} [[c]] ${d.text} $a')).toEqual(['a', 'b', 'c', 'd']);
  });

  test('that would grow without bound is refused with a way out', () => {
    const many = scope({ v: Array.from({ length: 5_000 }, () => 'x'.repeat(100)) });
    expect(() => replaceVariables('$v '.repeat(10), many)).toThrow(/custom "All" value/);
  });

  test('of any kind is read in time that grows with its length', () => {
    expect(replaceVariables(`\${a${'.b'.repeat(100_000)}`, values)).toHaveLength(200_003);
  });

  test('without a step keeps the interval as it stands', () => {
    const { stepMs: _, ...outside } = BUILTINS;
    expect(builtinValue(outside, '__interval', undefined, undefined)).toBeUndefined();
  });
});

const query = (name: string, text: string, more: object = {}) =>
  variable({ kind: 'query', name, source: { type: 'prometheus', uid: '' }, spec: { query: text }, ...more });

describe('variables in a chain', () => {
  test('come after those that they refer to', () => {
    const { ordered, problem } = variableOrder([
      query('pod', 'label_values(up{ns="$ns", job="$job"}, pod)'),
      query('ns', 'label_values(up{job="${job}"}, namespace)'),
      query('job', 'label_values(job)', { source: { type: 'prometheus', uid: '$ds' } }),
      variable({ kind: 'datasource', name: 'ds', type: 'prometheus' }),
    ]);
    expect(ordered.map(({ name }) => name)).toEqual(['ds', 'job', 'ns', 'pod']);
    expect(problem).toBeUndefined();
  });

  test.each<[string, Variable[], RegExp]>([
    ['of one', [query('a', '$a')], /\$a → \$a refer to each other in a circle/],
    ['of three', [query('a', '$b'), query('b', '$c'), query('c', '$a'), query('d', 'x')], /\$a → \$b → \$c → \$a/],
  ])('in a circle %s are named', (_, variables, sentence) => {
    const { ordered, problem } = variableOrder(variables);
    expect(problem).toMatch(sentence);
    expect(ordered.map(({ name }) => name).toSorted()).toEqual(variables.map(({ name }) => name).toSorted());
  });

  test('of ten thousand are sorted', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => query(`v${i}`, `$v${i + 1}`));
    expect(variableOrder(chain).ordered[0]?.name).toBe('v9999');
  });
});

describe('what stands for a variable', () => {
  const nothing = variableScope({ resolved: new Map(), builtins: BUILTINS });
  const options: VariableOption[] = [
    { text: 'One', value: '1' },
    { text: 'Two', value: '2' },
  ];
  const choice = { multi: true, includeAll: true };
  test.each<[string, object, VariableValue, Partial<ResolvedVariable>]>([
    ['one of several', { kind: 'query', source: {}, spec: {}, ...choice }, ['2'], { value: ['2'], text: ['Two'], multi: true }],
    ['all', { kind: 'query', source: {}, spec: {}, ...choice }, '$__all', { value: ['1', '2'], text: 'All' }],
    [
      'all in its own words',
      { kind: 'query', source: {}, spec: {}, ...choice, allValue: '.*$__interval' },
      '$__all',
      { verbatim: '.*15s' },
    ],
    [
      'the first, where nothing was chosen',
      { kind: 'query', source: {}, spec: {} },
      '',
      { value: '1', text: 'One', multi: false },
    ],
    ['a custom option', { kind: 'custom', options: [{ text: 'A', value: 'x$__interval' }] }, '', { value: 'x15s', text: 'A' }],
    ['an interval', { kind: 'interval', values: ['1m', '5m'] }, '5m', { value: '5m' }],
    ['the first interval', { kind: 'interval', values: ['1m', '5m'] }, '', { value: '1m' }],
    ['auto', { kind: 'interval', values: ['1m'], auto: true, autoCount: 30 }, '$__auto', { value: '2m', text: 'auto' }],
    ['auto, no finer', { kind: 'interval', values: [], auto: true, autoMin: '10m' }, '$__auto_interval_x', { value: '10m' }],
    ['a switch', { kind: 'switch', enabledValue: 'on', disabledValue: 'off' }, 'on', { value: 'on', multi: false }],
    ['text', { kind: 'textbox', current: 'a' }, 'b$x', { value: 'b$x' }],
  ])('%s', (_, input, value, want) => {
    const given = variable({ name: 'v', ...input }) as Exclude<Variable, { kind: 'adhoc' }>;
    const known = given.kind === 'query' ? options : undefined;
    expect(resolveVariable(given, value, { scope: nothing, options: known, rangeMs: 3_600_000 })).toMatchObject(want);
  });

  test('all of too many options is refused with a way out', () => {
    const given = query('v', '', { includeAll: true }) as Exclude<Variable, { kind: 'adhoc' }>;
    const many = Array.from({ length: 5_001 }, (_, i) => ({ text: `${i}`, value: `${i}` }));
    expect(() => resolveVariable(given, '$__all', { scope: nothing, options: many, rangeMs: 1 })).toThrow(/such as \.\*/);
  });

  test.each<[object, VariableValue, boolean]>([
    [{ includeAll: true }, '$__all', true],
    [{ includeAll: true, allValue: '.*' }, '$__all', false],
    [{}, '', true],
    [{}, 'x', false],
    [{ multi: true }, [], false],
  ])('%j of %j needs the options: %s', (more, value, want) => {
    expect(needsOptions(query('v', '', more), value)).toBe(want);
  });
});

describe('chosen values', () => {
  const variables = [
    query('job', '', { current: 'api' }),
    query('env', '', { multi: true, includeAll: true, current: ['dev'] }),
    variable({ kind: 'constant', name: 'fixed', current: 'c' }),
    variable({ kind: 'switch', name: 'on', enabledValue: '1', disabledValue: '0', current: '0' }),
    variable({
      kind: 'adhoc',
      name: 'where',
      source: {},
      filters: [{ key: 'a', operator: '=', value: 'b' }],
      baseFilters: [{ key: 'x', value: 'y' }],
    }),
  ];
  test.each<[object, object]>([
    [{}, { job: 'api', env: ['dev'], fixed: 'c', on: '0' }],
    [
      { job: ['a', 'b'], env: 'x', fixed: 'no', on: 'true' },
      { job: 'a', env: ['x'], fixed: 'c', on: '1' },
    ],
    [{ env: ['$__all', 'x'] }, { env: '$__all' }],
    [{ env: ['All'] }, { env: '$__all' }],
    [{ env: [] }, { env: [] }],
    [{ node: 'of a repeat' }, { node: 'of a repeat' }],
  ])('%j', (chosen, want) => {
    expect(variableValues(variables, chosen as Record<string, VariableValue>)).toMatchObject(want);
  });

  test.each<[object, RegExp]>([
    [{ a: 'x'.repeat(10_001) }, /^variables\.a: a value has more than 10,000/],
    [{ a: Array.from({ length: 5_001 }, () => 'x') }, /at most 5,000/],
  ])('beyond the limits are refused', (chosen, sentence) => {
    expect(() => checkVariableValues('variables', chosen as Record<string, VariableValue>)).toThrow(sentence);
  });

  test('of filters come behind the base filters', () => {
    expect(
      adhocFilters(variables, {})
        .get('where')
        ?.map(({ key }) => key),
    ).toEqual(['x', 'a']);
    expect(
      adhocFilters(variables, { where: [] })
        .get('where')
        ?.map(({ key }) => key),
    ).toEqual(['x']);
  });

  test('are written for a link', () => {
    expect(allVariables(variables, variableValues(variables, { env: ['a b', 'c'] }))).toBe(
      'var-job=api&var-env=a%20b&var-env=c&var-on=0',
    );
  });

  test('go through the address and come back', () => {
    const params = new URLSearchParams('from=now-1h');
    const given = {
      values: { job: 'a|b', env: ['x', 'y'], on: '1' },
      filters: {
        where: [
          { key: 'a|b', operator: '=~' as const, value: 'c,d|e' },
          { key: 'k', operator: '=|' as const, value: 'v', values: ['v', 'w'] },
        ],
      },
    };
    writeUrlVariables(params, given, variables);
    expect(params.get('from')).toBe('now-1h');
    expect(readUrlVariables(params, variables)).toEqual(given);
    writeUrlVariables(params, { values: { env: [] }, filters: {} }, variables);
    expect(readUrlVariables(params, variables)).toEqual({ values: { env: [] }, filters: {} });
  });

  test.each([
    ['var-job=a&var-env=$__all&var-other=z', { job: 'a', env: '$__all', other: 'z' }],
    ['var-__proto__=x', { ['__proto__']: 'x' }],
  ])('of %s are read', (text, want) => {
    const { values } = readUrlVariables(new URLSearchParams(text), variables);
    expect(Object.entries(values)).toEqual(Object.entries(want));
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('options', () => {
  const of = (...values: string[]): VariableOption[] => values.map((value) => ({ text: value, value }));
  const shape = (
    found: readonly VariableOption[],
    regex: string,
    sort: VariableSort = 'none',
    applyTo: 'value' | 'text' = 'value',
  ) => shapeOptions(found, { regex, regexApplyTo: applyTo, sort, staticOptions: [] }, scope({ p: 'a' }));
  const gpu = 'x{gpu_label="0 #1", uuid="GPU-1"} 1 17';

  test.each<[string, string[], string, (string | [string, string])[]]>([
    ['no expression', ['a', 'b', 'a'], '', ['a', 'b']],
    ['one without slashes fits the whole text', ['a', 'ab'], 'a', ['a']],
    ['one with slashes any part', ['a', 'ab', 'c'], '/a/', ['a', 'ab']],
    ['a flag', ['A', 'b'], '/a/i', ['A']],
    ['a group', ['pod="x", a="1"', 'pod="y"', 'none'], '/.*pod="([^"]*).*/', ['x', 'y']],
    ['a group of all matches', ['a1a2', 'a3'], String.raw`/a(\d)/g`, ['1', '2', '3']],
    ['named groups in either order', [gpu], '/gpu_label="(?<text>[^"]+)|uuid="(?<value>[^"]+)/g', [['0 #1', 'GPU-1']]],
    ['a group called value alone', ['{S="q"} 1'], '{S="(?<value>.*)".*', ['q']],
    ['a variable in it', ['a', 'b'], '/^$p/', ['a']],
    ['nothing but blanks ahead', ['', ' ', 'a', ' b'], String.raw`^(?!\s*$).+`, ['a', ' b']],
    ['not a name ahead', ['usage-x', 'usage', 'main', 'x-usage'], '(?!usage|test[)]).+', ['main', 'x-usage']],
    ['several ahead', ['ax', 'bx', 'cx', 'cy'], '^(?!a)(?!b)(?=.*x).+', ['cx']],
    ['several ahead, with slashes', ['dev-a', 'test-a', 'prod-a'], String.raw`/^(?!dev)(?!test)\w+-(\w)/`, ['a']],
    ['with slashes, and a group behind', ['dev-a', 'prod-a'], String.raw`/^(?!dev)\w+-(\w)/`, ['a']],
    ['a demand ahead', ['ab', 'ba'], '/^(?=a)../', ['ab']],
  ])('by %s', (_, found, regex, want) => {
    const wanted = want.map((each) =>
      typeof each === 'string' ? { text: each, value: each } : { text: each[0], value: each[1] },
    );
    expect(shape(of(...found), regex)).toEqual(wanted);
  });

  test('may be kept by what people read', () => {
    const found = [
      { text: 'One', value: '1' },
      { text: 'Two', value: '2' },
    ];
    expect(shape(found, '/T/', 'none', 'text')).toEqual([found[1]]);
  });

  test.each(['(', '/a(?=b)/'])('are refused by %s, which is no expression', (regex) => {
    expect(() => shape(of('a'), regex)).toThrow(/^regex: .*not a regular expression/);
  });

  test('of an expression that would take for ever are found at once', () => {
    expect(shape(of(`${'a'.repeat(50_000)}!`), '/^(a+)+$/')).toEqual([]);
  });

  test.each<[VariableSort, string]>([
    ['none', 'b2 A10 a1 c'],
    ['alphabetical', 'A10 a1 b2 c'],
    ['alphabetical-desc', 'c b2 a1 A10'],
    ['numerical', 'c a1 b2 A10'],
    ['numerical-desc', 'A10 b2 a1 c'],
    ['alphabetical-ci', 'a1 A10 b2 c'],
    ['alphabetical-ci-desc', 'c b2 A10 a1'],
    ['natural', 'a1 A10 b2 c'],
    ['natural-desc', 'c b2 A10 a1'],
  ])('in the order %s', (sort, want) => {
    expect(
      sortOptions(of('b2', 'A10', 'a1', 'c'), sort)
        .map(({ text }) => text)
        .join(' '),
    ).toBe(want);
  });

  test('are searched whatever the case, and counted', () => {
    expect(searchOptions(of('Alpha', 'beta', 'ALP'), ' alp', 1)).toEqual({ options: of('Alpha'), total: 2 });
  });
});
