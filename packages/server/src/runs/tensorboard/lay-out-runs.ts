/** Which run the values of a directory belong to. Directories are relative to the log directory, "" itself, with `/` between. */
export interface FolderRun {
  /** The directory that the run is called after. */
  readonly run: string;
  /** What goes before the directory's tags: "train/"; "" mostly. */
  readonly prefix: string;
}

/** What trainings call directories of which several are one training: Keras, TensorFlow's estimators. */
const ROLE = /^(train|training|validation|valid|val|eval|eval_\d+|test)$/;
const TRAIN = /^train(ing)?$/;
/** PyTorch and tensorboardX put what add_hparams() writes into a directory named by the time. */
const HPARAMS_FOLDER = /^\d{9,11}(\.\d+)?$/;

/**
 * Says for each directory with event files which run it is: one of its own, unless
 * - it is called train, validation, val, eval or test, its siblings with event files all are, and one of them is called train or
 *   the directory around them has event files: then they are one run, called after that directory, and "train/" goes before the tags;
 * - it is named by a time, in a directory with event files, and the first of that sort there: then it is a part of that one.
 */
export function layOutRuns(folders: Iterable<string>): ReadonlyMap<string, FolderRun> {
  const all = new Set(folders);
  /** By directory: the names in it below which there are event files. */
  const names = new Map<string, Set<string>>();
  for (const folder of all) {
    for (let at = folder; at !== ''; at = parentOf(at)) {
      const parent = parentOf(at);
      const known = names.get(parent);
      if (known === undefined) names.set(parent, new Set([nameOf(at)]));
      else known.add(nameOf(at));
    }
  }
  const isTraining = (folder: string): boolean => {
    const inside = [...(names.get(folder) ?? [])].filter((name) => !HPARAMS_FOLDER.test(name));
    return inside.every((name) => ROLE.test(name)) && (all.has(folder) || inside.some((name) => TRAIN.test(name)));
  };
  const runs = new Map<string, FolderRun>();
  for (const folder of [...all].toSorted()) {
    const parent = parentOf(folder);
    const name = nameOf(folder);
    if (folder !== '' && ROLE.test(name) && isTraining(parent)) runs.set(folder, { run: parent, prefix: `${name}/` });
    else if (folder !== '' && all.has(parent) && HPARAMS_FOLDER.test(name) && name === firstHparams(names.get(parent)))
      // Parents come before what is in them.
      runs.set(folder, { run: runs.get(parent)?.run ?? parent, prefix: '' });
    else runs.set(folder, { run: folder, prefix: '' });
  }
  return runs;
}

function firstHparams(names: ReadonlySet<string> | undefined): string | undefined {
  return [...(names ?? [])].filter((name) => HPARAMS_FOLDER.test(name)).toSorted((a, b) => Number(a) - Number(b))[0];
}

export function parentOf(folder: string): string {
  return folder.slice(0, Math.max(folder.lastIndexOf('/'), 0));
}

function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}

/** The machine that wrote a file, as its name says: events.out.tfevents.<seconds>.<host>[.<pid>.<count>][.v2]. */
export function hostOf(file: string): string | undefined {
  const rest = /tfevents\.\d+\.(.+)$/.exec(file)?.[1];
  if (rest === undefined) return undefined;
  const host = /^(.+)\.\d+\.\d+(?:\.[a-z][a-z0-9_.-]*)?$/i.exec(rest)?.[1] ?? rest.replace(/\.v2$/, '');
  return host.trim() === '' ? undefined : host.slice(0, 200);
}
