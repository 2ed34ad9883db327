// @vitest-environment happy-dom
import type { PanelWeb } from '@vitrine/plugins/contract.ts';
import { panelOf } from '@vitrine/plugins/panels/web.ts';
import { datasourceWebOf } from '@vitrine/plugins/sources/web.ts';
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { adoptPlugin } from './adopt-plugin.tsx';
import { loadPlugins, panelKindState, sourceKindState, usePagePlugins } from './page-plugins.ts';
import type { PluginSummary } from './plugin-queries.ts';
import { runPlugin } from './run-plugin.ts';
import { takeIn } from './take-in.ts';

function refusedPlugin(id: string): PluginSummary {
  const { module: _none, ...found } = plugin(id);
  return { ...found, refused: 'Its file "web.js" is missing.' };
}

function plugin(id: string, more: Partial<PluginSummary> = {}): PluginSummary {
  return {
    id,
    version: '1.0.0',
    title: id,
    description: '',
    author: '',
    panels: [`${id}-panel`],
    sources: [],
    module: `/plugins/${id}/1.0.0/web.js`,
    ...more,
  };
}

const Component = (): null => null;
const panel = (kind: string, more: object = {}) => ({
  spec: { kind, title: kind, parseOptions: (input: unknown) => input, ...more },
  Component,
});
const source = (kind: string, more: object = {}, web: object = {}) => ({
  spec: {
    kind,
    title: kind,
    description: '',
    controls: [],
    parseSettings: (input: unknown) => input,
    parseQuery: (input: unknown) => input,
    ...more,
  },
  newQuery: {},
  QueryEditor: Component,
  ...web,
});
const control = { path: 'a.b', label: 'A', group: 'G', input: { kind: 'text' }, otherwise: '' };

/** What the page knows of its plugins now. */
function now() {
  let seen: ReturnType<typeof usePagePlugins>;
  const root = createRoot(document.createElement('div'));
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  act(() => root.render(createElement(() => ((seen = usePagePlugins()), null))));
  act(() => root.unmount());
  vi.unstubAllGlobals();
  return seen;
}

afterEach(() => void vi.useRealTimers());

test('until the server has told which plugins there are, a kind is waited for; then it is told what there is of it', async () => {
  expect(panelKindState(undefined, 'aa-panel')).toEqual({ state: 'waiting' });
  let arrive: ((faults: readonly string[]) => void) | undefined;
  loadPlugins([plugin('aa')], () => new Promise((resolve) => (arrive = resolve)));
  expect(panelKindState(now(), 'aa-panel')).toEqual({ state: 'waiting' });
  expect(panelKindState(now(), 'nobody-has-it')).toEqual({ state: 'unknown' });
  arrive?.(takeIn(plugin('aa'), adoptPlugin(plugin('aa'), { panels: [panel('aa-panel')] })));
  await vi.waitFor(() => expect(panelKindState(now(), 'aa-panel')).toMatchObject({ state: 'there', plugin: { id: 'aa' } }));
  expect(panelOf('aa-panel')).toBeDefined();
});

test('several load at the same time: one that throws and one that hangs cost their own kinds only', async () => {
  vi.useFakeTimers();
  const started: string[] = [];
  let late: (() => void) | undefined;
  loadPlugins([plugin('bb'), plugin('bc'), plugin('bd')], async (one) => {
    started.push(one.id);
    if (one.id === 'bb') throw new Error('no such gauge');
    if (one.id === 'bc') await new Promise<void>((resolve) => (late = resolve));
    return takeIn(one, adoptPlugin(one, { panels: [panel(`${one.id}-panel`)] }));
  });
  expect(started).toEqual(['bb', 'bc', 'bd']);
  await vi.advanceTimersByTimeAsync(9_999);
  const stateOf = (id: string) => panelKindState(now(), `${id}-panel`);
  expect(stateOf('bd').state).toBe('there');
  expect(stateOf('bb')).toEqual({
    state: 'failed',
    sentence: 'The plugin “bb” 1.0.0 could not be loaded: no such gauge. It has panels of the kind “bb-panel”.',
  });
  expect(stateOf('bc')).toEqual({ state: 'waiting' });
  await vi.advanceTimersByTimeAsync(1);
  expect(stateOf('bc')).toMatchObject({
    state: 'failed',
    sentence: expect.stringContaining('“bc” 1.0.0 did not load within 10 s'),
  });
  // Who comes late is let in.
  late?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(stateOf('bc').state).toBe('there');
});

