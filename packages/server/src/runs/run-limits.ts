import { BadRequest } from '@vitrine/model/bad-request.ts';

/** What a run may say of itself. */
const MAX_NAME = 1_000;
const MAX_NOTES = 100_000;
const MAX_VALUE = 20_000;
const MAX_ENTRIES = 20_000;
const MAX_HOSTS = 10_000;
/** Of parameters, and of tags, of one run together: runs are kept in memory. */
const MAX_CHARACTERS = 16_000_000;
/** A dot at the front would make a folder that goes up, or one that is hidden. */
const RUN_ID = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,255}$/;

/** Throws BadRequest that names the field. */
export function checkRunId(id: string): void {
  if (!RUN_ID.test(id))
    throw new BadRequest(
      'run',
      `"${id.slice(0, 60)}" is no id of a run: 1 to 256 letters, digits, _, - and ., no dot at the front`,
    );
}

export function checkName(field: string, text: string, may: { readonly beEmpty: boolean }): void {
  if (text.length > MAX_NAME) throw new BadRequest(field, `has ${text.length} characters, and the limit is ${MAX_NAME}`);
  if (!may.beEmpty && text.trim() === '') throw new BadRequest(field, 'is empty');
}

export function checkNotes(text: string): void {
  if (text.length > MAX_NOTES) throw new BadRequest('notes', `have ${text.length} characters, and the limit is ${MAX_NOTES}`);
}

/** Parameters and tags, as they would be. */
export function checkEntries(field: string, entries: Readonly<Record<string, string>>): void {
  let count = 0;
  let characters = 0;
  for (const [name, value] of Object.entries(entries)) {
    checkName(field, name, { beEmpty: false });
    if (value.length > MAX_VALUE)
      throw new BadRequest(
        field,
        `"${name.slice(0, 60)}" has a value of ${value.length} characters, and the limit is ${MAX_VALUE}`,
      );
    count++;
    characters += name.length + value.length;
  }
  if (count > MAX_ENTRIES) throw new BadRequest(field, `has ${count} names, and the limit for one run is ${MAX_ENTRIES}`);
  if (characters > MAX_CHARACTERS)
    throw new BadRequest(field, `has ${characters} characters in all, and the limit for one run is ${MAX_CHARACTERS}`);
}

export function checkHosts(hosts: readonly string[]): void {
  for (const host of hosts) checkName('hosts', host, { beEmpty: false });
  if (hosts.length > MAX_HOSTS) throw new BadRequest('hosts', `are ${hosts.length}, and the limit for one run is ${MAX_HOSTS}`);
}
