import { Read } from '@vitrine/model/parse/read.ts';
import type { FoundAnnotation, QueryContext } from '../../contract.ts';
import { narrowTo } from './filters.ts';
import { indexNames } from './index-names.ts';
import { documentParts, type SearchRange } from './build-search.ts';
import { timeFieldOf } from './prepare.ts';
import { flatten, readHits, textOf } from './read-documents.ts';
import type { AskSearch } from './search-batch.ts';
import type { ElasticsearchSettings } from './spec.ts';

const MAX_EVENTS = 1_000;

/** Documents as marks, in the words of Grafana: query, timeField, timeEndField, titleField, textField, tagsField. */
export async function findAnnotations(
  settings: ElasticsearchSettings,
  askSearch: AskSearch,
  spec: Readonly<Record<string, unknown>>,
  context: QueryContext,
): Promise<FoundAnnotation[]> {
  const read = new Read('', spec);
  const text = (key: string): string => read.at(key).or('', (it) => it.string());
  const target = read.at('target').or(undefined, (it) => it.at('query').or(undefined, (query) => query.string()));
  const query = context.replace(target ?? text('query'), 'lucene').trim();
  const timeField = text('timeField') || timeFieldOf(settings);
  const range: SearchRange = context.shown;
  const body = {
    size: MAX_EVENTS,
    track_total_hits: false,
    query: narrowTo(timeField, { gte: range.fromMs, lt: range.toMs }, query, context.filters),
    ...documentParts(timeField, 'desc'),
  };
  const answer = await askSearch({ index: indexNames(settings, range.fromMs, range.toMs), body }, context.signal);
  return readHits(answer, timeField)
    .flatMap(({ timeMs, source }): FoundAnnotation[] => {
      if (timeMs === undefined) return [];
      const flat = flatten(source);
      const cell = (field: string): string => (flat[field] === undefined || flat[field] === null ? '' : textOf(flat[field]));
      return [
        {
          timeMs,
          endMs: Math.max(timeMs, endOf(flat[text('timeEndField')]) ?? timeMs),
          title: text('titleField') === '' ? '' : cell(text('titleField')),
          text: cell(text('textField') || 'message'),
          tags: tagsOf(flat[text('tagsField') || 'tags']),
        },
      ];
    })
    .toReversed();
}

/** Milliseconds or an instant as text. */
function endOf(value: unknown): number | undefined {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

/** A list, or words with commas between. */
function tagsOf(value: unknown): string[] {
  if (Array.isArray(value)) return (value as unknown[]).map(textOf);
  if (typeof value !== 'string') return [];
  return value
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}
