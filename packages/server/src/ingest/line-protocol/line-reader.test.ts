import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corpusFolder } from '../../testing/corpus-folder.ts';
import { LineBatch } from './line-batch.ts';
import { LineReader, type LineReaderOptions } from './line-reader.ts';
import type { Precision } from './precision.ts';
import { SeriesMemory } from './series-memory.ts';

const NOW = 1_700_000_000_000;

function read(
  body: string | Uint8Array,
  options: Partial<LineReaderOptions> & { readonly slice?: number; readonly memory?: SeriesMemory } = {},
) {
  const reader = new LineReader(typeof body === 'string' ? Buffer.from(body) : body, {
    batch: new LineBatch(options.memory ?? new SeriesMemory()),
    database: '',
    precision: 'ns',
    nowMs: NOW,
    ...options,
  });
  while (reader.read(options.slice ?? 1_000_000));
  return reader;
}

/** `metric{labels} value @milliseconds`, a line a sample. */
function samplesOf(reader: LineReader): string[] {
  const { seriesKeys, seriesIndex, timestampsMs, values } = reader.batch.finish();
  return Array.from(values, (value, i) => {
    const labels = Labels.fromKey(seriesKeys[seriesIndex[i] as number] as string);
    return `${String(labels)} ${Object.is(value, -0) ? '-0' : value}${timestampsMs[i] === NOW ? '' : ` @${timestampsMs[i]}`}`;
  });
}

test.each<[line: string, samples: string[]]>([
  [
    'cpu,host=a usage=0.5,idle=1 1700000000123456789',
    ['cpu_usage{host="a"} 0.5 @1700000000123', 'cpu_idle{host="a"} 1 @1700000000123'],
  ],
  ['loss value=0.25', ['loss 0.25']],
  ['loss,run=7 value=1,lr=1e-3', ['loss{run="7"} 1', 'loss_lr{run="7"} 0.001']],
  [
    'm a=1i,b=2u,c=-3i,d=-0.5,e=.5,f=5.,g=1E3,h=-0,i=-0i',
    ['m_a 1', 'm_b 2', 'm_c -3', 'm_d -0.5', 'm_e 0.5', 'm_f 5', 'm_g 1000', 'm_h -0', 'm_i 0'],
  ],
  [
    'm a=t,b=T,c=true,d=True,e=TRUE,f=f,g=F,h=false,i=False,j=FALSE',
    ['m_a 1', 'm_b 1', 'm_c 1', 'm_d 1', 'm_e 1', 'm_f 0', 'm_g 0', 'm_h 0', 'm_i 0', 'm_j 0'],
  ],
  [
    'm a=9007199254740993i,b=0.1234567890123456789,c=123456789012345678',
    ['m_a 9007199254740992', 'm_b 0.12345678901234568', 'm_c 123456789012345680'],
  ],
  ['gpu-0.util,data\\ center=eu\\,west,1x=größe temp.c=40', ['gpu_0_util_temp_c{_1x="größe", data_center="eu,west"} 40']],
  ['7segment value=1', ['_7segment 1']],
  ['m,a-b=1,a.b=2 value=1', ['m{a_b="1;2"} 1']],
  ['m,__name__=x value=1', ['m{exported___name__="x"} 1']],
  ['job:rate value=1', ['job:rate 1']],
  ['m x=1,x=2', ['m_x 2']],
  ['m x=1 5000000\nm x=2 5000001', ['m_x 2 @5']],
  ['m x=1 5000000\nm x=2 6000000\nm x=3 5000000', ['m_x 1 @5', 'm_x 2 @6', 'm_x 3 @5']],
  ['a_b c=1 1000000\na b_c=2 1000000', ['a_b_c 2 @1']],
  ['m,b=1,a=2 x=1\nm,a=2,b=1 x=2 1000000', ['m_x{a="2", b="1"} 1', 'm_x{a="2", b="1"} 2 @1']],
  ['  m x=1  \r\n\r\n# a comment\n\n   \nn y=2 \n', ['m_x 1', 'n_y 2']],
  ['m x=1 -1500000', ['m_x 1 @-1']],
])('%s', (line, samples) => {
  const reader = read(line);
  expect(reader.problems).toEqual([]);
  expect(samplesOf(reader)).toEqual(samples);
});