test('a list that says the same again starts nothing again, and one that the server refuses is not started', () => {
  const run = vi.fn(async () => []);
  const list = [plugin('ca'), refusedPlugin('cb')];
  loadPlugins(list, run);
  loadPlugins(
    list.map((one) => ({ ...one })),
    run,
  );
  expect(run.mock.calls).toEqual([[list[0]]]);
  expect(panelKindState(now(), 'cb-panel')).toEqual({
    state: 'failed',
    sentence: 'The plugin “cb” 1.0.0 has panels of the kind “cb-panel”, and is not loaded. Its file "web.js" is missing.',
  });
});

test('only kinds that the manifest lists and that nobody has are taken in, and each other one is named', () => {
  const one = plugin('da', {
    panels: ['da-panel', 'stat', 'da-missing'],
    sources: [
      { kind: 'da-source', aliases: ['da-alias'], title: '', description: '' },
      { kind: 'prometheus', aliases: [], title: '', description: '' },
    ],
  });
  const made = {
    panels: [panel('da-panel'), panel('stat'), panel('da-unlisted')],
    datasources: [source('da-source', { aliases: ['da-other'] }), source('prometheus'), source('da-unlisted')],
  };
  const stat = panelOf('stat');
  const prometheus = datasourceWebOf('prometheus');
  expect(takeIn(one, adoptPlugin(one, made))).toEqual([
    'The plugin “da” 1.0.0 cannot bring all that it lists: There are panels of the kind “stat” already.',
    'The plugin “da” 1.0.0 brings panels of the kind “da-unlisted”, which its manifest does not list.',
    'The plugin “da” 1.0.0 cannot bring all that it lists: There are data sources of the kind “prometheus” already.',
    'The plugin “da” 1.0.0 brings data sources of the kind “da-unlisted”, which its manifest does not list.',
    'The plugin “da” 1.0.0 lists “da-missing” in its manifest and does not bring it.',
  ]);
  expect(panelOf('stat')).toBe(stat);
  expect(datasourceWebOf('prometheus')).toBe(prometheus);
  expect(panelOf('da-unlisted')).toBeUndefined();
  expect(datasourceWebOf('da-alias')?.spec.kind).toBe('da-source');
  expect(datasourceWebOf('da-other')).toBeUndefined();
  expect(sourceKindState(undefined, 'da-source')).toEqual({ state: 'waiting' });
});

