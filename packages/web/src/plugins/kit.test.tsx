// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core';
import type { Frame } from '@vitrine/model/frame.ts';
import type {
  DatasourceWeb,
  OptionControl,
  PanelContext,
  PanelProps,
  PanelWeb,
  QueryEditorProps,
} from '@vitrine/plugins/contract.ts';
import type { Vitrine } from '@vitrine/plugins/kit.ts';
import { act } from 'react';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import page from '../../../../docs/plugins-web.md?raw';
import { adoptPlugin } from './adopt-plugin.tsx';
import { kit } from './kit.tsx';

const named = { title: 'Test', version: '1.0.0' };
let host: HTMLElement;
let unmount: (() => void) | undefined;

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  // What is fetched with the first form and the first fault takes a moment, and no test is about that.
  await Promise.all([import('./kit-controls.tsx'), import('../edit/panel/spec-json.tsx')]);
});
afterAll(() => void vi.unstubAllGlobals());
afterEach(() => {
  unmount?.();
  unmount = undefined;
});

/** Draws it, with what is fetched for it. */
async function draw(element: ReactElement): Promise<string> {
  if (unmount === undefined) {
    host = document.createElement('div');
    document.body.append(host);
    const root = createRoot(host, { onCaughtError: () => {} });
    unmount = () => {
      act(() => root.unmount());
      host.remove();
    };
    drawn = root;
  }
  await act(async () => drawn.render(<MantineProvider>{element}</MantineProvider>));
  return host.textContent;
}
let drawn: ReturnType<typeof createRoot>;

/** Waits for what is fetched with the first of its kind. */
const soon = (check: () => void) =>
  vi.waitFor(async () => {
    await act(async () => {});
    check();
  });

describe('what a plugin is handed', () => {
  test('has these parts, and none that a plugin could change for the others', () => {
    expect(Object.keys(kit).toSorted()).toEqual([
      'BadRequest',
      'Controls',
      'Empty',
      'React',
      'cell',
      'contract',
      'format',
      'h',
      'heatColor',
      'names',
      'seriesColors',
      'show',
      'time',
    ]);
    expect([kit.contract, Object.isFrozen(kit), Object.isFrozen(kit.React)]).toEqual([1, true, true]);
    expect(kit.React.useState).toBeTypeOf('function');
  });

  test('says values as the page does', () => {
    const thresholds = {
      mode: 'absolute' as const,
      steps: [
        { value: null, color: 'green' },
        { value: 10, color: 'red' },
      ],
    };
    const config = { unit: 'ms', thresholds, color: { mode: 'thresholds' }, min: 0, max: 20 } as never;
    const show = kit.show({ name: 'v', type: 'number', values: new Float64Array(), config }, { timeZone: 'UTC', theme: 'dark' });
    expect(show(12.34)).toMatchObject({ text: '12.34 ms', share: 0.617, color: expect.stringMatching(/^(#|var|rgb)/) });
    expect(show(5).color).not.toBe(show(15).color);
    expect(show(undefined)).toMatchObject({ text: '–', share: undefined });
    expect(kit.format(0.25, 'percentunit', 0)).toBe('25 %');
    expect(kit.time(0, 'UTC')).toBe('1970-01-01 00:00:00');
    const alone = kit.seriesColors(['fraud-v7'], 'dark');
    expect(kit.seriesColors(['fraud-v7', 'fraud-v7'], 'dark')).toEqual([...alone, ...alone]);
    // Both ask for the same one.
    expect(new Set(kit.seriesColors(['fraud-v8', 'fraud-v7'], 'dark')).size).toBe(2);
    expect([kit.heatColor(0, 'dark'), kit.heatColor(1, 'dark'), kit.heatColor(9, 'dark')]).toEqual([
      'rgb(44 31 77)',
      'rgb(253 231 37)',
      'rgb(253 231 37)',
    ]);
    expect(new kit.BadRequest('bins', 'is no number').message).toBe('bins: is no number');
  });

  test('draws forms that keep what they do not know, and run on ⌘⏎', async () => {
    const controls: readonly OptionControl[] = [
      { path: 'file', label: 'File', group: 'Query', input: { kind: 'text' }, otherwise: '' },
      {
        path: 'deep.er',
        label: 'Deeper',
        group: 'Query',
        input: { kind: 'switch' },
        otherwise: false,
        when: (read) => read('file') === 'a',
      },
    ];
    const onChange = vi.fn();
    const onRun = vi.fn();
    const form = (value: object) => <kit.Controls {...{ controls, onChange, onRun }} value={{ ...value }} />;
    await draw(form({ file: 'a', other: 1 }));
    await soon(() => expect(host.textContent).toContain('Deeper'));
    await draw(form({ file: 'b', other: 1 }));
    expect(host.textContent).not.toContain('Deeper');
    const input = host.querySelector('input') as HTMLInputElement;
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, 'c');
    act(() => void input.dispatchEvent(new Event('input', { bubbles: true })));
    expect(onChange.mock.lastCall).toEqual([{ file: 'c', other: 1 }]);
    act(() => void input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true })));
    expect(onRun).toHaveBeenCalledOnce();
  });
});

