import { asList, askElastic, asObject } from './ask-elastic.ts';
import { anyIndex } from './index-names.ts';
import type { ElasticsearchSettings } from './spec.ts';

/** A field of the documents, by its whole name. */
export interface KnownField {
  readonly name: string;
  /** "keyword", "date", "long", …; several where indices differ. */
  readonly types: readonly string[];
  /** Whether documents can be grouped by it. */
  readonly isGroupable: boolean;
}

/** The fields of the source's indices by name, without those that the server keeps for itself; `indices` are those that there are. */
export async function knownFields(
  settings: ElasticsearchSettings,
  fetchFrom: typeof fetch,
  signal: AbortSignal,
): Promise<{ readonly fields: readonly KnownField[]; readonly indices: readonly string[] }> {
  const index = encodeURIComponent(anyIndex(settings)).replaceAll('%2C', ',').replaceAll('*', '%2A');
  const answer = await askElastic(settings, fetchFrom, {
    method: 'GET',
    path: `${index}/_field_caps`,
    parameters: new URLSearchParams({ fields: '*', ignore_unavailable: 'true', allow_no_indices: 'true' }),
    signal,
  });
  const fields = Object.entries(asObject(answer['fields'])).flatMap(([name, by]): KnownField[] => {
    const types = Object.entries(asObject(by));
    if (name.startsWith('_') || types.some(([, caps]) => asObject(caps)['metadata_field'] === true)) return [];
    return [
      {
        name,
        types: types.map(([type]) => type).filter((type) => type !== 'unmapped'),
        isGroupable: types.every(([type, caps]) => type === 'unmapped' || asObject(caps)['aggregatable'] === true),
      },
    ];
  });
  return {
    fields: fields.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    indices: asList(answer['indices']).filter((one): one is string => typeof one === 'string'),
  };
}

const NUMBERS = ['long', 'integer', 'short', 'byte', 'double', 'float', 'half_float', 'scaled_float', 'unsigned_long'];
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  number: NUMBERS,
  date: ['date', 'date_nanos'],
  string: ['keyword', 'text', 'wildcard', 'constant_keyword', 'match_only_text', 'flat_object', 'flattened', 'ip'],
  geo: ['geo_point'],
};

/** Whether a field is of a type, or of a family of them: "number", "date", "string", "geo". "" is any. */
export function isOfType({ types }: Pick<KnownField, 'types'>, wanted: string): boolean {
  const family = FAMILIES[wanted] ?? [wanted];
  return wanted === '' || types.some((type) => family.includes(type));
}
