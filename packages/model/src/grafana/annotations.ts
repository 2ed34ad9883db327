import type { AnnotationQuery } from '../dashboard.ts';
import { isObject, listOf, numberOf, objectOf, omit, saysSomething, textOf, underlay, type Json } from './json.ts';
import { isMeaningFreeAnywhere } from './meaning-free.ts';
import type { Notes } from './report.ts';
import { readSource, writeSource } from './source-ref.ts';

const DEFAULT_COLOR = 'rgba(0, 211, 255, 1)';
const READ = ['name', 'datasource', 'enable', 'hide', 'builtIn', 'iconColor', 'filter'];
/** What says nothing about the query. */
const BESIDE = ['type', 'showIn', 'placement', 'snapshotData', 'showLine', 'iconSize', 'lineColor', 'textColor'];
const OLD_TARGET = ['tags', 'matchAny', 'limit'];

export function readAnnotations(value: unknown, notes: Notes): AnnotationQuery[] {
  return listOf(value).flatMap((json, index): AnnotationQuery[] => {
    const at = notes.at(`[${index}]`);
    if (!isObject(json)) {
      at.repaired('Expected an annotation query; it was left out.');
      return [];
    }
    const builtIn = json['builtIn'] === 1 || json['builtIn'] === true;
    return [
      {
        name: textOf(json['name']) || `Annotations ${index + 1}`,
        source: readSource(json['datasource'], at.at('datasource')),
        enable: json['enable'] !== false,
        hide: json['hide'] === true,
        builtIn,
        color: textOf(json['iconColor'], DEFAULT_COLOR),
        filter: readFilter(json['filter']),
        spec: readSpec(json, builtIn, at),
        extra: withoutNoise(Object.fromEntries(Object.entries(json).filter(([key]) => BESIDE.includes(key)))),
      },
    ];
  });
}

function readFilter(value: unknown): AnnotationQuery['filter'] {
  if (!isObject(value)) return undefined;
  const ids = listOf(value['ids'])
    .map((id) => numberOf(id))
    .filter((id) => id !== undefined && Number.isInteger(id) && id >= 0 && id < 2 ** 31) as number[];
  return { exclude: value['exclude'] === true, ids };
}

/** Before version 8.5 the query by tags stood beside the name, not in `target`. */
function readSpec(json: Json, builtIn: boolean, notes: Notes): Json {
  const spec = withoutNoise(omit(json, [...READ, ...BESIDE]));
  const type = textOf(json['type']);
  const isOld =
    !builtIn && !saysSomething(spec['target']) && (Array.isArray(json['tags']) || type === 'tags') && spec['expr'] === undefined;
  if (!isOld) return spec;
  notes.at('tags').migrated('The query by tags moved into the target.');
  const target = {
    type: type === '' ? 'tags' : type,
    tags: listOf(json['tags']),
    matchAny: json['matchAny'] === true,
    limit: numberOf(json['limit']) ?? 100,
  };
  return { ...omit(spec, OLD_TARGET), target };
}

function withoutNoise(json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([key, value]) => saysSomething(value) && !isMeaningFreeAnywhere(key)));
}

export function writeAnnotation({ name, source, enable, hide, builtIn, color, filter, spec, extra }: AnnotationQuery): Json {
  return underlay(
    {
      ...(builtIn ? { builtIn: 1 } : {}),
      datasource: writeSource(source),
      enable,
      hide,
      iconColor: color,
      name,
      ...(filter === undefined ? {} : { filter }),
      ...spec,
    },
    objectOf(extra),
  );
}
