import type { CompletionSource } from '@codemirror/autocomplete';
import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { expect, test } from 'vitest';
import type { InfluxLanguage } from '../spec.ts';
import { influxExtensions } from './influx-extensions.ts';

const NAMES: Readonly<Record<string, string[]>> = {
  '/measurements?': ['gpu'],
  '/tag-keys?measurement=gpu': ['host'],
  '/field-keys?measurement=gpu': ['util'],
};

async function completed(language: InfluxLanguage, text: string): Promise<string[]> {
  const ask = (path: string) => (path in NAMES ? Promise.resolve({ names: NAMES[path] }) : Promise.reject(new Error(path)));
  const state = EditorState.create({ doc: text, extensions: [influxExtensions(language, ask)] });
  const [source] = state.languageDataAt<CompletionSource>('autocomplete', text.length);
  const result = await source?.(new CompletionContext(state, text.length, false));
  return result?.options.map(({ label }) => label) ?? [];
}

test.each<[InfluxLanguage, string, string[]]>([
  ['InfluxQL', 'SELECT * FROM "gpu" WHERE h', ['gpu', 'host', 'util', '$timeFilter', 'GROUP', 'mean']],
  ['Flux', 'filter(fn: (r) => r._measurement == "gpu" and r.h', ['gpu', 'host', 'util', 'v.windowPeriod', 'aggregateWindow']],
  ['SQL', 'SELECT * FROM gpu WHERE h', ['gpu', 'host', 'util', '$__timeFilter(time)', 'date_bin']],
  ['SQL', 'SELECT * FROM nothing WHERE h', ['gpu', 'date_bin']],
])('%s offers its words and the names of the data source: %s', async (language, text, want) => {
  expect(await completed(language, text)).toEqual(expect.arrayContaining(want));
});

test('offers nothing where no word is begun', async () => {
  expect(await completed('SQL', 'SELECT ')).toEqual([]);
});

test('the completion is one and the same at each look, or the editor would begin anew for ever', () => {
  const ask = () => Promise.resolve({ names: [] });
  const state = EditorState.create({ doc: 'SEL', extensions: [influxExtensions('InfluxQL', ask)] });
  const [first] = state.languageDataAt<CompletionSource>('autocomplete', 3);
  expect(first).toBeTypeOf('function');
  expect(state.languageDataAt<CompletionSource>('autocomplete', 2)).toEqual([first]);
});
