import { BadRequest } from '@vitrine/model/bad-request.ts';

export type Tags = Readonly<Record<string, string>>;

/** Tags that MLflow's clients keep for themselves: they are shown, but nobody edits them by hand. */
export function isOwnTag(name: string): boolean {
  return name.startsWith('mlflow.');
}

/**
 * One tag a line, "name = value" or the name alone, those of clients left out. What would not be read back as it is stands in quotes, as
 * in JSON: line breaks, blanks at an end, a "=" in a name.
 */
export function writeTags(tags: Tags): string {
  return Object.entries(tags)
    .filter(([name]) => !isOwnTag(name))
    .map(([name, value]) => {
      const first = name === '' || name.includes('=') ? JSON.stringify(name) : writeText(name);
      return value === '' ? first : `${first} = ${writeText(value)}`;
    })
    .join('\n');
}

function writeText(text: string): string {
  return text !== text.trim() || text.startsWith('"') || /\p{Cc}/u.test(text) ? JSON.stringify(text) : text;
}

/** Throws BadRequest for a line without a name, or a name that stands there twice. */
export function readTags(text: string): Tags {
  const tags = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const quoted = QUOTED_NAME.exec(line);
    const quotedName = quoted === null ? undefined : readQuoted(quoted[1]!);
    const end = quotedName === undefined ? line.indexOf('=') : quoted![0].length - 1;
    const hasValue = line[end] === '=';
    const name = quotedName ?? (hasValue ? line.slice(0, end) : line).trim();
    if (name === '' && quotedName === undefined) throw new BadRequest('tags', `line ${index + 1} has no name before the "="`);
    if (tags.has(name)) throw new BadRequest('tags', `"${name}" stands on two lines; keep one of them`);
    const value = hasValue ? line.slice(end + 1).trim() : '';
    tags.set(name, readQuoted(value) ?? value);
  }
  return Object.fromEntries(tags);
}

/** A name in quotes, up to the "=" behind it or the end of the line. */
const QUOTED_NAME = /^\s*("(?:[^"\\]|\\.)*")\s*(?:=|$)/;

/** What stands in quotes; undefined where it is no text in quotes. */
function readQuoted(text: string): string | undefined {
  if (!text.startsWith('"')) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'string' ? read : undefined;
  } catch {
    return undefined;
  }
}

/** What to change of the tags so that they are as wished, those of clients untouched; null removes one. */
export function tagChanges(before: Tags, wished: Tags): Readonly<Record<string, string | null>> {
  const removed = Object.keys(before).filter((name) => !isOwnTag(name) && !Object.hasOwn(wished, name));
  const set = Object.entries(wished).filter(([name, value]) => !Object.hasOwn(before, name) || before[name] !== value);
  return { ...Object.fromEntries(removed.map((name) => [name, null])), ...Object.fromEntries(set) };
}
