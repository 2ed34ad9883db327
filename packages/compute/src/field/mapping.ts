import type { MappedResult, ValueMapping } from '@vitrine/model/field-config.ts';

import { compilePattern } from '../pattern.ts';

/** What a value is mapped to; undefined where no mapping fits. */
export type Mapper = (value: unknown) => MappedResult | undefined;

/** Makes one function of the mappings; the first that fits decides. Patterns that cannot be read fit nothing. */
export function mapperOf(mappings: readonly ValueMapping[] | undefined): Mapper | undefined {
  if (mappings === undefined || mappings.length === 0) return undefined;
  const mappers = inOrder(mappings);
  if (mappers.length === 1) return mappers[0];
  return (value) => {
    for (const mapper of mappers) {
      const found = mapper(value);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** Neighbouring single values become one table: there may be a thousand. */
function inOrder(mappings: readonly ValueMapping[]): Mapper[] {
  const mappers: Mapper[] = [];
  let table: Map<string, MappedResult> | undefined;
  for (const mapping of mappings) {
    if (mapping.kind === 'value') {
      if (table === undefined) mappers.push(lookUp((table = new Map())));
      if (!table.has(mapping.value)) table.set(mapping.value, mapping.result);
    } else {
      table = undefined;
      const mapper = mapperFor(mapping);
      if (mapper !== undefined) mappers.push(mapper);
    }
  }
  return mappers;
}

function lookUp(table: ReadonlyMap<string, MappedResult>): Mapper {
  return (value) => {
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? table.get(String(value))
      : undefined;
  };
}

function mapperFor(mapping: Exclude<ValueMapping, { kind: 'value' }>): Mapper | undefined {
  const { result } = mapping;
  switch (mapping.kind) {
    case 'range': {
      const { from = -Infinity, to = Infinity } = mapping;
      return (value) => {
        const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
        return typeof number === 'number' && number >= from && number <= to ? result : undefined;
      };
    }
    case 'regex':
      return byPattern(mapping.pattern, result);
    case 'special':
      return (value) => (SPECIALS[mapping.match](value) ? result : undefined);
  }
}

function byPattern(source: string, result: MappedResult): Mapper | undefined {
  let pattern: ReturnType<typeof compilePattern>;
  try {
    pattern = compilePattern('mappings.pattern', source, 'whole');
  } catch {
    // The editor says so where it is written; a value is shown as it would be without the mapping.
    return undefined;
  }
  const { text } = result;
  return (value) => {
    if (typeof value !== 'string' || !pattern.test(value)) return undefined;
    return text === undefined ? result : { ...result, text: pattern.replace(value, text) };
  };
}

const isMissing = (value: unknown): boolean => value === undefined || value === null;

const SPECIALS: Readonly<Record<Extract<ValueMapping, { kind: 'special' }>['match'], (value: unknown) => boolean>> = {
  true: (value) => value === true || value === 'true',
  false: (value) => value === false || value === 'false',
  null: isMissing,
  nan: Number.isNaN,
  'null+nan': (value) => isMissing(value) || Number.isNaN(value),
  empty: (value) => value === '',
};
