import type { VariableOption } from '@vitrine/model/variable.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Field, Frame, FrameShape, Notice } from '@vitrine/model/frame.ts';
import { parseFieldConfig } from '@vitrine/model/parse/field-config.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { FoundAnnotation, QueryAnswer, SourceCheck } from '@vitrine/plugins/contract.ts';

/**
 * What a plugin answers, read as anything that comes from outside: what is handed on has the shapes of the contract, and is
 * made anew. All of these throw BadRequest that names what is wrong with the answer.
 */

const SHAPES: readonly FrameShape[] = ['series', 'table', 'buckets', 'logs', 'trace', 'nodes', 'edges', 'profile', 'exemplars'];
const TYPES: readonly Field['type'][] = ['number', 'time', 'string', 'boolean', 'frame', 'json'];
const MOST_FRAMES = 50_000;
const MOST_FIELDS = 100_000;
const MOST_NESTING = 4;
const MOST_NOTICES = 100;
const MOST_OPTIONS = 1_000_000;
const MOST_TAGS = 100;
/** Of a sentence, a name or a label. */
const MOST_LETTERS = 2_000;
const MOST_TEXT = 100_000;
/** Of JSON in an answer: objects, lists and values together. */
const MOST_NODES = 5_000_000;
const MOST_DEPTH = 100;
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/** What is left of an answer's frames, fields and JSON. */
interface Budget {
  frames: number;
  fields: number;
  nodes: number;
}

/** The answer to a query; what it does not say of its trace is taken to be nothing. */
export function checkQueryAnswer(answer: unknown, refId: string, source: string): QueryAnswer {
  const read = new Read('answer', answer);
  const budget: Budget = { frames: MOST_FRAMES, fields: MOST_FIELDS, nodes: MOST_NODES };
  const growable = read.at('growable');
  return {
    frames: checkFrames(read.at('frames'), refId, budget, 0),
    notices: read.at('notices').or([], (it) => it.atMost(MOST_NOTICES, 'notices').map(checkNotice)),
    trace: read
      .at('trace')
      .or({ refId, source, executed: '', stepMs: 0, elapsedMs: 0, seriesRead: 0, samplesRead: 0 }, (trace) => ({
        refId,
        source,
        executed: trace.at('executed').or('', (it) => clip(it.string(), MOST_TEXT)),
        ...count(trace, 'stepMs'),
        ...count(trace, 'elapsedMs'),
        ...count(trace, 'seriesRead'),
        ...count(trace, 'samplesRead'),
      })),
    ...(growable.missing ? {} : { growable: growable.boolean() }),
  };
}

export function checkOptions(answer: unknown): readonly VariableOption[] {
  return listOf(new Read('options', answer), MOST_OPTIONS).map((option, index) => {
    const { text, value } = (typeof option === 'object' && option !== null ? option : {}) as Record<string, unknown>;
    if (typeof value !== 'string' || (text !== undefined && typeof text !== 'string'))
      throw new BadRequest(`options[${index}]`, 'is no object with value, and perhaps text, of text');
    return { text: text ?? value, value };
  });
}

export function checkAnnotations(answer: unknown): readonly FoundAnnotation[] {
  return listOf(new Read('annotations', answer), MOST_OPTIONS).map((found, index) => {
    const read = new Read(`annotations[${index}]`, found);
    const timeMs = read.at('timeMs').number();
    return {
      timeMs,
      endMs: read.at('endMs').or(timeMs, (it) => Math.max(timeMs, it.number())),
      title: read.at('title').or('', (it) => clip(it.string(), MOST_LETTERS)),
      text: read.at('text').or('', (it) => clip(it.string(), MOST_TEXT)),
      tags: read.at('tags').or([], (it) => it.atMost(MOST_TAGS, 'tags').map((tag) => clip(tag.string(), MOST_LETTERS))),
    };
  });
}

export function checkSourceCheck(answer: unknown): SourceCheck {
  const read = new Read('check', answer);
  return {
    product: read.at('product').or('', (it) => clip(it.string(), MOST_LETTERS)),
    version: read.at('version').or('', (it) => clip(it.string(), MOST_LETTERS)),
    notes: read.at('notes').or([], (it) => it.atMost(MOST_NOTICES, 'notes').map((note) => clip(note.string(), MOST_LETTERS))),
  };
}

/** Anything that JSON can say. */
export function checkJson(answer: unknown): unknown {
  return jsonOf('answer', answer, { frames: 0, fields: 0, nodes: MOST_NODES }, 0);
}

/** As much of a text as anybody would read. */
export function clip(text: string, most = MOST_LETTERS): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

function checkNotice(read: Read): Notice {
  return { level: read.at('level').oneOf(['info', 'warning', 'error']), text: clip(read.at('text').string(), MOST_LETTERS) };
}

function count<const Name extends string>(read: Read, name: Name): Record<Name, number> {
  return { [name]: read.at(name).or(0, (it) => it.number()) } as Record<Name, number>;
}

