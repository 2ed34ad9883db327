// @vitest-environment happy-dom
import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { act } from 'react';
import { expect, test } from 'vitest';

import { drawPanels, panelContext } from './show-panel.tsx';

const SECONDS: FieldSettings = { unit: 's' };

const series: Frame = {
  refId: 'A',
  shape: 'series',
  length: 3,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.of(0, 1000, 2000) },
    { name: 'p50', type: 'number', labels: { quantile: '0.5' }, values: Float64Array.of(0.01, 0.02, 0.03) },
    {
      name: 'p99',
      type: 'number',
      labels: { quantile: '0.99' },
      values: Float64Array.of(0.1, 0, Number.NaN),
      present: Uint8Array.of(1, 0, 1),
    },
  ],
};

const panel = drawPanels();

test.each(['timeseries', 'stat', 'gauge', 'bargauge'])(
  '%s without data says so, and its own word where it has one',
  async (kind) => {
    expect(await panel.show(kind, [])).toContain('No data in this range');
    expect(await panel.show(kind, [], { noValue: 'No requests yet' })).toContain('No requests yet');
  },
);

test.each([
  ['timeseries', ['p50', '30 ms', 'p99', '100 ms']],
  ['stat', ['p50', '30ms', 'p99', 'NaN']],
  ['gauge', ['p50', '30ms', 'p99', 'NaN']],
  ['bargauge', ['p50', '30 ms', 'p99', 'NaN']],
  ['heatmap', ['p50', 'p99', '100 ms']],
  ['table', ['Time', 'p50', '1970-01-01 00:00:02', '30 ms', '–']],
])('%s tells names and numbers with units in its text', async (kind, want) => {
  const text = await panel.show(kind, [series], SECONDS);
  for (const part of want) expect(text).toContain(part);
});

test.each(['timeseries', 'stat', 'gauge', 'bargauge', 'heatmap', 'table', 'text'])(
  '%s has a name for screen readers',
  async (kind) => {
    await panel.show(kind, [series], {}, kind === 'text' ? { content: '# Hello' } : {});
    expect(
      [...panel.host.querySelectorAll('[aria-label]')].map((element) => element.getAttribute('aria-label')).join(' '),
    ).toContain('Latency');
  },
);

test('thresholds speak a word beside their colour', async () => {
  await panel.show('stat', [series], {
    thresholds: {
      mode: 'absolute',
      steps: [
        { value: -Infinity, color: 'healthy' },
        { value: 0.02, color: 'critical' },
      ],
    },
  });
  expect(panel.host.querySelector('[aria-label="Critical"]')).not.toBeNull();
  expect(panel.host.querySelector('[aria-label="Unknown"]')).not.toBeNull();
  const heat: FieldSettings = {
    ...SECONDS,
    thresholds: {
      mode: 'absolute',
      steps: [
        { value: -Infinity, color: 'critical' },
        { value: 0.02, color: 'healthy' },
      ],
    },
  };
  expect(await panel.show('heatmap', [series], heat)).toContain('Healthy from 20 ms');
});

test('a click in the legend shows one line, another click all of them', async () => {
  await panel.show('timeseries', [series]);
  const pressed = () => [...panel.host.querySelectorAll('[aria-pressed]')].map((button) => button.getAttribute('aria-pressed'));
  const first = panel.host.querySelector<HTMLElement>('[aria-pressed]')!;
  expect(pressed()).toEqual(['true', 'true']);
  act(() => first.click());
  expect(pressed()).toEqual(['true', 'false']);
  act(() => first.click());
  expect(pressed()).toEqual(['true', 'true']);
});

test('the canvas stays the same through new data, and values at the shared crosshair appear in the legend', async () => {
  await panel.show('timeseries', [series]);
  const canvas = panel.host.querySelector('canvas');
  await panel.show('timeseries', [{ ...series, fields: series.fields.slice(0, 2) }], SECONDS);
  expect(panel.host.querySelector('canvas')).toBe(canvas);
  act(() => panelContext.cursor.set(1000, {}));
  expect(panel.host.textContent).toContain('20 ms');
  act(() => panelContext.cursor.set(undefined, {}));
});

test('a chart that only follows the crosshair leaves it to the one that is pointed at, also when its range moves on', async () => {
  const pointed = {};
  await panel.show('timeseries', [series]);
  act(() => panelContext.cursor.set(1000, pointed));
  const heard: (object | undefined)[] = [];
  const stop = panelContext.cursor.subscribe((_, origin) => heard.push(origin));
  await panel.show('timeseries', [series], {}, {}, { from: 500, to: 3500 });
  await act(() => new Promise((resolve) => queueMicrotask(() => resolve(undefined))));
  expect(document.querySelector('[role="tooltip"]')).toBeNull();
  expect(heard).toEqual([]);
  expect(panelContext.cursor.x).toBe(1000);
  stop();
  act(() => panelContext.cursor.set(undefined, pointed));
});

test('a table sorts by a click on its head', async () => {
  await panel.show('table', [series], SECONDS);
  const cells = () =>
    [...panel.host.querySelectorAll('[role="rowgroup"] [role="row"]')].map((row) => row.children[1]!.textContent.trim());
  const head = () => [...panel.host.querySelectorAll<HTMLElement>('[role="columnheader"] button')][1]!;
  act(() => head().click());
  expect(cells()).toEqual(['30 ms', '20 ms', '10 ms']);
  act(() => head().click());
  expect(cells()).toEqual(['10 ms', '20 ms', '30 ms']);
});

test('a table of one instant leaves its time out', async () => {
  const rows = (...times: number[]): Frame => ({
    refId: 'A',
    shape: 'table',
    length: 2,
    fields: [
      { name: 'Time', type: 'time', values: Float64Array.from(times) },
      { name: 'Value', type: 'number', values: Float64Array.of(1, 2) },
    ],
  });
  const heads = () => [...panel.host.querySelectorAll('[role="columnheader"]')].map((head) => head.textContent.trim());
  await panel.show('table', [rows(1000, 1000)]);
  expect(heads()).toEqual(['Value']);
  await panel.show('table', [rows(1000, 2000)]);
  expect(heads()).toEqual(['Time', 'Value']);
});

test('text is elements, never markup', async () => {
  const text = await panel.show('text', [], {}, { content: '**bold** <img src=x onerror=alert(1)> [x](javascript:alert(1))' });
  expect(panel.host.querySelector('strong')?.textContent).toBe('bold');
  expect(panel.host.querySelector('img')).toBeNull();
  expect(panel.host.querySelector('a')).toBeNull();
  expect(text).toContain('<img');
});
