// @vitest-environment happy-dom
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { act } from 'react';
import { expect, test } from 'vitest';

import { drawPanels } from '../show-panel.tsx';
import { readGraph } from './read-graph.ts';
import { nodeGraph } from './spec.ts';

const panel = drawPanels();

const words = (name: string, ...values: readonly string[]): Field => ({ name, type: 'string', values });
const numbers = (name: string, ...values: readonly number[]): Field => ({
  name,
  type: 'number',
  values: Float64Array.from(values),
});
const frame = (shape: Frame['shape'], ...fields: readonly Field[]): Frame => ({
  refId: 'A',
  shape,
  length: fields[0]!.values.length,
  fields,
});

const nodes = frame(
  'nodes',
  words('id', 'a', 'b', 'c', 'a'),
  words('title', 'Gateway', '<b>Model</b>', 'Store', 'Again'),
  numbers('mainStat', 12, 3.5, 0, 1),
  numbers('arc__ok', 9, 1, 0, 0),
  numbers('arc__failed', 1, 0, 0, 0),
  words('detail__zone', 'eu', 'us', '', ''),
);
const edges = frame(
  'edges',
  words('id', '1', '2'),
  words('source', 'a', 'b'),
  words('target', 'b', 'x'),
  numbers('mainStat', 7, 8),
);
const options = nodeGraph.parseOptions({ nodes: { mainStatUnit: 'reqps' } });

test('nodes, edges, arcs and details are read; what is wrong is said', () => {
  const { model, shape, notices } = readGraph([nodes, edges], options, 'dark', 'UTC');
  expect(model.nodes.map(({ title, mainStat }) => `${title} ${mainStat}`)).toEqual([
    'Gateway 12 req/s',
    '<b>Model</b> 3.5 req/s',
    'Store 0 req/s',
    'x ',
  ]);
  expect(model.nodes[0]!.arcs.map(({ share }) => share)).toEqual([0.9, 0.1]);
  expect(model.nodes[2]!.arcs).toEqual([]);
  expect(model.nodes[0]!.details).toContainEqual(['zone', 'eu']);
  expect(model.legend.map(({ name }) => name)).toEqual(['ok', 'failed']);
  expect([...shape.sources, ...shape.targets]).toEqual([0, 1, 1, 3]);
  expect(notices).toEqual(['Left out 1 node whose id another node has.', '1 node is named by edges only.']);
});

test('a table with the columns source and target is a graph', () => {
  const { model, notices } = readGraph([frame('table', words('Source', 'a'), words('Target', 'b'))], options, 'dark', 'UTC');
  expect(model.nodes.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(notices).toEqual([]);
});

test('dashes, thickness and colours that are none are left', () => {
  const wild = frame(
    'edges',
    words('source', 'a', 'a'),
    words('target', 'b', 'c'),
    words('strokeDasharray', '4 2', '1e9, x'),
    numbers('thickness', 1e9, Number.NaN),
    words('color', 'red', 'url(evil)'),
  );
  const [first, second] = readGraph([wild], options, 'dark', 'UTC').model.edges;
  expect(first).toMatchObject({ dash: [4, 2], thickness: 20, color: '#ff6d6a' });
  expect(second).toMatchObject({ dash: [], thickness: 1, color: '#e7e9ee' });
});

test('a frame of another kind gets a sentence', async () => {
  expect(await panel.show('nodeGraph', [frame('table', words('name', 'x'))])).toContain(
    'A graph needs a table of nodes with the column id, or one of edges with the columns source and target.',
  );
  expect(await panel.show('nodeGraph', [])).toContain('No data in this range');
});

test('the arrow keys walk along edges; details are text, with links', async () => {
  const links = [{ title: 'Open', url: 'https://example.com', targetBlank: true }];
  const linked = { ...nodes, fields: [{ ...nodes.fields[0]!, config: { links } }, ...nodes.fields.slice(1)] };
  await panel.show('nodeGraph', [linked, edges]);
  const stage = panel.host.querySelector<HTMLElement>('[aria-roledescription="graph"]')!;
  expect(stage.getAttribute('aria-label')).toContain('Latency: 4 nodes, 2 edges');
  const press = (key: string) => act(() => stage.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));
  void press('ArrowRight');
  expect(panel.host.querySelector('aside')?.textContent).toContain('Gateway');
  expect(panel.host.querySelector('aside a')?.getAttribute('href')).toBe('https://example.com');
  void press('ArrowRight');
  expect(panel.host.querySelector('aside')?.textContent).toContain('<b>Model</b>');
  void press('Escape');
  expect(panel.host.querySelector('aside')).toBeNull();
  expect(panel.host.textContent).toContain('Gateway, 12 leads to <b>Model</b> (7)');
});

test('a search counts what it finds, and Enter goes there', async () => {
  await panel.show('nodeGraph', [nodes, edges], {}, {}, { width: 200, height: 120 });
  const input = panel.host.querySelector<HTMLInputElement>('input')!;
  act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(input, 'stor');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  expect(panel.host.textContent).toContain('1 of 4');
  void act(() => input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })));
  expect(panel.host.querySelector('aside strong')?.textContent).toBe('Store');
});
