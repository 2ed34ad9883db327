import type { FieldSettings, ValueMapping } from '@vitrine/model/field-config.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { describe, expect, test } from 'vitest';

import { loadGrafanaData } from '../../../../scripts/peers/grafana-data.ts';
import { displayOf } from './display.ts';
import { fieldNames } from './field-names.ts';

interface PeerField {
  readonly name: string;
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly values: readonly unknown[];
  readonly labels?: Readonly<Record<string, string>> | undefined;
}
interface PeerFrame {
  readonly name?: string | undefined;
  readonly refId: string;
  readonly length: number;
  readonly fields: readonly PeerField[];
}

const grafana = loadGrafanaData<{
  createTheme(): unknown;
  getDisplayProcessor(options: { field: PeerField; theme: unknown; timeZone: string }): (value: unknown) => {
    readonly text: string;
    readonly numeric: number;
    readonly percent?: number;
    readonly color?: string;
    readonly icon?: string;
  };
  getFieldDisplayName(field: PeerField, frame: PeerFrame, frames: readonly PeerFrame[]): string;
}>();

const theme = grafana.createTheme();

// Kinds of mapping by their names in Grafana's documents.
function peerMapping(mapping: ValueMapping): unknown {
  const result = { ...mapping.result, index: 0 };
  switch (mapping.kind) {
    case 'value':
      return { type: 'value', options: { [mapping.value]: result } };
    case 'range':
      return { type: 'range', options: { from: mapping.from ?? null, to: mapping.to ?? null, result } };
    case 'regex':
      return { type: 'regex', options: { pattern: mapping.pattern, result } };
    case 'special':
      return { type: 'special', options: { match: mapping.match, result } };
  }
}

function both(config: FieldSettings, type: 'number' | 'string' | 'boolean', value: unknown) {
  const ours = displayOf({ type, config }, { timeZone: 'UTC' })(value);
  const process = grafana.getDisplayProcessor({
    field: { name: 'f', type, values: [], config: { ...config, mappings: (config.mappings ?? []).map(peerMapping) } },
    theme,
    timeZone: 'utc',
  });
  return { ours, theirs: process(value) };
}

const MAPPINGS: readonly ValueMapping[] = [
  { kind: 'value', value: '1', result: { text: 'up', color: '#00ff00', icon: 'check' } },
  { kind: 'value', value: 'ok', result: { text: 'fine', color: '#00ff01' } },
  { kind: 'range', from: 10, to: 20, result: { text: 'some', color: '#0000ff' } },
  { kind: 'range', from: 100, result: { text: 'many' } },
  { kind: 'range', to: -5, result: { text: 'few' } },
  { kind: 'regex', pattern: '/^pod-(.*)-(\\d+)$/', result: { text: '$2 of $1', color: '#ff0000' } },
  { kind: 'regex', pattern: 'bare', result: { text: 'whole' } },
  { kind: 'special', match: 'true', result: { text: 'yes' } },
  { kind: 'special', match: 'null', result: { text: 'nothing', color: '#333333' } },
  { kind: 'special', match: 'nan', result: { text: 'no number' } },
  { kind: 'special', match: 'empty', result: { text: 'blank' } },
];

describe('mappings', () => {
  test.each<[string, 'number' | 'string' | 'boolean', unknown]>([
    ['a value', 'number', 1],
    ['a word', 'string', 'ok'],
    ['the lower end of a range', 'number', 10],
    ['the upper end of a range', 'number', 20],
    ['outside of ranges', 'number', 21],
    ['an open upper end', 'number', 1e9],
    ['an open lower end', 'number', -7],
    ['a number as text in a range', 'string', '15'],
    ['a pattern with groups', 'string', 'pod-web-7'],
    ['a bare pattern', 'string', 'bare'],
    ['a bare pattern inside', 'string', 'barely'],
    ['true', 'boolean', true],
    ['null', 'number', null],
    ['NaN', 'number', Number.NaN],
    ['empty text', 'string', ''],
  ])('%s', (_, type, value) => {
    const { ours, theirs } = both({ mappings: MAPPINGS, color: { mode: 'fixed', fixedColor: '#123456' } }, type, value);
    const mapped = MAPPINGS.some(({ result }) => result.text === ours.text) || ours.text === '7 of web';
    if (mapped || typeof value === 'string') expect(ours.text).toBe(theirs.text);
    else expect(ours.numeric).toBe(theirs.numeric);
    // Booleans follow the settings with us: true is at the last threshold. Theirs are green and red whatever is set.
    if (type !== 'boolean') expect(ours.color).toBe(theirs.color?.toLowerCase());
    expect(ours.icon).toBe(theirs.icon);
  });

  test('a result without a text keeps the text', () => {
    const { ours, theirs } = both({ mappings: [{ kind: 'value', value: '5', result: { color: '#ff0000' } }] }, 'number', 5);
    expect([ours.text, ours.color]).toEqual([theirs.text, theirs.color]);
  });
});

