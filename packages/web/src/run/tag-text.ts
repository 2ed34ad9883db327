import { BadRequest } from '@vitrine/model/bad-request.ts';

export type Tags = Readonly<Record<string, string>>;

/** Tags that MLflow's clients keep for themselves: they are shown, but nobody edits them by hand. */
export function isOwnTag(name: string): boolean {
  return name.startsWith('mlflow.');
}

/** One tag a line, "name = value" or the name alone, those of clients left out. */
export function writeTags(tags: Tags): string {
  return Object.entries(tags)
    .filter(([name]) => !isOwnTag(name))
    .map(([name, value]) => (value === '' ? name : `${name} = ${value}`))
    .join('\n');
}

/** Throws BadRequest for a line without a name, or a name that stands there twice. */
export function readTags(text: string): Tags {
  const tags = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const end = line.indexOf('=');
    const name = (end < 0 ? line : line.slice(0, end)).trim();
    if (name === '') throw new BadRequest('tags', `line ${index + 1} has no name before the "="`);
    if (tags.has(name)) throw new BadRequest('tags', `"${name}" stands on two lines; keep one of them`);
    tags.set(name, end < 0 ? '' : line.slice(end + 1).trim());
  }
  return Object.fromEntries(tags);
}

/** What to change of the tags so that they are as wished, those of clients untouched; null removes one. */
export function tagChanges(before: Tags, wished: Tags): Readonly<Record<string, string | null>> {
  const removed = Object.keys(before).filter((name) => !isOwnTag(name) && !Object.hasOwn(wished, name));
  const set = Object.entries(wished).filter(([name, value]) => !Object.hasOwn(before, name) || before[name] !== value);
  return { ...Object.fromEntries(removed.map((name) => [name, null])), ...Object.fromEntries(set) };
}