test.each<[problem: string, made: unknown]>([
  ['document: expected an object, found nothing', undefined],
  ['document: expected an object, found "x"', 'x'],
  ['panels: expected a list, found an object', { panels: { 0: panel('x') } }],
  ['panels[0].spec: expected an object, found nothing', { panels: [{}] }],
  ['panels[0].spec.kind: expected text, found 7', { panels: [panel('x', { kind: 7 })] }],
  ['panels[0].spec.parseOptions: is not a function', { panels: [panel('x', { parseOptions: {} })] }],
  ['panels[0].Component: is not a React component', { panels: [{ ...panel('x'), Component: '<p>' }] }],
  ['panels[0].spec.title: has 3000 letters, and at most 2000 fit', { panels: [panel('x', { title: 'x'.repeat(3_000) })] }],
  [
    'panels[0].spec.controls[0].path: "__proto__.x" is not names with "." between',
    { panels: [panel('x', { controls: [{ ...control, path: '__proto__.x' }] })] },
  ],
  [
    'panels[0].spec.controls[0].path: "a.constructor" is not names with "." between',
    { panels: [panel('x', { controls: [{ ...control, path: 'a.constructor' }] })] },
  ],
  [
    'panels[0].spec.controls[0].input.kind: expected one of',
    { panels: [panel('x', { controls: [{ ...control, input: { kind: 'secret' } }] })] },
  ],
  [
    'panels[0].spec.controls[0].input.choices: expected a list, found nothing',
    { panels: [panel('x', { controls: [{ ...control, input: { kind: 'choice' } }] })] },
  ],
  ['panels: holds 101 panels, and at most 100 fit', { panels: Array.from({ length: 101 }, (_, n) => panel(`x${n}`)) }],
  ['datasources[0].newQuery: expected an object', { datasources: [source('x', {}, { newQuery: undefined })] }],
  [
    'datasources[0].newQuery: has a member "__proto__", which is not allowed',
    { datasources: [source('x', {}, { newQuery: JSON.parse('{"__proto__":{}}') as unknown })] },
  ],
  ['datasources[0].QueryEditor: is not a React component', { datasources: [source('x', {}, { QueryEditor: undefined })] }],
  [
    'datasources[0].spec.controls[0].path: must be url, user, database, or lie below jsonData',
    { datasources: [source('x', { controls: [control] })] },
  ],
  [
    'datasources[0].spec.controls[0].path: must lie below secureJsonData',
    { datasources: [source('x', { controls: [{ ...control, path: 'jsonData.key', input: { kind: 'secret' } }] })] },
  ],
  [
    'datasources[0].spec.controls[0].path: must be url',
    { datasources: [source('x', { controls: [{ ...control, path: 'secureJsonData.key' }] })] },
  ],
])('what is not as the contract has it is refused: %s', (problem, made) => {
  expect(() => adoptPlugin(plugin('ea'), made)).toThrow(problem);
});

test('what a plugin changes later of what it handed over changes nothing', () => {
  const made = panel('fa-panel', { controls: [{ ...control, when: () => false }] });
  const [adopted] = adoptPlugin(plugin('fa'), { panels: [made] }).panels ?? [];
  made.spec.kind = 'stat';
  expect(adopted?.spec).toMatchObject({ kind: 'fa-panel', controls: [{ path: 'a.b', label: 'A', input: { kind: 'text' } }] });
  expect(adopted?.spec.controls?.[0]?.when?.(() => undefined)).toBe(false);
});

test.each<[thrown: unknown, said: RegExp]>([
  [new TypeError('x is undefined'), /^options: cannot be read by the plugin “ga”: x is undefined\.$/],
  ['just text', /^options: cannot be read by the plugin “ga”: just text\.$/],
  [null, /: null\.$/],
  [
    {
      toString: () => {
        throw new Error('again');
      },
    },
    /: Something went wrong\.$/,
  ],
  [new Error('x'.repeat(1_000_000)), /^options: cannot be read by the plugin “ga”: x{400}…$/],
])('a reader that throws anything says a sentence of a length that can be read', (thrown, said) => {
  const parseOptions = () => {
    throw thrown;
  };
  const [adopted] = adoptPlugin(plugin('ga'), { panels: [panel('ga-panel', { parseOptions })] })
    .panels as readonly PanelWeb<unknown>[];
  expect(() => adopted?.spec.parseOptions({})).toThrow(said);
});

test('a module without a function to call is no plugin, and one that makes its half later is waited for', async () => {
  await expect(runPlugin(plugin('ha'), async () => ({}))).rejects.toThrow('Its module has no function as its default export.');
  const later = async () => ({ panels: [panel('hb-panel')] });
  expect(await runPlugin(plugin('hb'), async () => ({ default: later }))).toEqual([]);
  expect(panelOf('hb-panel')).toBeDefined();
});