test.each<[Precision, string, number]>([
  ['n', '1700000000123456789', 1_700_000_000_123],
  ['ns', '9223372036854775806', 9_223_372_036_854],
  ['u', '1700000000123456', 1_700_000_000_123],
  ['us', '12', 0],
  ['ms', '1700000000123', 1_700_000_000_123],
  ['s', '1700000001', 1_700_000_001_000],
  ['m', '28333333', 1_699_999_980_000],
  ['h', '472222', 1_699_999_200_000],
  ['s', '-5', -5_000],
  ['ns', '00000000000000000000000001000000', 1],
])('a timestamp in %s: %s', (precision, text, timeMs) => {
  expect([...read(`m x=1 ${text}`, { precision }).batch.finish().timestampsMs]).toEqual([timeMs]);
});

test('text has no place among samples: it is counted, and the other fields of its line count', () => {
  const reader = read('system,host=a load1=0.5,uptime="3 days, 1 \\"x\\"\n2",users=2i\nn s="x"\n');
  expect([samplesOf(reader), reader.textFields, reader.problems]).toEqual([
    ['system_load1{host="a"} 0.5', 'system_users{host="a"} 2'],
    2,
    [],
  ]);
});

test.each<[body: string, line: number, problem: RegExp, kept: string[]]>([
  ['a x=1\nb\nc x=3', 2, /has no field/, ['a_x 1', 'c_x 3']],
  ['a x=1\nb x=\nc x=3', 2, /neither a number/, ['a_x 1', 'c_x 3']],
  ['\n# hello\n a x=1,y=abc,z=2\nc x=3', 3, /neither a number/, ['c_x 3']],
  ['a x=1 yesterday\nb x=1', 1, /timestamp is not a number/, ['b_x 1']],
  ['a x=1 5 6\nb x=1', 1, /something stands after/, ['b_x 1']],
  ['a x=1 9223372036854775807\nb x=1', 1, /out of range/, ['b_x 1']],
  ['a,t=1,t=2 x=1\nb x=1', 1, /tag "t" stands twice/, ['b_x 1']],
  ['a,t= x=1\nb x=1', 1, /tag "t" has no value/, ['b_x 1']],
  ['a,t x=1\nb x=1', 1, /tag "t" has no value/, ['b_x 1']],
  ['a, x=1\nb x=1', 1, /comma is not followed/, ['b_x 1']],
  [',t=1 x=1\nb x=1', 1, /measurement is missing/, ['b_x 1']],
  ['a x="y\nb x=1', 1, /no closing quote/, ['b_x 1']],
  ['a s="1\n2" x=1\nb x=1', 1, /timestamp is not a number/, ['b_x 1']],
  ['a x="1"2\nb x=1', 1, /stands after its fields/, ['b_x 1']],
  ['a s="1\n2",x=1\nb x\nc x=1', 3, /has no =/, ['a_x 1', 'c_x 1']],
  ['a x=9223372036854775808i\nb x=1', 1, /integer of 64 bits/, ['b_x 1']],
  ['a x=18446744073709551616u\nb x=1', 1, /integer of 64 bits/, ['b_x 1']],
  ['a x=1e999\nb x=1', 1, /float of 64 bits/, ['b_x 1']],
  ['a x=-1u\nb x=1', 1, /minus/, ['b_x 1']],
  ['a x=1e\nb x=1', 1, /exponent/, ['b_x 1']],
  ['a x=-\nb x=1', 1, /no digit/, ['b_x 1']],
  ['a x=nan\nb x=1', 1, /neither a number/, ['b_x 1']],
  ['a x=1,\nb x=1', 1, /field has no name/, ['b_x 1']],
  ['a\u0001 x=1\nb x=1', 1, /control character/, ['b_x 1']],
  ['a\u007f x=1\nb x=1', 1, /control character/, ['b_x 1']],
  ['#\u0001\nb x=1', 1, /comment/, ['b_x 1']],
  [`a,${Array.from({ length: 129 }, (_, i) => `t${i}=1`).join(',')} x=1\nb x=1`, 1, /more than 128 tags/, ['b_x 1']],
  [`a ${'x=1,'.repeat(100_000)}y=1\nb x=1`, 1, /more than 262144 bytes/, ['b_x 1']],
  [`${'a'.repeat(300_000)} x=1\nb x=1`, 1, /more than 262144 bytes/, ['b_x 1']],
  [`a x=1,s="${'y'.repeat(300_000)}"\nb x=1`, 1, /more than 262144 bytes/, ['b_x 1']],
])('%j: line %i is refused, the others are kept', (body, line, problem, kept) => {
  const reader = read(body);
  expect(reader.problems).toEqual([{ line, text: expect.any(String), problem: expect.stringMatching(problem) }]);
  expect(reader.badLines).toBe(1);
  expect(samplesOf(reader)).toEqual(kept);
});

