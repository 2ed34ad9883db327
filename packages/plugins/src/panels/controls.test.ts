import { graphSettings } from '@vitrine/ui/chart/graph-settings.ts';
import { columnLook } from '@vitrine/ui/table/cell-look.ts';
import { expect, test } from 'vitest';

import type { OptionControl } from '../contract.ts';
import { GRAPH_CONTROLS } from './controls.ts';
import { panelSpecs } from './specs.ts';

function at(from: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], from);
}

function nested(path: string, value: unknown): unknown {
  return path.split('.').reduceRight<unknown>((inside, key) => (key === '0' ? [inside] : { [key]: inside }), value);
}

/** Everything that the editor could save with it, about. */
function saved({ input, otherwise }: OptionControl): readonly unknown[] {
  switch (input.kind) {
    case 'switch':
      return [true, false];
    case 'number':
      return [input.min, input.max, otherwise].filter((value) => value !== undefined);
    case 'choice':
      return input.choices.map(({ value }) => value);
    case 'choices':
      return [[], input.choices.map(({ value }) => value)];
    case 'reducers':
      return input.many ? [['mean', 'max']] : ['mean'];
    case 'text':
      return ['5m'];
    case 'field':
      return [input.asMatcher === true ? { id: 'byName', options: '5m' } : '5m'];
    case 'color':
      return ['red'];
    case 'unit':
      return ['bytes'];
  }
}

const offered = panelSpecs.flatMap((spec) =>
  (spec.controls ?? []).map((control) => [spec.kind, control.path, control, spec] as const),
);
const options = offered.filter(([, path]) => !path.startsWith('custom.'));

test.each(options)('%s: %s starts as the panel reads it', (_, path, { otherwise }, spec) => {
  expect(at(spec.parseOptions({}), path)).toEqual(otherwise);
});

test.each(options)('%s: %s takes all that it offers', (_, path, control, spec) => {
  for (const value of saved(control)) {
    expect(at(spec.parseOptions(nested(path, value)), path)).toEqual(value);
  }
});

test.each(panelSpecs.map((spec) => [spec.kind, spec] as const))(
  '%s: no option is offered twice, and each can be left out by what is saved',
  (_, spec) => {
    const paths = (spec.controls ?? []).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const { when } of spec.controls ?? []) expect(typeof (when?.(() => undefined) ?? true)).toBe('boolean');
  },
);

test.each(panelSpecs.map((spec) => [spec.kind, spec] as const))('%s: labels of a group tell its options apart', (_, spec) => {
  const labels = (spec.controls ?? []).map(({ group, label }) => `${group} ${label}`);
  expect(new Set(labels).size).toBe(labels.length);
});

/** Settings of fields are read where fields are drawn: what is offered as the start must be what they do without it. */
test.each(GRAPH_CONTROLS.map((control) => [control.path, control] as const))(
  'lines: %s starts as they are drawn',
  (path, control) => {
    const custom = (value: unknown) => nested(path.slice('custom.'.length), value) as Readonly<Record<string, unknown>>;
    expect(graphSettings(custom(control.otherwise))).toEqual(graphSettings({}));
  },
);

const columns = panelSpecs.find(({ kind }) => kind === 'table')!.controls!.filter(({ path }) => path.startsWith('custom.'));
test.each(columns.map((control) => [control.path, control] as const))('columns: %s starts as they are drawn', (path, control) => {
  const custom = (value: unknown) => nested(path.slice('custom.'.length), value) as Readonly<Record<string, unknown>>;
  expect(columnLook({ custom: custom(control.otherwise) })).toEqual(columnLook({}));
});
