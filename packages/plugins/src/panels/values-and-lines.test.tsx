// @vitest-environment happy-dom
import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { act } from 'react';
import { expect, test, vi } from 'vitest';

import { drawPanels, panelContext } from './show-panel.tsx';

const drawn = drawPanels();

const time = (...values: number[]): Field => ({ name: 'Time', type: 'time', values: Float64Array.from(values) });
const number = (name: string, values: readonly number[], config: FieldSettings = {}, labels?: Record<string, string>): Field => ({
  name,
  type: 'number',
  config,
  values: Float64Array.from(values),
  ...(labels === undefined ? {} : { labels }),
});
const frame = (shape: Frame['shape'], ...fields: Field[]): Frame => ({
  refId: 'A',
  shape,
  length: fields[0]?.values.length ?? 0,
  fields,
});

const EXTREMES = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-320, 1e308, -1e308, 0];
const xs = EXTREMES.map((_, index) => index * 400);
const BAD: readonly (readonly [string, readonly Frame[]])[] = [
  ['numbers that are none', [frame('series', time(...xs), number('a', EXTREMES))]],
  ['nothing but NaN', [frame('series', time(0, 1), number('a', [Number.NaN, Number.NaN]))]],
  ['nothing but infinities', [frame('series', time(0, 1), number('a', [Infinity, -Infinity]))]],
  ['no rows', [frame('series', time(), number('a', []))]],
  ['no columns', [frame('table')]],
  ['no time', [frame('table', number('a', EXTREMES), number('b', EXTREMES))]],
  ['words for numbers', [frame('table', { name: 'a', type: 'string', values: ['x', ''] })]],
  ['times that go back and are missing', [frame('series', time(5, Number.NaN, 1, 1), number('a', [1, 2, 3, 4]))]],
  ['yes and no', [frame('series', time(0, 1), { name: 'a', type: 'boolean', values: Uint8Array.of(0, 1) })]],
  ['JSON and frames', [frame('table', { name: 'j', type: 'json', values: [{}] }, { name: 'f', type: 'frame', values: [[]] })]],
];
const SETTINGS: readonly FieldSettings[] = [
  {},
  { min: 5, max: 5, decimals: 20, unit: 'nonsense', color: { mode: 'continuous-GrYlRd' } },
  {
    thresholds: {
      mode: 'percentage',
      steps: [
        { value: -Infinity, color: 'green' },
        { value: 50, color: 'no colour' },
      ],
    },
    custom: {
      drawStyle: 'bars',
      scaleDistribution: { type: 'log', log: 2 },
      stacking: { mode: 'percent' },
      gradientMode: 'scheme',
      fillOpacity: 1e9,
      lineStyle: { fill: 'dash', dash: ['x', -1] },
      thresholdsStyle: { mode: 'dashed+area' },
      showValues: true,
    },
  },
  {
    custom: {
      scaleDistribution: { type: 'symlog' },
      lineInterpolation: 'smooth',
      fillBelowTo: 'a',
      showPoints: 'always',
      fillOpacity: 9,
    },
  },
];

test.each(['timeseries', 'trend', 'curve', 'xychart', 'stat', 'gauge', 'bargauge'])(
  '%s draws bad data, or says that it has none',
  async (kind) => {
    const cases = [
      ...BAD.map((bad) => [bad, SETTINGS[2]!] as const),
      ...SETTINGS.map((settings) => [BAD[0]!, settings] as const),
    ];
    for (const [[name, frames], settings] of cases) {
      await drawn.show(kind, frames, settings);
      const { host } = drawn;
      expect(host.querySelector('[role="alert"]'), `${kind}: ${name}`).toBeNull();
      expect(host.querySelector('[role="group"], [role="status"], ul'), `${kind}: ${name}`).not.toBeNull();
    }
  },
);

const lines = frame(
  'series',
  time(0, 1000, 2000),
  number('a', [1, 2, 3], {}, { pod: 'api-0' }),
  number('b', [6, 5, 4], {}, { pod: 'api-1' }),
);
const names = () => [...drawn.host.querySelectorAll('[aria-pressed] span')].map((name) => name.textContent);

test('a list legend tells the numbers that were asked for, in the order that was asked for', async () => {
  const legend = { displayMode: 'list', calcs: ['mean'], sortBy: 'Mean', sortDesc: true };
  expect(await drawn.show('timeseries', [lines], {}, { legend })).toContain('mean 5');
  expect(names()).toEqual(['b', 'a']);
  await drawn.show('timeseries', [lines], {}, { legend: { ...legend, limit: 1 } });
  expect(names()).toEqual(['b']);
  await drawn.show('timeseries', [lines], {}, { legend: { showLegend: false } });
  expect(names()).toEqual([]);
});

test('a line is left out of the legend, or of the picture, where its field says so', async () => {
  const hide = (what: object): Frame => ({
    ...lines,
    fields: lines.fields.map((field, index) => (index === 1 ? { ...field, config: { custom: { hideFrom: what } } } : field)),
  });
  await drawn.show('timeseries', [hide({ legend: true })]);
  expect(names()).toEqual(['b']);
  await drawn.show('timeseries', [hide({ viz: true })]);
  const pressed = () => [...drawn.host.querySelectorAll('[aria-pressed]')].map((button) => button.getAttribute('aria-pressed'));
  expect(pressed()).toEqual(['false', 'true']);
  act(() => drawn.host.querySelector<HTMLElement>('[aria-pressed="false"]')!.click());
  expect(pressed()).toEqual(['true', 'false']);
});