test('of many bad lines ten are told, and all are counted', () => {
  const reader = read(`${'bad\n'.repeat(1_000)}a x=1`);
  expect([reader.badLines, reader.problems.length, reader.problems[9]?.line, samplesOf(reader)]).toEqual([
    1_000,
    10,
    10,
    ['a_x 1'],
  ]);
});

test.each([
  [
    'samples',
    () =>
      'a b=1,c=2,d=3 1\na b=1,c=2,d=3 2\n'
        .repeat(200_000)
        .replaceAll(/ (\d)\n/g, (_, n: string, at: number) => ` ${at * 1_000_000}${n}\n`),
  ],
  [
    'text in its series',
    () =>
      Array.from(
        { length: 70 },
        (_, i) => `m${i},t=${'x'.repeat(200_000)} ${Array.from({ length: 6 }, (_, j) => `f${j}=1`).join(',')}`,
      ).join('\n'),
  ],
])('a body with too many %s is not taken', (_, body) => {
  expect(read(body()).batch.tooMany).toBe(true);
});

describe('series', () => {
  const series = (reader: LineReader): string[] => reader.batch.finish().seriesKeys.map((key) => String(Labels.fromKey(key)));

  test('carry their database, where they have no tag of that name', () => {
    const memory = new SeriesMemory();
    for (const [database, want] of [
      ['', ['m', 'm{db="own"}']],
      ['lab', ['m{db="lab"}', 'm{db="own"}']],
      ['prod', ['m{db="prod"}', 'm{db="own"}']],
      ['lab', ['m{db="lab"}', 'm{db="own"}']],
    ] as const) {
      expect(series(read('m value=1\nm,db=own value=1', { memory, database }))).toEqual(want);
    }
  });

  test.each([3, 16, 17, 60])('are right whichever of %i fields a line has, in whichever order', (count) => {
    const names = Array.from({ length: count }, (_, i) => `f${i}`);
    const orders = [names, names.toReversed(), names.filter((_, i) => i % 3 === 1), [...names.slice(2), 'f999'], names];
    const lines = orders.map((order, time) => `m ${order.map((name) => `${name}=${name.slice(1)}`).join(',')} ${time}000000`);
    const want = orders.flatMap((order, time) => order.map((name) => `m_${name} ${name.slice(1)} @${time}`));
    expect(samplesOf(read(lines.join('\n')))).toEqual(want);
  });

  test('are right while more databases are written to in turns than are remembered', () => {
    const memory = new SeriesMemory();
    for (let turn = 0; turn < 40; turn++) {
      const database = `db${turn % 12}`;
      expect(series(read('m,t=1 value=1,x=2', { memory, database }))).toEqual([
        `m{db="${database}", t="1"}`,
        `m_x{db="${database}", t="1"}`,
      ]);
    }
  });

  test('are right while another body is read with the same memory', () => {
    const memory = new SeriesMemory();
    const options = { database: '', precision: 'ns' as const, nowMs: NOW };
    const one = new LineReader(Buffer.from('a x=1\nb x=2\nc x=3\nb x=4 7000000\n'), { ...options, batch: new LineBatch(memory) });
    const two = new LineReader(Buffer.from('c x=1\nb x=2\na x=3\n'), { ...options, batch: new LineBatch(memory) });
    while (one.read(1)) two.read(1);
    while (two.read(1));
    expect(samplesOf(one)).toEqual(['a_x 1', 'b_x 2', 'c_x 3', 'b_x 4 @7']);
    expect(samplesOf(two)).toEqual(['c_x 1', 'b_x 2', 'a_x 3']);
  });

  test('are still distinct after the memory was full and forgot them', () => {
    const lines = Array.from({ length: 100 }, (_, i) => `m,i=${i % 10} x=${i} ${i}000000`).join('\n');
    const batch = read(lines, { memory: new SeriesMemory(500) }).batch.finish();
    expect([batch.seriesKeys.length, new Set(batch.seriesKeys).size, batch.values.length]).toEqual([10, 10, 100]);
    expect(
      Array.from(batch.values, (_, i) => Labels.fromKey(batch.seriesKeys[batch.seriesIndex[i] as number] as string).get('i')),
    ).toEqual(Array.from({ length: 100 }, (_, i) => String(i % 10)));
  });
});

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\\'));
const escaped = (text: string, special: RegExp): string => text.replace(special, '\\$&');