describe('colours by thresholds', () => {
  const steps = [
    { value: -Infinity, color: '#000001' },
    { value: 10, color: '#000002' },
    { value: 80, color: '#000003' },
  ];
  test.each([-1e9, -1, 0, 9.99, 10, 10.01, 79, 80, 1e9])('of %d', (value) => {
    const absolute = both({ color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps } }, 'number', value);
    expect(absolute.ours.color).toBe(absolute.theirs.color);
    const percent = both(
      { min: -50, max: 250, color: { mode: 'thresholds' }, thresholds: { mode: 'percentage', steps } },
      'number',
      value,
    );
    expect(percent.ours.color).toBe(percent.theirs.color);
    // Ours stays between 0 and 1, as what draws it must.
    expect(percent.ours.percent).toBeCloseTo(Math.min(1, Math.max(0, percent.theirs.percent!)));
  });

  // Theirs shows what is missing in the colour of the first step, which may be green: ours never does.
  test.each([null, undefined, Number.NaN])('of %s, which is no number', (value) => {
    const { ours, theirs } = both({ color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps } }, 'number', value);
    expect(theirs.color).toBe('#000001');
    expect(ours.color).toBe('unknown');
  });

  test('of a word', () => {
    const { ours, theirs } = both({ color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps } }, 'string', 'word');
    expect(ours.color).toBe(theirs.color);
  });
});

test.each<[FieldSettings, 'number' | 'string' | 'boolean', unknown]>([
  [{ noValue: 'none yet' }, 'number', null],
  [{ noValue: 'none yet' }, 'string', ''],
  [{}, 'boolean', true],
  [{}, 'string', '12.50'],
  [{ unit: 'none' }, 'string', 'word'],
  [{ unit: 'dateTimeAsIso' }, 'string', '2026-11-22T10:00:00Z'],
])('%j: a %s of %s reads the same', (config, type, value) => {
  const { ours, theirs } = both(config, type, value);
  expect(ours.text).toBe(theirs.text);
});

describe('names', () => {
  type Column = readonly [name: string, labels?: Readonly<Record<string, string>>, config?: FieldSettings];
  const frame = (name: string | undefined, ...columns: readonly Column[]): Frame => ({
    refId: 'A',
    ...(name === undefined ? {} : { name }),
    shape: 'table',
    length: 1,
    fields: columns.map(([column, labels, config = {}]): Field => {
      const base = { name: column, config, ...(labels === undefined ? {} : { labels }), values: Float64Array.of(1) };
      return { ...base, type: column === 'Time' ? 'time' : 'number' };
    }),
  });
  const peer = ({ name, refId, length, fields }: Frame): PeerFrame => ({
    name,
    refId,
    length,
    fields: fields.map(({ name: column, type, labels, config }) => ({
      name: column,
      type,
      labels,
      values: [1],
      config: { displayName: config?.displayName, displayNameFromDS: config?.displayNameFromSource },
    })),
  });

  test.each<[string, readonly Frame[]]>([
    ['no labels', [frame(undefined, ['Time'], ['Value'])]],
    ['one label', [frame(undefined, ['Time'], ['Value', { a: 'x' }])]],
    [
      'one label, two frames',
      [frame(undefined, ['Time'], ['Value', { a: 'x' }]), frame(undefined, ['Time'], ['Value', { a: 'y' }])],
    ],
    [
      'two labels',
      [frame(undefined, ['Time'], ['Value', { a: 'x', b: '1' }]), frame(undefined, ['Time'], ['Value', { a: 'y' }])],
    ],
    ['named frames', [frame('F', ['Time'], ['Value', { a: 'x' }]), frame('G', ['Time'], ['Value', { a: 'y' }])]],
    ['named frames without labels', [frame('F', ['Time'], ['loss']), frame('G', ['Time'], ['loss'])]],
    ['named frames of values', [frame('F', ['Time'], ['Value']), frame('G', ['Time'], ['Value'])]],
    ['one name twice', [frame(undefined, ['Time'], ['a'], ['a'], ['b'])]],
    ['values side by side', [frame(undefined, ['Time'], ['Value'], ['Value'])]],
    ['columns with labels', [frame(undefined, ['Time'], ['loss', { run: 'a' }], ['loss', { run: 'b' }], ['acc', { run: 'b' }])]],
    [
      'columns with and without labels',
      [frame(undefined, ['Time'], ['loss', { run: 'a' }], ['loss', { run: 'b', s: '1' }], ['acc', {}])],
    ],
    [
      'given names',
      [frame(undefined, ['Time'], ['Value', {}, { displayName: 'D' }], ['Value', { a: 'x' }, { displayNameFromSource: 'S' }])],
    ],
    [
      'a given name wins over the source’s',
      [frame('F', ['Value', { a: 'x' }, { displayName: 'D', displayNameFromSource: 'S' }])],
    ],
  ])('%s', (_, frames) => {
    const peers = frames.map(peer);
    const theirs = peers.map((one) => one.fields.map((field) => grafana.getFieldDisplayName(field, one, peers)));
    expect(fieldNames(frames)).toEqual(theirs);
  });
});
