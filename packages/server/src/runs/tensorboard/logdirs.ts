import { statSync } from 'node:fs';
import { isAbsolute, normalize } from 'node:path';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { LogdirState } from '@vitrine/model/logdir-state.ts';
import type { DocumentStore } from '../../documents/document-store.ts';
import { HttpError } from '../../http/errors.ts';
import type { Runs } from '../runs.ts';
import { eventThread } from './ask-event-thread.ts';
import { LogdirUploads, type Upload } from './logdir-uploads.ts';
import { Logdir, type LogdirSpec, projectOf } from './logdir.ts';

/** A log directory as it is asked for. */
export interface LogdirRequest {
  /** Absolute, on this machine. */
  readonly path: string;
  /** The directory's own name where absent. */
  readonly project?: string | undefined;
  /** Whether to go on reading what comes; to read what is there once, where not. */
  readonly follow: boolean;
}

/** The directories of TensorBoard's event files that this server reads. */
export interface Logdirs {
  list(): readonly LogdirState[];
  /** Begins to read a directory. Of one that is being read or followed already nothing changes. Throws BadRequest. */
  add(request: LogdirRequest): Promise<LogdirState>;
  /** Copies of event files of other machines, to be read. */
  readonly uploads: Pick<LogdirUploads, 'append'>;
  /** Reads what was uploaded of a log directory, once, and removes the copy. Throws HttpError where that is being read already. */
  readUploaded(upload: Upload): LogdirState;
  /** Leaves a directory be; its runs stay. Throws HttpError. */
  remove(id: string): Promise<void>;
  stop(): Promise<void>;
}

export interface LogdirsNeeds {
  readonly runs: Runs;
  readonly documents: Pick<DocumentStore, 'setting' | 'setSetting'>;
  /** For copies of event files of other machines. */
  readonly folder: string;
  /** Bytes that one of those may have. */
  readonly uploadBytes: number;
  /** Those that the configuration names; paths are absolute. */
  readonly configured: readonly { readonly path: string; readonly project: string | undefined }[];
  readonly log: { readonly warn: (sentence: string) => void; readonly info: (sentence: string) => void };
}

const SETTING = 'tensorboard.logdirs';
const MAX_LOGDIRS = 100;
/** Those read once that are still told of. */
const MAX_DONE = 20;
const MAX_PROJECT = 1_000;

interface Begin {
  readonly isFollowed: boolean;
  readonly byConfig?: boolean;
  /** When what is read once has been read. */
  readonly onEnd?: () => Promise<void>;
}

interface Entry {
  readonly logdir: Logdir;
  readonly byConfig: boolean;
  readonly isFollowed: boolean;
}

