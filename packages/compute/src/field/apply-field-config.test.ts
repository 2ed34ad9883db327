import type { FieldOverride, FieldSettings, PanelFieldConfig } from '@vitrine/model/field-config.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { describe, expect, test, vi } from 'vitest';

import { applyFieldConfig } from './apply-field-config.ts';
import { fieldBuiltin } from './field-builtin.ts';
import type { FieldContext } from './apply-field-config.ts';

const context: FieldContext = {
  replace: (text, scope) =>
    text
      .replace('$env', 'prod')
      .replace(
        /\$\{(__\w+)\.([^}]+)\}/g,
        (whole, name: string, path: string) => fieldBuiltin(name, path, undefined, scope) ?? whole,
      ),
};

function series(...columns: readonly (readonly [name: string, values: readonly number[], config?: FieldSettings])[]): Frame[] {
  const fields = columns.map(([name, values, config]): Field => {
    const base = { name, type: 'number' as const, labels: { pod: `pod-${name}` }, values: Float64Array.from(values) };
    return config === undefined ? base : { ...base, config };
  });
  const time: Field = { name: 'Time', type: 'time', values: Float64Array.of(0, 1) };
  return [{ refId: 'A', shape: 'series', length: 2, fields: [time, ...fields] }];
}

function configs(frames: readonly Frame[], config: Partial<PanelFieldConfig>): (FieldSettings | undefined)[] {
  return applyFieldConfig(frames, { defaults: {}, overrides: [], ...config }, context)[0]!
    .fields.slice(1)
    .map((field) => field.config);
}

const byName = (name: string, properties: FieldOverride['properties']): FieldOverride => ({
  matcher: { id: 'byName', options: name },
  properties,
});