test('whatever is written is read as it was meant', () => {
  const point = fc.record({
    measurement: word.filter((text) => !text.startsWith('#')),
    tags: fc.uniqueArray(fc.tuple(word, word), { selector: ([key]) => key, maxLength: 4 }),
    value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()),
    timeMs: fc.integer({ min: -1e12, max: 4e12 }),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 20 }), fc.integer({ min: 1, max: 300 }), (points, slice) => {
      const lines = points.map(({ measurement, tags, value, timeMs }) => {
        const tagText = tags.map(([key, text]) => `,${escaped(key, /[ ,=]/g)}=${escaped(text, /[ ,=]/g)}`).join('');
        return `${escaped(measurement, /[ ,]/g)}${tagText} value=${Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e')} ${timeMs}`;
      });
      const reader = read(lines.join('\n'), { precision: 'ms', slice });
      expect(reader.problems).toEqual([]);
      const last = new Map(
        points.map(({ measurement, tags, timeMs, value }) => [identity(measurement, tags, timeMs), value + 0]),
      );
      expect(valuesByIdentity(reader)).toEqual(last);
    }),
  );
});

test('whatever comes is read to its end, and each line is taken or refused', () => {
  const piece = fc.constantFrom(
    'm',
    ',',
    ' ',
    '=',
    '"',
    '\\',
    '\n',
    '\r',
    '#',
    '1',
    '-',
    '.',
    'e',
    'i',
    'u',
    't',
    'true',
    'ü',
    '\t',
    '\u0000',
    ',a=b',
    ' x=1',
    ' 17',
    'm x=1\n',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      const whole = read(text);
      const sliced = read(text, { slice: 1 });
      expect(samplesOf(sliced)).toEqual(samplesOf(whole));
      expect(sliced.problems).toEqual(whole.problems);
      expect(whole.badLines).toBeLessThanOrEqual(text.split('\n').length);
    }),
    { numRuns: 500 },
  );
});