function checkFrames(read: Read, refId: string, budget: Budget, depth: number): Frame[] {
  if (depth > MOST_NESTING) read.fail(`is nested more than ${MOST_NESTING} deep`);
  const items = listOf(read, budget.frames);
  budget.frames -= items.length;
  return items.map((item, index) => checkFrame(new Read(`${read.path}[${index}]`, item), refId, budget, depth));
}

function checkFrame(read: Read, refId: string, budget: Budget, depth: number): Frame {
  const length = read.at('length').integer(0, Number.MAX_SAFE_INTEGER);
  const fields = listOf(read.at('fields'), budget.fields);
  budget.fields -= fields.length;
  const name = read.at('name');
  return {
    refId,
    shape: read.at('shape').oneOf(SHAPES),
    length,
    ...(name.missing ? {} : { name: clip(name.string()) }),
    fields: fields.map((field, index) =>
      checkField(new Read(`${read.path}.fields[${index}]`, field), refId, length, budget, depth),
    ),
  };
}

function checkField(read: Read, refId: string, length: number, budget: Budget, depth: number): Field {
  const type = read.at('type').oneOf(TYPES);
  const [labels, config, present] = [read.at('labels'), read.at('config'), read.at('present')];
  const base = {
    name: clip(read.at('name').string()),
    ...(labels.missing ? {} : { labels: labelsOf(labels) }),
    ...(config.missing ? {} : { config: settingsOf(config, budget) }),
    ...(present.missing ? {} : { present: bytesOf(present, length) }),
  };
  const values = read.at('values');
  switch (type) {
    case 'number':
    case 'time':
      return { ...base, type, values: numbersOf(values, length) };
    case 'boolean':
      return { ...base, type, values: bytesOf(values, length) };
    case 'string': {
      const texts = sameLength(values, length);
      if (!texts.every((text) => typeof text === 'string')) values.fail('holds what is no text');
      return { ...base, type, values: texts as string[] };
    }
    case 'json':
      return {
        ...base,
        type,
        values: sameLength(values, length).map((value) => jsonOf(values.path, value, budget, 0)),
      };
    case 'frame':
      return {
        ...base,
        type,
        values: sameLength(values, length).map((cell, row) =>
          checkFrames(new Read(`${values.path}[${row}]`, cell), refId, budget, depth + 1),
        ),
      };
  }
}

/** A column as long as its frame. */
function sameLength(read: Read, length: number): unknown[] {
  if (!Array.isArray(read.value)) return read.fail('is no list');
  refuseLength(read, read.value.length, length);
  // A list with holes would be as long, and hold nothing.
  return Array.from(read.value as unknown[]);
}

/** Its own copy: as it arrived it may be a window on all that was said with it, which would be kept as long. */
function numbersOf(read: Read, length: number): Float64Array {
  if (!(read.value instanceof Float64Array)) return read.fail('is no Float64Array');
  refuseLength(read, read.value.length, length);
  return new Float64Array(read.value);
}

function bytesOf(read: Read, length: number): Uint8Array {
  if (!(read.value instanceof Uint8Array)) return read.fail('is no Uint8Array');
  refuseLength(read, read.value.length, length);
  return new Uint8Array(read.value);
}

function refuseLength(read: Read, found: number, wanted: number): void {
  const shown = (count: number): string => count.toLocaleString('en');
  if (found !== wanted) read.fail(`has ${shown(found)} values, and its frame has the length ${shown(wanted)}`);
}

function labelsOf(read: Read): Record<string, string> {
  const entries = Object.entries(read.object());
  if (entries.length > 1_000) read.fail(`has ${entries.length} labels`);
  return Object.fromEntries(
    entries.map(([label, value]) => {
      if (RESERVED.has(label)) read.fail(`has a label "${label}", which is not allowed`);
      return typeof value === 'string'
        ? [clip(label), clip(value)]
        : read.fail(`has a label "${clip(label, 100)}" that is no text`);
    }),
  );
}

function settingsOf(read: Read, budget: Budget): NonNullable<Field['config']> {
  return parseFieldConfig(new Read(read.path, { defaults: jsonOf(read.path, read.value, budget, 0) })).defaults;
}

/** A list that may be longer than what people write. */
function listOf(read: Read, most: number): readonly unknown[] {
  if (!Array.isArray(read.value)) return read.fail('is no list');
  if (read.value.length > most) return read.fail(`holds ${read.value.length.toLocaleString('en')} entries, more than may be`);
  return Array.from(read.value as unknown[]);
}

/** A copy of what JSON can say. One that refers to itself comes to the end of its budget. */
function jsonOf(path: string, value: unknown, budget: Budget, depth: number): unknown {
  if (--budget.nodes < 0 || depth > MOST_DEPTH) throw new BadRequest(path, 'is nested too deep, or holds too much');
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (value === undefined) return null;
  if (Array.isArray(value)) return Array.from(value as unknown[], (each) => jsonOf(path, each, budget, depth + 1));
  if (typeof value !== 'object' || ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    throw new BadRequest(path, 'holds what JSON cannot say');
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (RESERVED.has(key)) throw new BadRequest(path, `has a member "${key}", which is not allowed`);
      return [key, jsonOf(path, each, budget, depth + 1)];
    }),
  );
}
