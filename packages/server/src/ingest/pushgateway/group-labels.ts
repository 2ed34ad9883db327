import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import type { Labels } from '@vitrine/model/labels.ts';
import { PushRefused } from './push-refused.ts';

/**
 * What tells groups apart: the labels of the address, with those of the sender's token over them, by name. Unlike in
 * `Labels` an empty value counts: it takes a label away from the group's metrics.
 */
export type GroupLabels = ReadonlyMap<string, string>;

const BASE64_MARK = '@base64';
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MOST_LABELS = 30;
const MOST_VALUE_BYTES = 1_000;
const SHOWN_CHARS = 80;

/**
 * Reads what follows /metrics/ in the address of a push, still percent-encoded: `job/train/path@base64/L3Zhcg`.
 * Throws PushRefused.
 */
export function readGroupPath(path: string): Map<string, string> {
  const parts = path.split('/');
  // An address may end in a slash; a value that is empty is written in base64.
  if (parts.length % 2 === 1 && parts.at(-1) === '') parts.pop();
  if (parts.length % 2 === 1) {
    throw badAddress(
      `The address ends in the label "${shorten(parts.at(-1) ?? '')}" without a value; it is /metrics/job/JOB/LABEL/VALUE… .`,
    );
  }
  if (parts.length / 2 > MOST_LABELS)
    throw badAddress(`The address has ${parts.length / 2} labels; at most ${MOST_LABELS} may be there.`);
  const labels = new Map<string, string>();
  for (let i = 2; i < parts.length; i += 2) {
    const [name, value] = readPair(parts[i] as string, parts[i + 1] as string);
    labels.set(name, value);
  }
  // Whatever the address says of a job further on, the first one counts.
  const [, job] = readPair(parts[0] as string, parts[1] as string);
  if (job === '') throw badAddress('The job’s name is empty; the address is /metrics/job/JOB.');
  labels.set('job', job);
  return labels;
}

/** The labels of a group that this sender may write: its own stand over those of the address. */
export function groupOf(path: ReadonlyMap<string, string>, sender: Labels): GroupLabels {
  const merged = [...new Map([...path, ...sender])];
  return new Map(merged.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** One short name for a group, the same after a restart. */
export function groupId(labels: GroupLabels): string {
  return createHash('sha256')
    .update(JSON.stringify([...labels]))
    .digest('base64url')
    .slice(0, 22);
}

/** `{job="train", run="7"}`, for messages. */
export function groupText(labels: GroupLabels): string {
  return `{${Array.from(labels, ([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}

function readPair(writtenName: string, writtenValue: string): [name: string, value: string] {
  const decodedName = decode(writtenName);
  const packed = decodedName.endsWith(BASE64_MARK);
  const name = packed ? decodedName.slice(0, -BASE64_MARK.length) : decodedName;
  if (!LABEL_NAME.test(name) || name.startsWith('__')) {
    throw badAddress(
      name === ''
        ? 'The address has an empty label name (two slashes in a row). An empty value is written as LABEL@base64/= .'
        : `"${shorten(name)}" in the address is not a name that a label may have.`,
    );
  }
  const value = packed ? unpack(name, decode(writtenValue)) : decode(writtenValue);
  if (!packed && value === '')
    throw badAddress(`The label ${name} has an empty value in the address; that is written as ${name}@base64/= .`);
  if (!packed && value.includes('/')) {
    throw badAddress(
      `The value of ${name} holds a slash, which separates the parts of the address. Send it as ${name}@base64/${Buffer.from(value).toString('base64url').slice(0, SHOWN_CHARS)} .`,
    );
  }
  if (Buffer.byteLength(value) > MOST_VALUE_BYTES)
    throw badAddress(`The value of ${name} is longer than ${MOST_VALUE_BYTES} bytes, which is the limit.`);
  return [name, value];
}

/** RFC 4648's alphabet for addresses; the padding may be left out. */
function unpack(name: string, text: string): string {
  const bare = text.replace(/=+$/, '');
  const bytes = Buffer.from(bare, 'base64url');
  if (!/^[A-Za-z0-9_-]*$/.test(bare) || bare.length % 4 === 1 || !isUtf8(bytes))
    throw badAddress(`The value of ${name}${BASE64_MARK} is not base64 (with - and _) of a text in UTF-8.`);
  return bytes.toString('utf8');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw badAddress(`"${shorten(part)}" in the address is not percent-encoded UTF-8.`, error);
  }
}

function badAddress(sentence: string, cause?: unknown): PushRefused {
  return new PushRefused(400, 'bad address', sentence, { cause });
}

function shorten(text: string): string {
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}…`;
}