describe('an editor from outside', () => {
  const adopt = (QueryEditor: unknown): DatasourceWeb => {
    const spec = { kind: 'x', title: 'X', controls: [], parseSettings: () => 0, parseQuery: () => 0 };
    return adoptPlugin(named, { datasources: [{ spec, newQuery: {}, QueryEditor }] }).datasources?.[0] as DatasourceWeb;
  };
  const props: QueryEditorProps = { spec: { a: 1 }, onChange: () => {}, onRun: () => {}, variables: [], ask: async () => [] };

  test('that throws says so with the plugin’s name, and leaves the query to be written as JSON', async () => {
    const { QueryEditor } = adopt(() => {
      throw new Error('no columns');
    });
    await draw(<QueryEditor {...props} />);
    expect(host.querySelector('[role="alert"]')?.textContent).toBe(
      'The editor of the plugin “Test” 1.0.0 cannot be shown: no columns.',
    );
    await soon(() => expect(host.querySelector('[data-typing]')).not.toBeNull());
  });

  test.each<[unknown, RegExp | undefined]>([
    [{ file: 'a', when: new Date(0), left: undefined }, undefined],
    ['text', /^query: expected an object/],
    [undefined, /^query: expected an object/],
    [JSON.parse('{"__proto__":1}'), /not allowed/],
  ])('hands on what JSON can say of an object, and nothing else: %o', async (written, problem) => {
    let write: (spec: never) => void = () => {};
    const { QueryEditor } = adopt(({ onChange }: QueryEditorProps) => ((write = onChange), null));
    const onChange = vi.fn();
    await draw(<QueryEditor {...props} onChange={onChange} />);
    if (problem === undefined) {
      write(written as never);
      expect(onChange.mock.calls).toEqual([[{ file: 'a', when: '1970-01-01T00:00:00.000Z' }]]);
    } else {
      expect(() => write(written as never)).toThrow(problem);
      expect(onChange).not.toHaveBeenCalled();
    }
  });
});

