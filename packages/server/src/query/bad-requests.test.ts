import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

/** Values of the shapes that these requests have, right and wrong. */
const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    '$a',
    '${a:csv}',
    '$__interval',
    '[[b]]',
    '1d',
    'now/d',
    'up{x=~"$a"}',
    'sum(',
    '$A + $B',
    '__proto__',
    '-- Dashboard --',
    '-- Mixed --',
    '__expr__',
    '(',
    '/(/g',
    '<script>',
  ),
);
const leaf = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const json = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(text, tie('any'), { maxKeys: 3 })),
})).any;
const oneOf = (...values: readonly string[]) => fc.constantFrom(...values);
const source = fc.record({ type: oneOf('', 'prometheus', 'builtin', '__expr__', 'loki', 'datasource'), uid: text });
const query = fc.record(
  {
    refId: oneOf('A', 'B', 'C'),
    source,
    hidden: fc.boolean(),
    spec: fc.oneof(
      fc.record(
        { expr: text, instant: fc.boolean(), format: oneOf('table', 'heatmap', 'x'), interval: text, legendFormat: text },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          type: oneOf('math', 'reduce', 'resample', 'threshold', 'classic_conditions', 'sql'),
          expression: oneOf('$A', '$B * 2', 'C', '1 +'),
          reducer: oneOf('mean', 'x'),
          window: text,
          conditions: json,
        },
        { requiredKeys: [] },
      ),
      fc.record({ panelId: fc.integer({ min: 0, max: 3 }), withTransforms: fc.boolean() }),
    ),
  },
  { requiredKeys: ['refId', 'spec'] },
);
const variable = fc.oneof(
  fc.record({
    kind: fc.constant('query'),
    name: oneOf('a', 'b', 'c'),
    source,
    spec: fc.record({ query: text, qryType: fc.integer({ min: 0, max: 5 }) }),
    regex: text,
    multi: fc.boolean(),
    includeAll: fc.boolean(),
    allValue: text,
    current: fc.oneof(text, fc.array(text, { maxLength: 2 })),
  }),
  fc.record({
    kind: fc.constant('custom'),
    name: oneOf('a', 'b', 'c'),
    options: fc.array(fc.record({ text, value: text }), { maxLength: 3 }),
    current: text,
  }),
  fc.record({
    kind: fc.constant('interval'),
    name: oneOf('a', 'b', 'c'),
    values: fc.array(text, { maxLength: 2 }),
    auto: fc.boolean(),
    autoMin: text,
    current: oneOf('$__auto', '1m'),
  }),
  fc.record({
    kind: fc.constant('adhoc'),
    name: oneOf('d'),
    source,
    filters: fc.array(fc.record({ key: text, operator: oneOf('=', '=~', '<', '=|'), value: text }), { maxLength: 2 }),
  }),
);
const variables = fc.uniqueArray(variable, { maxLength: 4, selector: ({ name }) => name });
const panel = fc.record(
  {
    id: fc.integer({ min: 0, max: 3 }),
    kind: oneOf('timeseries', 'stat'),
    grid: fc.constant({ x: 0, y: 0, w: 12, h: 8 }),
    queries: fc.array(query, { maxLength: 3 }),
    queryOptions: fc.record(
      { timeFrom: text, timeShift: text, timeCompare: text, minInterval: text, maxDataPoints: fc.integer({ min: 1, max: 100 }) },
      { requiredKeys: [] },
    ),
    transformations: fc.array(
      fc.record({ id: oneOf('reduce', 'organize', 'calculateField', 'x'), options: fc.dictionary(text, json, { maxKeys: 3 }) }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['id', 'kind', 'grid', 'queries'] },
);
const range = { fromMs: 0, toMs: 3_600_000 };

describe('whatever is asked', () => {
  test.each<[string, string, fc.Arbitrary<object>]>([
    [
      'a panel',
      '/api/panel-data',
      fc.record({ panel, variables }).map((draft) => ({ dashboard: '', panel: 1, ...range, widthPx: 100, draft })),
    ],
    [
      'a panel with chosen values',
      '/api/panel-data',
      fc
        .record({ draft: fc.record({ panel, variables }), chosen: fc.dictionary(text, fc.oneof(text, fc.array(text))) })
        .map(({ draft, chosen }) => ({ dashboard: '', panel: 1, ...range, widthPx: 100, draft, variables: chosen })),
    ],
    [
      'anything for a panel',
      '/api/panel-data',
      json.map((draft) => ({ dashboard: '', panel: 1, ...range, widthPx: 100, draft })),
    ],
    [
      'a variable',
      '/api/variable-options',
      variable.map((draft) => ({ dashboard: '', variable: 'a', ...range, drafts: [draft] })),
    ],
    [
      'anything for a variable',
      '/api/variable-options',
      json.map((drafts) => ({ dashboard: '', variable: 'a', ...range, drafts })),
    ],
    [
      'annotations',
      '/api/annotation-events',
      fc.dictionary(text, json, { maxKeys: 3 }).map((more) => ({ dashboard: 'd', ...range, ...more })),
    ],
  ])('of %s is answered or refused with a sentence', { timeout: 60_000 }, async (_, url, arbitrary) => {
    const { app, browser } = await testApp();
    await fc.assert(
      fc.asyncProperty(arbitrary, async (payload) => {
        const answer = await app.inject({
          method: 'POST',
          url,
          headers: { ...browser, 'content-type': 'application/json' },
          payload: JSON.stringify(payload),
        });
        if (answer.statusCode === 200) return;
        const { error } = answer.json<{ error: { code: string; message: string } }>();
        expect(error.code).not.toBe('internal');
        expect(error.message.length).toBeGreaterThan(5);
      }),
      { numRuns: 100 },
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
