import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Layout } from '../dashboard.ts';
import { parseDashboard } from '../parse/dashboard.ts';
import { exportDashboard } from './export-dashboard.ts';
import { importDashboards } from './import-dashboard.ts';

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('$x', '${y:csv}', 'now', 'null', 'All', 'a : b', 'a,b', '/re/'),
);
const name = fc.stringMatching(/^\w{1,8}$/);
const flag = fc.boolean();
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
const source = fc.record({
  type: fc.constantFrom('', 'prometheus', 'loki'),
  uid: fc.constantFrom('', 'main', '$ds', '-- Mixed --'),
});
const result = fc.record({ text, color: fc.constant('red') }, { requiredKeys: [] });
const mapping = fc.oneof(
  fc.record({ kind: fc.constant('value'), value: text, result }),
  fc.record({ kind: fc.constant('range'), from: number, to: number, result }, { requiredKeys: ['kind', 'result'] }),
  fc.record({ kind: fc.constant('regex'), pattern: text, result }),
  fc.record({ kind: fc.constant('special'), match: fc.constantFrom('null', 'nan', 'empty'), result }),
);
const thresholds = fc.uniqueArray(fc.integer({ min: -9, max: 9 }), { maxLength: 3 }).map((values) => ({
  mode: 'absolute',
  steps: [{ value: null, color: 'green' }, ...values.toSorted((a, b) => a - b).map((value) => ({ value, color: 'red' }))],
}));
const settings = fc.record(
  {
    unit: text,
    displayName: text,
    decimals: fc.integer({ min: 0, max: 20 }),
    min: number,
    mappings: fc.array(mapping, { maxLength: 4 }),
    thresholds,
    color: fc.record({ mode: fc.constant('fixed'), fixedColor: fc.constant('blue') }),
    links: fc.array(fc.record({ title: text, url: text, targetBlank: flag }), { maxLength: 2 }),
    custom: fc.record({ lineWidth: fc.integer(), stacking: fc.record({ mode: fc.constant('normal'), group: text }) }),
  },
  { requiredKeys: [] },
);
const override = fc.record({
  matcher: fc.record({ id: fc.constantFrom('byName', 'byRegexp'), options: text }),
  properties: fc.array(
    fc.oneof(
      fc.record({ id: fc.constant('unit'), value: text }),
      fc.record({ id: fc.constant('mappings'), value: fc.array(mapping, { maxLength: 2 }) }),
      fc.record({ id: fc.constant('thresholds'), value: thresholds }),
      fc.record({ id: fc.constant('custom.lineWidth'), value: fc.integer() }),
      fc.record({ id: fc.constantFrom('color', 'custom.hidden') }),
    ),
    { maxLength: 3 },
  ),
});
const query = fc.record({ source, hidden: flag, spec: fc.record({ expr: fc.constantFrom('up', 'rate(x[5m])'), instant: flag }) });
const panel = fc.record({
  title: text,
  description: text,
  kind: fc.constantFrom('timeseries', 'stat', 'boxplot', 'confusion-matrix', 'nobody-panel'),
  grid: fc.record({
    x: fc.integer({ min: 0, max: 12 }),
    y: fc.integer({ min: 0, max: 30 }),
    w: fc.integer({ min: 1, max: 12 }),
    h: fc.integer({ min: 1, max: 9 }),
  }),
  queries: fc.array(query, { maxLength: 3 }).map((queries) => queries.map((one, index) => ({ ...one, refId: 'ABC'[index] }))),
  queryOptions: fc.record({
    maxDataPoints: fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined }),
    minInterval: text,
    timeFrom: text,
    timeShift: text,
    hideTimeOverride: flag,
    timeCompare: text,
  }),
  transformations: fc.array(
    fc.record({
      id: fc.constantFrom('organize', 'ema'),
      options: fc.record({ a: text }),
      disabled: flag,
      topic: fc.constantFrom('', 'series'),
    }),
    { maxLength: 2 },
  ),
  fieldConfig: fc.record({ defaults: settings, overrides: fc.array(override, { maxLength: 3 }) }),
  options: fc.record({ anything: text, legend: fc.record({ showLegend: flag, displayMode: fc.constant('table') }) }),
  links: fc.array(fc.record({ title: text, url: text, targetBlank: flag }), { maxLength: 2 }),
  transparent: flag,
  repeat: fc.option(
    fc.record({
      variable: name,
      direction: fc.constantFrom('horizontal', 'vertical'),
      maxPerRow: fc.integer({ min: 1, max: 24 }),
    }),
    { nil: undefined },
  ),
  x: fc.constantFrom(undefined, 'step', 'epoch'),
  extra: fc.constantFrom({}, { pluginVersion: '11.0.0', fieldConfig: { defaults: { odd: 1 } } }),
});
const base = { label: text, description: text, hide: fc.constantFrom('none', 'label', 'variable', 'menu'), skipUrlSync: flag };
const choice = {
  multi: flag,
  includeAll: flag,
  allValue: text,
  allowCustomValue: flag,
  current: fc.oneof(fc.constantFrom('a', '$__all'), fc.array(name, { maxLength: 2 })),
};
const variable = fc.oneof(
  fc.record({
    kind: fc.constant('query'),
    ...base,
    ...choice,
    source,
    spec: fc.oneof(fc.record({ query: text }), fc.record({ query: text, refId: text })),
    regex: text,
    regexApplyTo: fc.constantFrom('value', 'text'),
    sort: fc.constantFrom('none', 'natural-desc'),
    refresh: fc.constantFrom('never', 'load', 'range'),
    staticOptions: fc.array(fc.record({ text, value: text }), { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('custom'),
    ...base,
    ...choice,
    options: fc.array(fc.record({ text, value: text }), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('interval'),
    ...base,
    values: fc.array(fc.constantFrom('1m', '5m'), { maxLength: 2 }),
    auto: flag,
    autoCount: fc.integer({ min: 1, max: 99 }),
    autoMin: fc.constant('10s'),
    current: fc.constantFrom('1m', '$__auto'),
  }),
  fc.record({ kind: fc.constant('datasource'), ...base, ...choice, type: fc.constant('prometheus'), regex: text }),
  fc.record({ kind: fc.constantFrom('constant', 'textbox'), ...base, current: text }),
  fc.record({
    kind: fc.constant('adhoc'),
    ...base,
    source,
    filters: fc.array(fc.record({ key: name, operator: fc.constantFrom('=', '=|'), value: text }), { maxLength: 2 }),
    baseFilters: fc.constant([]),
  }),
);

/** Puts ids into as many grids as there are, nested in rows or tabs. */
function layoutOf(ids: readonly number[], shape: readonly number[], nextId: () => number): Layout {
  const [first = 0, ...rest] = shape;
  if (first % 3 === 0 || rest.length === 0) return { kind: 'grid', panels: ids };
  const cut = Math.floor(ids.length / 2);
  const section = (part: readonly number[]) => ({
    id: nextId(),
    title: `Section ${first}`,
    collapsed: first % 2 === 0,
    hideHeader: first % 5 === 0,
    repeat: first % 7 === 0 ? 'pod' : undefined,
    layout: layoutOf(part, rest, nextId),
  });
  return { kind: first % 3 === 1 ? 'rows' : 'tabs', sections: [section(ids.slice(0, cut)), section(ids.slice(cut))] };
}

const dashboard = fc
  .record({
    title: text.filter((title) => title !== ''),
    description: text,
    tags: fc.array(
      text.filter((tag) => tag !== ''),
      { maxLength: 3 },
    ),
    x: fc.constantFrom('time', 'step', 'epoch', 'elapsed'),
    range: fc.record({ from: fc.constant('now-6h'), to: fc.constant('now') }),
    refresh: fc.constantFrom('off', 'live', '30s'),
    timezone: fc.constantFrom('browser', 'utc', 'Asia/Tokyo'),
    weekStart: fc.constantFrom('', 'monday'),
    fiscalYearStartMonth: fc.integer({ min: 0, max: 11 }),
    cursor: fc.constantFrom('off', 'crosshair', 'tooltip'),
    timePicker: fc.record({
      hidden: flag,
      refreshIntervals: fc.constantFrom([], ['5s']),
      quickRanges: fc.constantFrom([], [{ from: 'now-1h', to: 'now', display: 'h' }]),
      nowDelay: fc.constantFrom('', '1m'),
    }),
    variables: fc.array(variable, { maxLength: 4 }),
    annotations: fc.array(
      fc.record({
        name,
        source,
        enable: flag,
        hide: flag,
        builtIn: flag,
        color: fc.constant('red'),
        spec: fc.constantFrom({}, { expr: 'up' }, { target: { type: 'tags', tags: ['a'] } }),
      }),
      { maxLength: 2 },
    ),
    links: fc.array(
      fc.record({
        title: text,
        type: fc.constantFrom('link', 'dashboards'),
        url: text,
        tags: fc.array(text, { maxLength: 1 }),
        asDropdown: flag,
        includeVars: flag,
        keepTime: flag,
        targetBlank: flag,
        icon: text,
        tooltip: text,
      }),
      { maxLength: 2 },
    ),
    panels: fc.array(panel, { maxLength: 6 }),
    editable: flag,
    extra: fc.constantFrom({}, { gnetId: 5, timepicker: { time_options: ['5m'] } }),
    shape: fc.array(fc.integer({ min: 0, max: 34 }), { maxLength: 4 }),
  })
  .map(({ shape, ...rest }) => {
    const panels = rest.panels.map((one, index) => ({ ...one, id: index + 1 }));
    let next = panels.length;
    const layout = layoutOf(
      panels.map(({ id }) => id),
      shape,
      () => ++next,
    );
    const variables = rest.variables.map((one, index) => ({ ...one, name: `v${index}` }));
    return parseDashboard({ version: 2, uid: 'any', ...rest, variables, panels, layout });
  });

test('of any dashboard comes back the same', () => {
  fc.assert(
    fc.property(dashboard, (given) => {
      const [imported] = importDashboards(JSON.stringify(exportDashboard(given)));
      expect(imported?.dashboard).toEqual(given);
    }),
    { numRuns: 100 },
  );
});