describe('docs/plugins-web.md', () => {
  const code = /^```js\n([\s\S]*?)^```/m.exec(page)?.[1] ?? '';

  test('has a line for each part that is handed over, and no other', () => {
    const named = [...page.matchAll(/^\| `(\w+)[^`]*` \|/gm)].map(([, name = '']) => name);
    expect(named.toSorted()).toEqual(Object.keys(kit).toSorted());
  });

  test('has an example that is a plugin', async () => {
    const { default: half } = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)) as {
      default: (vitrine: Vitrine) => unknown;
    };
    const { panels = [], datasources = [] } = adoptPlugin(named, half(kit));
    expect(panels[0]?.spec.parseOptions({})).toEqual({ rows: 20 });
    expect(() => datasources[0]?.spec.parseSettings({ url: 'x' })).toThrow('url: is no address');
    const { QueryEditor } = datasources[0]!;
    await draw(<QueryEditor spec={{ file: 'a.csv' }} onChange={() => {}} onRun={() => {}} variables={[]} ask={async () => []} />);
    await soon(() => expect(host.querySelector('input')?.value).toBe('a.csv'));
  });
});

describe('the example', async () => {
  const folder = '../../../../examples/plugin-calibration';
  const { default: half } = (await import(/* @vite-ignore */ `${folder}/web.js`)) as { default: (vitrine: Vitrine) => unknown };
  const { calibrate } = (await import(/* @vite-ignore */ `${folder}/calibrate.js`)) as {
    calibrate: (
      rows: readonly object[],
      bins: number,
    ) => readonly { name: string; count: number; error: number; steps: readonly object[] }[];
  };
  const made = adoptPlugin({ title: 'Calibration', version: '1.0.0' }, half(kit));
  const { spec, Component } = made.panels![0] as PanelWeb<unknown>;

  const frame = (correct: readonly number[], present?: Uint8Array): Frame => ({
    refId: 'A',
    shape: 'table',
    length: 4,
    fields: [
      { name: 'confidence', type: 'number', values: Float64Array.of(0.9, 0.9, 0.6, 0.6) },
      { name: 'correct', type: 'number', values: Float64Array.from(correct), ...(present === undefined ? {} : { present }) },
      { name: 'model', type: 'string', values: ['a', 'a', 'b', 'b'] },
    ],
  });
  const show = (frames: readonly Frame[], options: object = {}) =>
    draw(
      <Component
        {...({
          options: spec.parseOptions(options),
          data: { frames, notices: [], traces: [], fromMs: 0, toMs: 1, stepMs: 1, growable: true },
          width: 400,
          height: 300,
          title: 'Trust',
          field: {},
          context: { theme: 'dark', timeZone: 'UTC' } as Partial<PanelContext> as PanelContext,
        } as Partial<PanelProps<unknown>> as PanelProps<unknown>)}
      />,
    );

  test('draws a curve for each model, and says how far it is off', async () => {
    await show([frame([1, 0, 1, 0])]);
    expect(host.querySelector('svg')?.getAttribute('aria-label')).toBe(
      'Trust: a: off by 40 % over 2 predictions; b: off by 10 % over 2 predictions',
    );
    expect(host.querySelectorAll('polyline')).toHaveLength(2);
  });

  test.each([
    ['Choose the fields of confidence', [{ ...frame([]), fields: [] }], {}],
    ['No prediction is known to be right or wrong', [frame([0, 0, 0, 0], new Uint8Array(4))], {}],
    ['Choose the fields of confidence', [frame([1, 1, 1, 1])], { confidence: 'other' }],
  ])('says %s', async (text, frames, options) => {
    expect(await show(frames, options)).toContain(text);
  });

  test('counts what is known, by step of confidence', () => {
    const [one] = calibrate(
      [
        { model: 'm', confidence: 0.05, correct: 0 },
        { model: 'm', confidence: 1, correct: true },
        { model: 'm', confidence: 1, correct: 'false' },
        { model: 'm', confidence: 1, correct: undefined },
        { model: 'm', confidence: Number.NaN, correct: 1 },
        { model: 'm', confidence: 1.1, correct: 1 },
      ],
      2,
    );
    expect(one).toEqual({
      name: 'm',
      count: 3,
      // (|0 − 0.05| + |1 − 2|) / 3
      error: 1.05 / 3,
      steps: [
        { confidence: 0.05, right: 0, count: 1 },
        { confidence: 1, right: 0.5, count: 2 },
      ],
    });
  });

  test.each([[{ bins: 1 }], [{ bins: 2.5 }], [{ confidence: 3 }]])('refuses the options %o', (options) => {
    expect(() => spec.parseOptions(options)).toThrow(/^(bins|confidence): expected/);
  });
});
