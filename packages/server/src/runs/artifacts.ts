import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { ArtifactFile } from '@vitrine/model/run-api.ts';
import { HttpError } from '../http/errors.ts';

/**
 * Files that a run keeps beside its curves. `folder` is the run's own (Runs.artifactFolder), `path` as senders write it: names with
 * "/" between them. No path leads out of the folder, neither by its names nor by a link that somebody put there.
 */

/** In the folder's root: what is being written, until it is whole. */
const PARTS = '.vitrine-parts';
/** Names what this process writes. Not by the process's own number: in a container that is the same after each start. */
const PROCESS = randomUUID();
const MOST_PATH_BYTES = 2_000;
/** Of one name, on every usual file system. */
const MOST_NAME_BYTES = 255;
const MOST_LISTED = 10_000;

export interface FoundArtifact {
  /** Open for reading; whoever asked closes it. */
  readonly handle: FileHandle;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** The names of a path; none is the folder itself. Throws BadRequest on what could mean another place than it says. */
export function parseArtifactPath(field: string, path: string): readonly string[] {
  if (path === '') return [];
  const bad = (problem: string): BadRequest => new BadRequest(field, problem);
  // A slash at the end is how some clients say that they mean a folder.
  const names = path.replace(/\/$/, '').split('/');
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) throw bad(`is longer than ${MOST_PATH_BYTES} bytes`);
  if (!path.isWellFormed()) throw bad('is no well-formed text');
  if (path.startsWith('/')) throw bad('starts with "/"; a path begins in the run’s own folder, such as model/weights.pt');
  for (const name of names) {
    if (name === '') throw bad('has an empty name in it ("//")');
    if (name === '.' || name === '..') throw bad(`has the name "${name}" in it, which would lead elsewhere`);
    if (/[\p{Cc}\\]/u.test(name)) throw bad('has a backslash or control character in it');
    if (Buffer.byteLength(name) > MOST_NAME_BYTES) throw bad(`has a name longer than ${MOST_NAME_BYTES} bytes`);
  }
  if (names[0] === PARTS) throw bad(`begins with "${PARTS}", where uploads lie until they are whole`);
  return names;
}

/** What lies in a folder, folders first, by name; the file alone where the path is one's; nothing where there is none. */
export async function listArtifacts(folder: string, path: string): Promise<readonly ArtifactFile[]> {
  const names = parseArtifactPath('path', path);
  const place = await placeOf(folder, names);
  if (place === undefined) return [];
  const found = await lstat(place).catch(ignoreMissing);
  if (found === undefined) return [];
  if (found.isFile()) return [{ path: names.join('/'), isFolder: false, bytes: found.size }];
  if (!found.isDirectory()) return [];
  const entries = (await readdir(place, { withFileTypes: true }))
    .filter((entry) => (entry.isFile() || entry.isDirectory()) && !(names.length === 0 && entry.name === PARTS))
    .toSorted((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_LISTED);
  return Promise.all(
    entries.map(async (entry): Promise<ArtifactFile> => {
      const isFolder = entry.isDirectory();
      // One may be gone since.
      const bytes = isFolder ? 0 : ((await lstat(join(place, entry.name)).catch(ignoreMissing))?.size ?? 0);
      return { path: [...names, entry.name].join('/'), isFolder, bytes };
    }),
  );
}

/** The file, open; undefined where there is none, or where it is none. */
export async function openArtifact(folder: string, path: string): Promise<FoundArtifact | undefined> {
  const names = parseArtifactPath('path', path);
  const place = names.length === 0 ? undefined : await placeOf(folder, names);
  if (place === undefined) return undefined;
  // A pipe would be waited for.
  const handle = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(ignoreMissing);
  if (handle === undefined) return undefined;
  const { size, mtimeMs, isFile } = await statOf(handle);
  if (isFile) return { handle, bytes: size, modifiedMs: mtimeMs };
  await handle.close();
  return undefined;
}

/**
 * Writes a file, over one that is there. It is there whole or not at all, and on disk when this resolves. Answers its size. Throws
 * HttpError too_large, BadRequest where the path cannot be a file's.
 */
export async function putArtifact(
  folder: string,
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<number> {
  const names = parseArtifactPath('path', path);
  if (names.length === 0) throw new BadRequest('path', 'is empty; say how the file is to be called');
  const parts = join(folder, PARTS);
  await mkdir(parts, { recursive: true });
  await removeLeftovers(parts);
  const part = join(parts, `${PROCESS}-${randomUUID()}`);
  try {
    const bytes = await writeAll(part, pieces, limitBytes);
    await rename(part, await makePlace(folder, names));
    return bytes;
  } catch (error) {
    await rm(part, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOSPC', 'EDQUOT', 'EROFS'].includes(code)) throw new HttpError('read_only');
    throw error;
  }
}

/** Removes a file, or a folder and all that is in it. Answers whether there was one. */
export async function removeArtifact(folder: string, path: string): Promise<boolean> {
  const names = parseArtifactPath('path', path);
  const place = await placeOf(folder, names);
  if (place === undefined || (await lstat(place).catch(ignoreMissing)) === undefined) return false;
  // A link is removed itself, not what it leads to.
  await rm(place, { recursive: true, force: true });
  return true;
}

/** Where the names lead, whether or not something is there; undefined where they lead nowhere, or out of the folder. */
async function placeOf(folder: string, names: readonly string[]): Promise<string | undefined> {
  const root = await realpath(folder).catch(ignoreMissing);
  if (root === undefined || names.length === 0) return root;
  const above = await realpath(dirname(join(root, ...names))).catch(ignoreMissing);
  if (above === undefined || (above !== root && !above.startsWith(`${root}${sep}`))) return undefined;
  return join(above, names.at(-1) as string);
}

/** Level by level, so that no link is followed even to make a folder. */
async function makePlace(folder: string, names: readonly string[]): Promise<string> {
  let place = await realpath(folder);
  for (const name of names.slice(0, -1)) {
    place = join(place, name);
    await mkdir(place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    if (!(await lstat(place)).isDirectory()) throw cannotBeFile(names);
  }
  place = join(place, names.at(-1) as string);
  if ((await lstat(place).catch(ignoreMissing))?.isDirectory() === true) throw cannotBeFile(names);
  return place;
}

function cannotBeFile(names: readonly string[]): BadRequest {
  const shown = names.join('/').slice(0, 200);
  return new BadRequest('path', `"${shown}" cannot be a file: it is a folder, or a part of it is a file`);
}

async function writeAll(part: string, pieces: AsyncIterable<Uint8Array>, limitBytes: number): Promise<number> {
  const handle = await open(part, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > limitBytes)
        throw new HttpError(
          'too_large',
          `The file is larger than ${limitBytes} bytes, which is the limit (limits.ingest.artifact).`,
        );
      await handle.writeFile(piece);
    }
    await handle.sync();
    return bytes;
  } finally {
    await handle.close();
  }
}

/** What a process before this one was writing when it was killed. */
async function removeLeftovers(parts: string): Promise<void> {
  for (const name of await readdir(parts)) {
    if (!name.startsWith(`${PROCESS}-`)) await rm(join(parts, name), { force: true });
  }
}

async function statOf(handle: FileHandle): Promise<{ size: number; mtimeMs: number; isFile: boolean }> {
  const found = await handle.stat();
  return { size: found.size, mtimeMs: found.mtimeMs, isFile: found.isFile() };
}

/** Not there, or a way that leads nowhere: a file where a folder should be, a link, a circle of links. */
function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(error.code ?? '')) throw error;
}
