// @vitest-environment happy-dom
import { applyFieldConfig } from '@vitrine/compute/field/apply-field-config.ts';
import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { Frame, PanelData } from '@vitrine/model/frame.ts';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import { act, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import type { Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

import type { PanelContext } from '../contract.ts';
import { panels } from './web.ts';

const FIELD: FieldSettings = { unit: 's' };

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

const context: PanelContext = {
  x: 'time',
  from: 0,
  to: 3000,
  timeZone: 'UTC',
  theme: 'dark',
  cursor: createCrosshair(),
  annotations: [],
  share: 'crosshair',
  replace: (text) => text,
  zoomTo: vi.fn<PanelContext['zoomTo']>(),
  zoomOut: vi.fn<PanelContext['zoomOut']>(),
};

let host: HTMLElement;
let root: Root;

beforeAll(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  // happy-dom draws nothing: a context that takes every call lets the charts run.
  const answer = { width: 10, data: new Uint8ClampedArray(4 * 4096 * 64), addColorStop() {} };
  const calls: ProxyHandler<CanvasRenderingContext2D> = { get: (target, name) => Reflect.get(target, name) ?? (() => answer) };
  const context = new Proxy({} as CanvasRenderingContext2D, calls);
  Object.defineProperty(HTMLCanvasElement.prototype, 'getContext', { value: () => context });
  vi.stubGlobal('Path2D', Object);
});

beforeEach(() => {
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

async function show(
  kind: string,
  frames: readonly Frame[],
  field: FieldSettings = {},
  options: unknown = {},
  within: PanelContext = context,
): Promise<string> {
  const Component = panels.get(kind)!;
  const complete = applyFieldConfig(frames, { defaults: { ...FIELD, ...field }, overrides: [] }, context);
  const data: PanelData = { frames: complete, notices: [], traces: [], fromMs: 0, toMs: 3000, stepMs: 1000, growable: true };
  const draw = () =>
    root.render(
      <StrictMode>
        <Suspense fallback="loading">
          <Component
            options={options}
            field={{ ...FIELD, ...field }}
            data={data}
            width={600}
            height={320}
            title="Latency"
            context={within}
          />
        </Suspense>
      </StrictMode>,
    );
  // A panel's code may still be on its way.
  await vi.waitFor(async () => {
    await act(async () => draw());
    expect(host.textContent).not.toBe('loading');
  }, 10_000);
  return host.textContent;
}

test.each(['timeseries', 'stat', 'gauge', 'bargauge', 'heatmap', 'table'])(
  '%s without data says so, and its own word where it has one',
  async (kind) => {
    expect(await show(kind, [])).toContain('No data in this range');
    expect(await show(kind, [], { noValue: 'No requests yet' })).toContain('No requests yet');
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
  const text = await show(kind, [series]);
  for (const part of want) expect(text).toContain(part);
});

test.each(['timeseries', 'stat', 'gauge', 'bargauge', 'heatmap', 'table', 'text'])(
  '%s has a name for screen readers',
  async (kind) => {
    await show(kind, [series], {}, kind === 'text' ? { content: '# Hello' } : {});
    expect([...host.querySelectorAll('[aria-label]')].map((element) => element.getAttribute('aria-label')).join(' ')).toContain(
      'Latency',
    );
  },
);

test('thresholds speak a word beside their colour', async () => {
  await show('stat', [series], {
    thresholds: {
      mode: 'absolute',
      steps: [
        { value: -Infinity, color: 'healthy' },
        { value: 0.02, color: 'critical' },
      ],
    },
  });
  expect(host.querySelector('[aria-label="Critical"]')).not.toBeNull();
  expect(host.querySelector('[aria-label="Unknown"]')).not.toBeNull();
  const heat: FieldSettings = {
    thresholds: {
      mode: 'absolute',
      steps: [
        { value: -Infinity, color: 'critical' },
        { value: 0.02, color: 'healthy' },
      ],
    },
  };
  expect(await show('heatmap', [series], heat)).toContain('Healthy from 20 ms');
});

test('a click in the legend shows one line, another click all of them', async () => {
  await show('timeseries', [series]);
  const pressed = () => [...host.querySelectorAll('[aria-pressed]')].map((button) => button.getAttribute('aria-pressed'));
  const first = host.querySelector<HTMLElement>('[aria-pressed]')!;
  expect(pressed()).toEqual(['true', 'true']);
  act(() => first.click());
  expect(pressed()).toEqual(['true', 'false']);
  act(() => first.click());
  expect(pressed()).toEqual(['true', 'true']);
});

test('the canvas stays the same through new data, and values at the shared crosshair appear in the legend', async () => {
  await show('timeseries', [series]);
  const canvas = host.querySelector('canvas');
  await show('timeseries', [{ ...series, fields: series.fields.slice(0, 2) }]);
  expect(host.querySelector('canvas')).toBe(canvas);
  act(() => context.cursor.set(1000, {}));
  expect(host.textContent).toContain('20 ms');
  act(() => context.cursor.set(undefined, {}));
});

test('a chart that only follows the crosshair leaves it to the one that is pointed at, also when its range moves on', async () => {
  const pointed = {};
  await show('timeseries', [series]);
  act(() => context.cursor.set(1000, pointed));
  const heard: (object | undefined)[] = [];
  const stop = context.cursor.subscribe((_, origin) => heard.push(origin));
  await show('timeseries', [series], {}, {}, { ...context, from: 500, to: 3500 });
  await act(() => new Promise((resolve) => queueMicrotask(() => resolve(undefined))));
  expect(document.querySelector('[role="tooltip"]')).toBeNull();
  expect(heard).toEqual([]);
  expect(context.cursor.x).toBe(1000);
  stop();
  act(() => context.cursor.set(undefined, pointed));
});

test('a table sorts by a click on its head', async () => {
  await show('table', [series]);
  const cells = () =>
    [...host.querySelectorAll('[role="rowgroup"] [role="row"]')].map((row) => row.children[1]!.textContent.trim());
  const head = () => [...host.querySelectorAll<HTMLElement>('[role="columnheader"] button')][1]!;
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
  const heads = () => [...host.querySelectorAll('[role="columnheader"]')].map((head) => head.textContent.trim());
  await show('table', [rows(1000, 1000)]);
  expect(heads()).toEqual(['Value']);
  await show('table', [rows(1000, 2000)]);
  expect(heads()).toEqual(['Time', 'Value']);
});

test('text is elements, never markup', async () => {
  const text = await show('text', [], {}, { content: '**bold** <img src=x onerror=alert(1)> [x](javascript:alert(1))' });
  expect(host.querySelector('strong')?.textContent).toBe('bold');
  expect(host.querySelector('img')).toBeNull();
  expect(host.querySelector('a')).toBeNull();
  expect(text).toContain('<img');
});