test('bytes that are no UTF-8 are refused where they stand', () => {
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  const reader = read(bytes('a\xff x=1\na,t=\xff x=1\na \xff=1\na s="\xff",x=1\n#\xff\nb x=1'));
  expect(reader.problems.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  expect(samplesOf(reader)).toEqual(['b_x 1']);
});

/** The names that the documentation promises, said another way. */
function nameOf(text: string): string {
  return Array.from(text, (char, i) =>
    /[a-zA-Z_:]/.test(char) ? char : /\d/.test(char) ? (i === 0 ? `_${char}` : char) : '_',
  ).join('');
}

/** What tells samples apart: `measurement_field`, the tags as labels, and the time. */
function identity(name: string, tags: readonly (readonly [string, string])[], timeMs: number): string {
  const labels = new Map<string, string>();
  for (const [key, value] of tags) {
    const label = nameOf(key)
      .replaceAll(':', '_')
      .replace(/^__name__$/, 'exported___name__');
    labels.set(label, labels.has(label) ? `${labels.get(label)};${value}` : value);
  }
  return `${Labels.from(labels.set('__name__', nameOf(name))).key} @${timeMs}`;
}

function valuesByIdentity(reader: LineReader): Map<string, number> {
  const { seriesKeys, seriesIndex, timestampsMs, values } = reader.batch.finish();
  // Go writes -0 as 0.
  return new Map(Array.from(values, (value, i) => [`${seriesKeys[seriesIndex[i] as number]} @${timestampsMs[i]}`, value + 0]));
}

interface CorpusCase {
  readonly input: {
    readonly text: string | { readonly binary: string };
    readonly defaultTime: number;
    readonly precision: string;
  };
  readonly output: {
    readonly error?: string;
    readonly result?: readonly {
      readonly time: number;
      readonly name: string;
      readonly tags: readonly { readonly key: string; readonly value: string }[];
      readonly fields: readonly {
        readonly key: string;
        readonly value: {
          readonly float?: number;
          readonly int?: number;
          readonly uint?: number;
          readonly bool?: boolean;
          readonly string?: string;
        };
      }[];
    }[];
  };
}

const corpus = corpusFolder('influx/line-protocol');

describe.skipIf(corpus === undefined)('the cases of InfluxData’s own decoder', () => {
  // Times are integers beyond what JSON.parse reads exactly.
  const parse = (text: string): Record<string, CorpusCase> =>
    JSON.parse(text, (key, value: unknown, context?: { source: string }) =>
      key === 'time' || key === 'defaultTime' ? Number(BigInt(context?.source ?? 0) / 1_000_000n) : value,
    ) as Record<string, CorpusCase>;
  const cases = corpus === undefined ? {} : parse(readFileSync(join(corpus, 'decode.json'), 'utf8'));
  const bytesOf = (text: CorpusCase['input']['text']): Buffer =>
    typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.binary, 'base64');

  test.each(Object.entries(cases))('%s', (_, { input, output }) => {
    const reader = read(bytesOf(input.text), {
      precision: input.precision.slice(1).replace('µ', 'u') as Precision,
      nowMs: input.defaultTime,
    });
    if (output.result === undefined) {
      const [, line] = /at line (\d+):/.exec(output.error ?? '') ?? [];
      expect(reader.badLines).toBeGreaterThan(0);
      if (line !== undefined) expect(reader.problems[0]?.line).toBe(Number(line));
      return;
    }
    expect(reader.problems).toEqual([]);
    const want = new Map<string, number>();
    let texts = 0;
    for (const { time, name, tags, fields } of output.result) {
      for (const { key, value } of fields) {
        if (value.string !== undefined) texts++;
        else {
          const tagPairs = tags.map((tag) => [tag.key, tag.value] as const);
          const number = Number(value.float ?? value.int ?? value.uint ?? value.bool);
          want.set(identity(key === 'value' ? name : `${name}_${key}`, tagPairs, time), number);
        }
      }
    }
    expect([valuesByIdentity(reader), reader.textFields]).toEqual([want, texts]);
  });
});