describe('what wins', () => {
  test('the source says more than the defaults, an override more than both, the last override most', () => {
    const frames = series(['a', [1, 2], { unit: 'bytes', decimals: 1, custom: { lineWidth: 3 } }], ['b', [3, 4]]);
    const [a, b] = configs(frames, {
      defaults: { unit: 's', min: 0, custom: { lineWidth: 1, fillOpacity: 10 } },
      overrides: [
        byName('a', [
          { id: 'decimals', value: 2 },
          { id: 'custom.fillOpacity', value: 50 },
        ]),
        byName('a', [{ id: 'decimals', value: 3 }]),
      ],
    });
    expect(a).toEqual({ unit: 'bytes', decimals: 3, min: 0, custom: { lineWidth: 3, fillOpacity: 50 } });
    expect(b).toEqual({ unit: 's', min: 0, custom: { lineWidth: 1, fillOpacity: 10 } });
  });

  test('links add up, those of the source first', () => {
    const link = (title: string) => ({ title, url: '/', targetBlank: false });
    const [a] = configs(series(['a', [1], { links: [link('source')] }]), { defaults: { links: [link('panel')] } });
    expect(a?.links?.map(({ title }) => title)).toEqual(['source', 'panel']);
  });

  test.each<[string, FieldOverride['properties'][number], FieldSettings]>([
    ['a setting', { id: 'unit', value: 'ms' }, { unit: 'ms', custom: { a: 1 } }],
    [
      'a setting inside',
      { id: 'custom.hideFrom', value: { viz: true } },
      { unit: 's', custom: { a: 1, hideFrom: { viz: true } } },
    ],
    [
      'a setting deeper inside',
      { id: 'custom.stacking.mode', value: 'normal' },
      { unit: 's', custom: { a: 1, stacking: { mode: 'normal' } } },
    ],
    ['without a value takes the setting away', { id: 'unit' }, { custom: { a: 1 } }],
    ['of an unknown setting changes nothing', { id: 'nonsense', value: 1 }, { unit: 's', custom: { a: 1 } }],
    ['of a prototype changes nothing', { id: 'custom.__proto__.polluted', value: 1 }, { unit: 's', custom: { a: 1 } }],
  ])('an override %s', (_, property, want) => {
    expect(
      configs(series(['a', [1]]), { defaults: { unit: 's', custom: { a: 1 } }, overrides: [byName('a', [property])] })[0],
    ).toEqual(want);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('an override whose matcher cannot be read says so and changes nothing', () => {
    const onProblem = vi.fn();
    const overrides = [
      { matcher: { id: 'byMagic' }, properties: [{ id: 'unit', value: 's' }] },
      byName('a', [{ id: 'unit', value: 'ms' }]),
    ];
    const [frame] = applyFieldConfig(series(['a', [1]]), { defaults: {}, overrides }, { ...context, onProblem });
    expect(frame?.fields[1]?.config).toEqual({ unit: 'ms' });
    expect(onProblem.mock.calls).toEqual([[expect.stringMatching(/^Field override 1 changes nothing: .*byMagic/)]]);
  });
});

test.each<[keyof FieldSettings, string, string]>([
  ['displayName', '${__field.labels.pod} on $env', 'pod-a on prod'],
  ['displayName', '${__field.name}', 'a'],
  ['unit', 'suffix:$env', 'suffix:prod'],
  ['noValue', 'none in $env', 'none in prod'],
])('references in %s are filled in: %s', (key, text, want) => {
  expect(configs(series(['a', [1]]), { defaults: { [key]: text } })[0]?.[key]).toBe(want);
});

describe('the range that shares refer to', () => {
  const percent: FieldSettings = {
    thresholds: {
      mode: 'percentage',
      steps: [
        { value: -Infinity, color: 'green' },
        { value: 80, color: 'red' },
      ],
    },
  };
  const ranges = (frames: readonly Frame[], defaults: FieldSettings, overrides: readonly FieldOverride[] = []) =>
    applyFieldConfig(frames, { defaults, overrides }, context)[0]!.fields.map((field) => field.range);
  const frames = series(['a', [1, 5]], ['b', [-3, Infinity]]);

  test.each<[string, FieldSettings, ({ min: number; max: number } | undefined)[]]>([
    ['is that of all numbers', percent, [undefined, { min: -3, max: 5 }, { min: -3, max: 5 }]],
    [
      'is the field’s own with fieldMinMax',
      { ...percent, fieldMinMax: true },
      [undefined, { min: 1, max: 5 }, { min: -3, max: -3 }],
    ],
    ['keeps what is set', { ...percent, max: 100 }, [undefined, { min: -3, max: 100 }, { min: -3, max: 100 }]],
    ['is not needed where both are set', { ...percent, min: 0, max: 100 }, [undefined, undefined, undefined]],
    [
      'is needed by colour schemes',
      { color: { mode: 'continuous-GrYlRd' } },
      [undefined, { min: -3, max: 5 }, { min: -3, max: 5 }],
    ],
    [
      'is not needed by absolute thresholds',
      { thresholds: { ...percent.thresholds!, mode: 'absolute' } },
      [undefined, undefined, undefined],
    ],
  ])('%s', (_, defaults, want) => {
    expect(ranges(frames, defaults)).toEqual(want);
  });

  test('where there is no number it is 0 to 100', () => {
    expect(ranges(series(['a', []], ['b', [Number.NaN, Number.NaN]]), percent)[1]).toEqual({ min: 0, max: 100 });
  });
});

describe('costs little', () => {
  test('nothing to say gives the same frames', () => {
    const frames = series(['a', [1, 2], { unit: 's' }]);
    expect(applyFieldConfig(frames, { defaults: {}, overrides: [] }, context)).toBe(frames);
    expect(applyFieldConfig(frames, { defaults: {}, overrides: [byName('other', [{ id: 'unit', value: 's' }])] }, context)).toBe(
      frames,
    );
  });

  test('the same frames and settings give the same answer, and columns are never copied', () => {
    const frames = series(['a', [1, 2]]);
    const config: PanelFieldConfig = { defaults: { unit: 's' }, overrides: [] };
    const once = applyFieldConfig(frames, config, context);
    expect(applyFieldConfig(frames, config, context)).toBe(once);
    expect(once[0]!.fields[1]!.values).toBe(frames[0]!.fields[1]!.values);
    expect(frames[0]!.fields[1]!.config).toBeUndefined();
  });

  test('the next answer of a live panel keeps its settings', () => {
    const config: PanelFieldConfig = { defaults: { unit: 's' }, overrides: [byName('a', [{ id: 'unit', value: 'ms' }])] };
    const [before, after] = [0, 1].map((value) => applyFieldConfig(series(['a', [value]]), config, context));
    expect(after![0]!.fields[1]!.config).toBe(before![0]!.fields[1]!.config);
  });

  test('two thousand series share one object of settings', () => {
    const frames = series(...Array.from({ length: 2000 }, (_, index) => [`s${index}`, [index]] as const));
    const found = configs(frames, { defaults: { unit: 's' }, overrides: [byName('s7', [{ id: 'unit', value: 'ms' }])] });
    expect(new Set(found).size).toBe(2);
  });
});