/** Follows the directories that the configuration and admins named. */
export async function openLogdirs({ runs, documents, folder, uploadBytes, configured, log }: LogdirsNeeds): Promise<Logdirs> {
  const uploads = new LogdirUploads({ folder, limitBytes: uploadBytes });
  await uploads.removeAll();
  const thread = eventThread();
  const entries = new Map<string, Entry>();
  /** Folders of copies that are being read, until they are removed. */
  const copies = new Set<string>();
  const stateOf = ({ logdir, byConfig }: Entry): LogdirState => {
    const state = logdir.state();
    return { ...state, state: copies.has(logdir.spec.path) ? 'reading' : state.state, byConfig };
  };
  const mustBeIdle = (upload: Upload): void => {
    if (copies.has(uploads.folderOf(upload))) throw new HttpError('logdir_busy');
  };
  const saved = JSON.parse((await documents.setting(SETTING)) ?? '[]') as { readonly path: string; readonly project: string }[];

  const start = (spec: Omit<LogdirSpec, 'revive'>, { isFollowed, byConfig = false, onEnd = async () => {} }: Begin): Entry => {
    const { path } = spec;
    const logdir = new Logdir({ ...spec, revive: !isFollowed }, { runs, thread, log });
    const known = entries.get(logdir.id);
    if (known !== undefined && (known.isFollowed || stateOf(known).state !== 'done')) {
      if (known.isFollowed || !isFollowed) return known;
      throw new BadRequest('path', `${path} is just being read once: follow it when that is done`);
    }
    const entry = { logdir, byConfig, isFollowed };
    entries.delete(logdir.id);
    entries.set(logdir.id, entry);
    if (isFollowed) logdir.follow();
    else {
      const readAndEnd = async (): Promise<void> => {
        try {
          await logdir.readOnce();
        } finally {
          await onEnd();
        }
      };
      readAndEnd().catch((error: unknown) => {
        log.warn(`The log directory ${path} could not be read: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    return entry;
  };
  const save = async (): Promise<void> => {
    const followed = [...entries.values()].filter(({ byConfig, isFollowed }) => isFollowed && !byConfig);
    await documents.setSetting(
      SETTING,
      JSON.stringify(followed.map(({ logdir: { spec } }) => ({ path: spec.path, project: spec.project }))),
    );
  };
  const forgetDone = (): void => {
    const done = [...entries].filter(([, entry]) => stateOf(entry).state === 'done');
    for (const [id] of done.slice(0, Math.max(done.length - MAX_DONE, 0))) entries.delete(id);
  };

  for (const { path, project = projectOf(path) } of configured) {
    start({ path, project }, { isFollowed: true, byConfig: true });
    log.info(`Event files below ${path} are followed, as the project "${project}"`);
  }
  for (const { path, project } of saved) start({ path, project }, { isFollowed: true });

  return {
    list: () => [...entries.values()].map(stateOf),
    async add({ path, project, follow }) {
      if (!isAbsolute(path)) throw new BadRequest('path', `"${path.slice(0, 200)}" is not absolute, as in /home/ada/runs`);
      const normal = normalize(path).replace(/(?<=.)[/\\]+$/, '');
      if (statSync(normal, { throwIfNoEntry: false })?.isDirectory() !== true)
        throw new BadRequest('path', `there is no directory ${normal.slice(0, 200)} on the server’s machine`);
      const name = project === undefined || project.trim() === '' ? projectOf(normal) : project;
      if (name.length > MAX_PROJECT)
        throw new BadRequest('project', `has ${name.length} characters, and the limit is ${MAX_PROJECT}`);
      forgetDone();
      if (entries.size >= MAX_LOGDIRS)
        throw new BadRequest('path', `is one more log directory than the ${MAX_LOGDIRS} there may be; remove one first`);
      const entry = start({ path: normal, project: name }, { isFollowed: follow });
      if (follow) await save();
      return stateOf(entry);
    },
    uploads: {
      async append(upload, ...piece) {
        mustBeIdle(upload);
        return uploads.append(upload, ...piece);
      },
    },
    readUploaded(upload) {
      mustBeIdle(upload);
      forgetDone();
      const path = uploads.folderOf(upload);
      const onEnd = async (): Promise<void> => {
        await uploads.remove(upload).finally(() => copies.delete(path));
      };
      const entry = start({ path, project: upload.project, identity: upload.logdir }, { isFollowed: false, onEnd });
      // A directory of this machine may have the same name.
      if (entry.logdir.spec.path !== path) throw new HttpError('logdir_busy');
      copies.add(path);
      return stateOf(entry);
    },
    async remove(id) {
      const entry = entries.get(id);
      if (entry === undefined) throw new HttpError('not_found', 'There is no such log directory.');
      if (entry.byConfig)
        throw new BadRequest('id', `${entry.logdir.spec.path} stands in the configuration (logdir), and is removed there`);
      entries.delete(id);
      await save();
      await entry.logdir.stop();
    },
    async stop() {
      await Promise.all([...entries.values()].map(({ logdir }) => logdir.stop()));
      await thread.stop();
    },
  };
}
