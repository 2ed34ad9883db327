// @vitest-environment happy-dom
import type { AnnotationEvent, Field, Frame } from '@vitrine/model/frame.ts';
import { act } from 'react';
import { expect, test, vi } from 'vitest';

import { drawPanels, panelContext } from './show-panel.tsx';

const panel = drawPanels();

const time: Field = { name: 'Time', type: 'time', values: Float64Array.of(0, 1000, 2000) };
const numbers = (name: string, ...values: number[]): Field => ({ name, type: 'number', values: Float64Array.from(values) });
const frameOf = (shape: Frame['shape'], ...fields: Field[]): Frame => ({ refId: 'A', shape, length: 3, fields });

const series = frameOf('series', time, numbers('a', 1, 2, 3), numbers('b', 3, 2, 1));
const curve = frameOf('series', numbers('step', 0, 10, 20), numbers('loss', 3, 2, 1));
const timed = frameOf('series', time, numbers('step', 0, 10, 20), numbers('loss', 3, 2, 1));
const event: AnnotationEvent = {
  id: 7,
  query: 'Deploys',
  timeMs: 1000,
  endMs: 2000,
  title: 'v8',
  text: '<img src=x>',
  tags: [],
  color: 'blue',
};
const flags = () => [...panel.host.querySelectorAll<HTMLElement>('[aria-label^="v8"]')];

const KINDS = ['heatmap', 'state-timeline', 'status-history'] as const;

test.each(KINDS)('%s tells events in a lane above it, as plain text, and offers them for change', async (kind) => {
  const editAnnotation = vi.fn<NonNullable<typeof panelContext.editAnnotation>>();
  await panel.show(kind, [series], {}, {}, { annotations: [event], editAnnotation });
  act(() => flags()[0]!.click());
  const told = document.querySelector('[role="tooltip"]')!;
  expect(told.textContent).toContain('<img src=x>');
  expect(told.querySelector('img')).toBeNull();
  act(() => [...told.querySelectorAll('button')].find(({ textContent }) => textContent === 'Edit')!.click());
  expect(editAnnotation).toHaveBeenCalledWith(event);
});

test.each(KINDS)('%s over steps marks events where rows have times, and nowhere else', async (kind) => {
  const within = { x: 'step', from: 0, to: 20, annotations: [event] } as const;
  await panel.show(kind, [timed], {}, {}, within);
  expect(flags().map((flag) => flag.getAttribute('aria-label'))).toEqual(['v8, step 10 to step 20']);
  await panel.show(kind, [curve], {}, {}, within);
  expect(flags()).toEqual([]);
});

test.each([
  [{}, ['1', '10', '100', '1000', '10 K']],
  [{ max: 1000 }, ['1', '10', '100', '1000']],
])('an XY chart lays x out by a logarithm with %j as its settings', async (settings, want) => {
  const points = frameOf('table', numbers('tokens', 1, 100, 10_000), numbers('loss', 3, 2, 1));
  const custom = { axisLabel: 'Tokens seen', scaleDistribution: { type: 'log', log: 10 } };
  const fields = points.fields.map((field, at) => (at === 0 ? { ...field, config: { ...settings, custom } } : field));
  const text = await panel.show('xychart', [{ ...points, fields }]);
  const ticks = [...panel.host.querySelectorAll('.u-over [aria-hidden] span')].map(({ textContent }) => textContent);
  expect(ticks).toEqual(want);
  expect(text).toContain('Tokens seen');
});

test('a legend of bars is in the order of a number, and ends where it should', async () => {
  const classes: Field = { name: 'class', type: 'string', values: ['cat', 'dog', 'ship'] };
  const scores = frameOf('table', classes, numbers('low', 1, 2, 3), numbers('high', 7, 8, 9), numbers('middle', 4, 5, 6));
  const shown = () => [...panel.host.querySelectorAll('[aria-label="Legend"] button')].map(({ textContent }) => textContent);
  const legend = { displayMode: 'table', calcs: ['max'], sortBy: 'Max', sortDesc: true };
  await panel.show('barchart', [scores], {}, { legend });
  expect(shown()).toEqual(['high', 'middle', 'low']);
  await panel.show('barchart', [scores], {}, { legend: { ...legend, sortBy: 'Name', sortDesc: false, limit: 2 } });
  expect(shown()).toEqual(['high', 'low']);
});
