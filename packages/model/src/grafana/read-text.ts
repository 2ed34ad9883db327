import { parseAllDocuments } from 'yaml';
import { BadRequest } from '../bad-request.ts';
import { isObject, listOf, textOf, type Json } from './json.ts';

const MAX_TEXT = 20 * 1024 * 1024;
/** YAML is read a hundred times slower than JSON; a ConfigMap holds 1 MiB at most. */
const MAX_YAML = 4 * 1024 * 1024;
const MAX_DEPTH = 100;
const MAX_VALUES = 2_000_000;
const MAX_DOCUMENTS = 200;
const RESERVED = ['__proto__', 'constructor', 'prototype'];

/** A dashboard as it stood in a file, not yet understood. */
export interface ForeignDashboard {
  readonly json: Json;
  /** Where in the file: "" or "data.gpu.json". */
  readonly path: string;
  /** What its envelope calls it: a resource's metadata.name. */
  readonly name: string;
}

/**
 * Finds the dashboards of a file: JSON with or without the envelope of an API, a Kubernetes resource, or ConfigMaps in JSON or
 * YAML. Throws BadRequest with a sentence where there is none or it cannot be read.
 */
export function readText(text: string): ForeignDashboard[] {
  if (text.length > MAX_TEXT)
    refuse('', `is ${megabytes(text.length)} long, and at most ${megabytes(MAX_TEXT)} are read; split it`);
  const found = parseText(text, '').flatMap((value) => unwrap(value, '', '', 0));
  if (found.length === 0) refuse('', 'holds no dashboard: expected JSON of a dashboard, or a ConfigMap with one in its data');
  if (found.length > MAX_DOCUMENTS) refuse('', `holds ${found.length} dashboards, and at most ${MAX_DOCUMENTS} are read at once`);
  return found;
}

/** The values in a text: one of JSON, one or more of YAML. */
function parseText(text: string, path: string): unknown[] {
  // This takes a byte order mark too.
  const bare = text.trim();
  if (bare === '') return refuse(path, 'is empty');
  if (bare.startsWith('{') || bare.startsWith('[')) {
    try {
      return [cleaned(JSON.parse(bare), path)];
    } catch (error) {
      if (error instanceof BadRequest) throw error;
      return refuse(path, `is not JSON: ${(error as Error).message}`, error);
    }
  }
  if (bare.length > MAX_YAML) refuse(path, `is ${megabytes(bare.length)} of YAML, and at most ${megabytes(MAX_YAML)} are read`);
  try {
    return parseAllDocuments(bare).map((document) => {
      const [problem] = document.errors;
      if (problem !== undefined) refuse(path, `is not YAML: ${problem.message.split('\n')[0]}`, problem);
      return cleaned(document.toJS(), path);
    });
  } catch (error) {
    if (error instanceof BadRequest) throw error;
    // Too many aliases, or nested deeper than the stack.
    return refuse(path, `is not YAML that can be read: ${(error as Error).message}`, error);
  }
}

/** A copy without keys that would reach into the prototypes of objects. */
function cleaned(value: unknown, path: string): unknown {
  let values = 0;
  return copy(value, 0);

  function copy(it: unknown, depth: number): unknown {
    if (depth > MAX_DEPTH) refuse(path, `is nested more than ${MAX_DEPTH} deep`);
    if (++values > MAX_VALUES) refuse(path, `holds more than ${MAX_VALUES} values`);
    if (Array.isArray(it)) return it.map((item) => copy(item, depth + 1));
    if (!isObject(it)) return it;
    return Object.fromEntries(
      Object.entries(it)
        .filter(([key]) => !RESERVED.includes(key))
        .map(([key, member]) => [key, copy(member, depth + 1)]),
    );
  }
}

function unwrap(value: unknown, path: string, name: string, depth: number): ForeignDashboard[] {
  if (depth > 8) return [];
  const inside = (member: unknown, key: string, called = name) =>
    unwrap(member, path === '' ? key : `${path}.${key}`, called, depth + 1);
  if (Array.isArray(value)) return value.flatMap((item, index) => unwrap(item, `${path}[${index}]`, name, depth + 1));
  if (!isObject(value)) return [];
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  const called = textOf(metadata['name'], name);
  switch (value['kind']) {
    case 'ConfigMap':
      return isObject(value['data']) ? Object.entries(value['data']).flatMap(([key, text]) => entry(text, `data.${key}`)) : [];
    case 'List':
    case 'ConfigMapList':
    case 'DashboardList':
      return listOf(value['items']).flatMap((item, index) => inside(item, `items[${index}]`));
    case 'GrafanaDashboard':
      return isObject(value['spec']) ? entry(value['spec']['json'], 'spec.json') : [];
    case 'Dashboard':
      // A resource of Grafana's newer API holds either form; the name is the dashboard's uid.
      if (isObject(value['spec'])) return inside(value['spec'], 'spec', called);
      break;
  }
  if (isObject(value['dashboard'])) return inside(value['dashboard'], 'dashboard');
  if (!looksLikeDashboard(value)) return [];
  return [{ json: value, path, name }];

  function entry(text: unknown, key: string): ForeignDashboard[] {
    // Trimming takes a byte order mark too.
    if (typeof text !== 'string' || !/^[{[]/.test(text.trimStart())) return [];
    const at = path === '' ? key : `${path}.${key}`;
    return parseText(text, at).flatMap((member) => unwrap(member, at, '', depth + 1));
  }
}

function looksLikeDashboard(value: Json): boolean {
  return ['panels', 'rows', 'elements', 'templating', 'schemaVersion', 'layout'].some((key) => Object.hasOwn(value, key));
}

function megabytes(length: number): string {
  return `${(length / 1024 / 1024).toFixed(1)} MiB`;
}

function refuse(path: string, problem: string, cause?: unknown): never {
  throw new BadRequest(path === '' ? 'text' : path, problem, { cause });
}
