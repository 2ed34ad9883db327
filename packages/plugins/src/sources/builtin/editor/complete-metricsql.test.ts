import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { expect, test } from 'vitest';
import { completeMetricsQl } from './complete-metricsql.ts';

test.each([
  ['rol', true],
  ['sum(rol', true],
  ['label_set(x, "a{", rol', true],
  ['up{a="b"}[5m] + rol', true],
  ['up{rol', false],
  ['up{job="rol', false],
  ["up{job='rol", false],
  ['up[rol', false],
  ['sum(', false],
])('at the end of "%s" functions of MetricsQL are offered is %s', (text, want) => {
  const found = completeMetricsQl(new CompletionContext(EditorState.create({ doc: text }), text.length, true));
  expect(found?.options.some(({ label }) => label === 'rollup_rate') ?? false).toBe(want);
});
