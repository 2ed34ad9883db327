import { createHash } from 'node:crypto';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Labels } from '@vitrine/model/labels.ts';

/** What W&B's clients call a run: `name` is its id within a project of an entity. */
export interface BucketPlace {
  readonly entity: string;
  readonly project: string;
  readonly name: string;
}

/** What UpsertBucket says of a run. */
export interface Bucket extends BucketPlace {
  readonly displayName: string;
  readonly group: string;
  readonly notes: string | undefined;
  readonly host: string;
  readonly tags: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  readonly state: string;
}

const MOST_PARAMS = 1_000;
const DEEPEST = 6;

/** The run's id here: the same for every message of it. Senders with other labels have a run of the same name each. */
export function bucketId({ entity, project, name }: BucketPlace, labels: Labels): string {
  return `wandb-${createHash('sha256')
    .update(JSON.stringify([entity, project, name, ...labels]))
    .digest('hex')
    .slice(0, 20)}`;
}

/** Reads the variables of the mutation UpsertBucket. Throws BadRequest that names the field. */
export function readBucket(variables: Readonly<Record<string, unknown>>, entity: string): Bucket {
  const text = (field: string): string => {
    const given = variables[field];
    if (given === undefined || given === null) return '';
    if (typeof given !== 'string') throw new BadRequest(`variables.${field}`, 'is no text');
    return given;
  };
  const id = text('id');
  const place = id === '' ? undefined : readGlobalId(id);
  const { tags } = variables;
  const name = text('name') || place?.name || '';
  if (name === '') throw new BadRequest('variables.name', 'is missing; it is the run’s id');
  return {
    entity: text('entity') || place?.entity || entity,
    project: text('project') || place?.project || 'uncategorized',
    name,
    displayName: text('displayName'),
    group: text('groupName'),
    notes: variables['notes'] === undefined || variables['notes'] === null ? undefined : text('notes'),
    host: text('host'),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
    params: readConfig(text('config')),
    state: text('state'),
  };
}

/** The id under which a run is known in answers. */
export function globalId({ entity, project, name }: BucketPlace): string {
  return Buffer.from(JSON.stringify([entity, project, name])).toString('base64url');
}

function readGlobalId(id: string): BucketPlace | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(id, 'base64url').toString('utf8'));
    if (!Array.isArray(read) || !read.every((part) => typeof part === 'string')) return undefined;
    const [entity = '', project = '', name = ''] = read;
    return { entity, project, name };
  } catch {
    return undefined;
  }
}

/** `{"lr": {"value": 0.1, "desc": null}, "_wandb": …}`: names of what is nested are joined by dots. */
function readConfig(text: string): Record<string, string> {
  if (text === '') return {};
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new BadRequest('variables.config', 'is not JSON', { cause });
  }
  const params: Record<string, string> = {};
  const add = (name: string, value: unknown, depth: number): void => {
    if (Object.keys(params).length >= MOST_PARAMS || value === null || value === undefined) return;
    if (typeof value === 'object' && !Array.isArray(value) && depth < DEEPEST) {
      for (const [key, inner] of Object.entries(value)) add(name === '' ? key : `${name}.${key}`, inner, depth + 1);
    } else params[name] = (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 6_000);
  };
  for (const [name, given] of Object.entries((config ?? {}) as Readonly<Record<string, unknown>>)) {
    if (name === '_wandb') continue;
    const wrapped = given as { value?: unknown } | null;
    add(name, typeof wrapped === 'object' && wrapped !== null && 'value' in wrapped ? wrapped.value : given, 1);
  }
  return params;
}
