import type { MappedResult, SpecialValue, ValueMapping } from '../field-config.ts';
import { defined, isObject, listOf, numberOf, objectOf, saysSomething, textOf, type Json } from './json.ts';
import type { Notes } from './report.ts';

const SPECIALS: readonly SpecialValue[] = ['true', 'false', 'null', 'nan', 'null+nan', 'empty'];
const MAX_MAPPINGS = 1_000;

/** Value mappings of any age: `{ type: 'value', options }`, and those of type 1 and 2 before version 8. */
export function readMappings(value: unknown, notes: Notes): ValueMapping[] {
  const mappings = listOf(value).flatMap((mapping, index) => {
    const at = notes.at(`[${index}]`);
    const read = isObject(mapping) ? readMapping(mapping, at) : [];
    if (read.length === 0) at.repaired('The mapping maps nothing; it was left out.');
    return read;
  });
  if (mappings.length <= MAX_MAPPINGS) return mappings;
  notes.unsupported(`There are ${mappings.length} mappings; the first ${MAX_MAPPINGS} are kept.`);
  return mappings.slice(0, MAX_MAPPINGS);
}

function readMapping(mapping: Json, notes: Notes): ValueMapping[] {
  const options = objectOf(mapping['options']);
  switch (mapping['type']) {
    case 'value':
      return inOrder(options).map(([text, result]) => ({ kind: 'value', value: text, result: readResult(result) }));
    case 'range':
      return [rangeMapping(options['from'], options['to'], readResult(options['result']))];
    case 'regex':
      return [{ kind: 'regex', pattern: textOf(options['pattern']), result: readResult(options['result']) }];
    case 'special': {
      const match = SPECIALS.find((special) => special === options['match']);
      return match === undefined ? [] : [{ kind: 'special', match, result: readResult(options['result']) }];
    }
    default:
      return oldMapping(mapping, notes);
  }
}

/** Type 1 maps a value, type 2 a range; a singlestat panel's have no type. */
export function oldMapping(mapping: Json, notes: Notes): ValueMapping[] {
  const result = defined({
    text: textOf(mapping['text']),
    color: typeof mapping['color'] === 'string' ? mapping['color'] : undefined,
  });
  const isRange = Number(mapping['type']) === 2 || (mapping['type'] === undefined && mapping['value'] === undefined);
  if (!isRange) {
    if (!saysSomething(mapping['value'])) return [];
    notes.migrated('A mapping of the old form became a value mapping.');
    return valueMapping(textOf(mapping['value']), result);
  }
  if (!saysSomething(mapping['from']) && !saysSomething(mapping['to'])) return [];
  notes.migrated('A mapping of the old form became a range mapping.');
  // "null" to "null" was how a range caught missing values.
  if (mapping['from'] === 'null' && mapping['to'] === 'null') return [{ kind: 'special', match: 'null', result }];
  return [rangeMapping(mapping['from'], mapping['to'], result)];
}

function valueMapping(value: string, result: MappedResult): ValueMapping[] {
  return value === 'null' ? [{ kind: 'special', match: 'null', result }] : [{ kind: 'value', value, result }];
}

function rangeMapping(from: unknown, to: unknown, result: MappedResult): ValueMapping {
  return { kind: 'range', ...defined({ from: numberOf(from), to: numberOf(to) }), result };
}

/** Keys that are numbers lose their order in JSON; the index of each keeps it. */
function inOrder(options: Json): [string, unknown][] {
  const index = ([, result]: [string, unknown], at: number): number => numberOf(objectOf(result)['index']) ?? at;
  return Object.entries(options)
    .map((entry, at) => ({ entry, at: index(entry, at) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ entry }) => entry);
}

function readResult(value: unknown): MappedResult {
  const { text, color, icon } = objectOf(value);
  const said = (it: unknown): string | undefined => (typeof it === 'string' || typeof it === 'number' ? String(it) : undefined);
  return defined({ text: said(text), color: said(color), icon: said(icon) });
}

/** One entry a mapping; neighbours that map values share one. */
export function writeMappings(mappings: readonly ValueMapping[]): Json[] {
  const written: { type: string; options: Record<string, unknown> }[] = [];
  mappings.forEach((mapping, index) => {
    const result = { ...mapping.result, index };
    switch (mapping.kind) {
      case 'value': {
        const last = written.at(-1);
        if (last?.type === 'value' && !Object.hasOwn(last.options, mapping.value)) last.options[mapping.value] = result;
        else written.push({ type: 'value', options: { [mapping.value]: result } });
        break;
      }
      case 'range':
        written.push({ type: 'range', options: { from: mapping.from ?? null, to: mapping.to ?? null, result } });
        break;
      case 'regex':
        written.push({ type: 'regex', options: { pattern: mapping.pattern, result } });
        break;
      case 'special':
        written.push({ type: 'special', options: { match: mapping.match, result } });
        break;
    }
  });
  return written;
}
