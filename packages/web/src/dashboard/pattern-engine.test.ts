import type { Panel } from '@vitrine/model/dashboard.ts';
import { expect, test } from 'vitest';
import { mentionsPattern } from './pattern-engine.ts';

const panel = (overrides: unknown[], mappings: unknown[] = [], options = {}): Panel =>
  ({ fieldConfig: { defaults: { mappings }, overrides }, options, transformations: [] }) as unknown as Panel;

test.each([
  ['nothing', panel([]), false],
  ['names', panel([{ matcher: { id: 'byName', options: 'a/b' } }]), false],
  ['fields by a pattern', panel([{ matcher: { id: 'byRegexp', options: 'a.*' } }]), true],
  ['values by a pattern', panel([], [{ kind: 'regex', pattern: 'a' }]), true],
  ['an option in slashes', panel([], [], { reduceOptions: { fields: '/^a.*b$/' } }), true],
])('%s', (_, given, want) => expect(mentionsPattern({ panels: [given] })).toBe(want));
