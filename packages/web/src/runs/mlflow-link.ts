/** Where a link leads that MLflow's clients print: `/#/experiments/1/runs/9f…`. */
export interface MlflowLink {
  /** The project's id. */
  readonly experiment: number;
  /** undefined: to an experiment or a model of it, of which the runs are shown. */
  readonly run: string | undefined;
}

/** Reads the hash of an address, with or without its "#"; undefined where it is no such link. */
export function readMlflowLink(hash: string): MlflowLink | undefined {
  const found = /^#?\/experiments\/(\d+)(?:\/runs\/([A-Za-z0-9_.-]{1,256})|\/models\/m-[0-9a-f]+)?(?:\/.*)?$/.exec(hash);
  return found === null ? undefined : { experiment: Number(found[1]), run: found[2] };
}