test('annotations stand in a lane, tell themselves as plain text, and are offered for change', async () => {
  const editAnnotation = vi.fn<NonNullable<typeof panelContext.editAnnotation>>();
  const event = {
    id: 7,
    query: 'Deploys',
    timeMs: 1000,
    endMs: 1000,
    title: 'v8',
    text: '<img src=x>',
    tags: ['prod'],
    color: 'blue',
  };
  await drawn.show('timeseries', [lines], {}, {}, { annotations: [event], editAnnotation });
  const flag = drawn.host.querySelector<HTMLElement>('[aria-label^="v8"]')!;
  void act(() => flag.dispatchEvent(new MouseEvent('click', { bubbles: true })));
  const told = document.querySelector('[role="tooltip"]')!;
  expect(told.textContent).toContain('<img src=x>');
  expect(told.querySelector('img')).toBeNull();
  act(() => [...told.querySelectorAll('button')].find(({ textContent }) => textContent === 'Edit')!.click());
  expect(editAnnotation).toHaveBeenCalledWith(event);
});

test('links stand in the legend and beside values, filled in; what would run is none', async () => {
  const links = [
    { title: 'Pod', url: '/pods/${__field.labels.pod}', targetBlank: false },
    { title: 'Bad', url: 'javascript:alert(1)', targetBlank: false },
  ];
  const replace = (text: string) => text.replace('${__field.labels.pod}', 'api-0');
  const hrefs = () => [...drawn.host.querySelectorAll('a')].map((link) => link.getAttribute('href'));
  const one = { ...lines, fields: lines.fields.slice(0, 2) };
  for (const kind of ['timeseries', 'stat', 'gauge', 'bargauge']) {
    await drawn.show(kind, [one], { links }, {}, { replace });
    expect(hrefs(), kind).toEqual(['/pods/api-0']);
  }
});

const mapped: FieldSettings = { mappings: [{ kind: 'value', value: '3', result: { text: 'UP', color: 'green' } }] };

test.each<[string, FieldSettings, object, string[], string[]]>([
  ['the last value, mapped', mapped, {}, ['UP', '4'], ['3']],
  ['each calculation', {}, { reduceOptions: { calcs: ['min', 'max'] } }, ['a Min', 'a Max', '6'], []],
  ['fields by name', {}, { reduceOptions: { fields: '/^b$/' }, textMode: 'value_and_name' }, ['b', '4'], ['a']],
  ['each row', {}, { reduceOptions: { values: true, limit: 2 } }, ['1', '6'], ['5']],
  ['the name alone', {}, { textMode: 'name' }, ['a', 'b'], ['3', '4']],
  ['how far it came', {}, { showPercentChange: true }, ['200 %', '-33.3 %'], []],
])('a stat shows %s', async (_, settings, options, want, not) => {
  const text = await drawn.show('stat', [lines], settings, options);
  for (const part of want) expect(text).toContain(part);
  for (const part of not) expect(text).not.toContain(part);
});

test('a trend names its x, and says which column it misses', async () => {
  const curve = frame('table', time(0, 1, 2), number('step', [0, 10, 20]), number('loss', [3, 2, 1]));
  expect(await drawn.show('trend', [curve], {}, { xField: 'step' })).toContain('loss');
  expect(names()).toEqual(['loss']);
  expect(await drawn.show('trend', [curve], {}, { xField: 'gone' })).toContain('No column of numbers is called "gone"');
});

test('a trend follows the page’s cursor by the times of its rows', async () => {
  const curve = frame('table', time(0, 1000, 2000), number('step', [0, 10, 20]), number('loss', [3, 2, 1]));
  await drawn.show('trend', [curve], {}, { xField: 'step' });
  act(() => panelContext.cursor.set(1000, {}));
  expect(drawn.host.textContent).toContain('cursor');
  expect(drawn.host.querySelector('[data-cursor]')?.textContent).toBe('2');
  act(() => panelContext.cursor.set(undefined, {}));
});

test('curves follow the page’s cursor by the times of their points, and a panel without any says what to do', async () => {
  const part = (name: string) => ({ run: 'r1', metric: 'loss', part: name });
  const curve = (name: string, values: number[]): Frame => {
    const { fields, ...rest } = frame(
      'series',
      number('step', [0, 10, 20]),
      number('loss', values, {}, part(name)),
      time(0, 1000, 2000),
    );
    return { ...rest, fields: fields.map((field) => (field.type === 'time' ? { ...field, name: 'time' } : field)) };
  };
  await drawn.show('curve', [curve('raw', [5, 5, 5]), curve('smooth', [3, 2, 1])], {}, { legend: { displayMode: 'table' } });
  expect(names()).toHaveLength(1);
  act(() => panelContext.cursor.set(1000, {}));
  expect(drawn.host.querySelector('[data-cursor]')?.textContent).toBe('2');
  act(() => panelContext.cursor.set(undefined, {}));
  expect(await drawn.show('curve', [], {}, {})).toContain('Training runs');
});

test('HTML is shown without what runs or loads; code as it was written', async () => {
  const content = '<h2 onclick="x()">Hi</h2><script>alert(1)</script><img src="https://e.example/x.png">';
  await drawn.show('text', [], {}, { mode: 'html', content });
  expect(drawn.host.querySelector('h2')?.getAttributeNames()).not.toContain('onclick');
  expect(drawn.host.querySelector('script, img')).toBeNull();
  expect(await drawn.show('text', [], {}, { mode: 'code', content })).toContain('<script>');
});
