import type { Hparams } from './hparams.ts';
import { type FilePlace, START } from './read-events.ts';
import type { SkipCounts } from './skipped.ts';

/** What is kept of a directory between two starts, in the same transaction as the points that were read from it. */
export interface FolderMark {
  /** See FolderRun: once a directory's values belong to a run they go on to. */
  readonly run: string;
  readonly prefix: string;
  readonly files: ReadonlyMap<string, FilePlace>;
  readonly skipped: SkipCounts;
  /** Time of its latest event; NaN where it has none. */
  readonly lastMs: number;
  readonly end: Hparams['end'];
  /** Whether that run has been made: where it is gone, it was erased. */
  readonly isMade: boolean;
}

export function writeMark({ run, prefix, files, skipped, lastMs, end, isMade }: FolderMark): string {
  return JSON.stringify({
    run,
    prefix,
    files: Object.fromEntries([...files].map(([name, { offset, tail, againUntil }]) => [name, [offset, tail, againUntil]])),
    skipped,
    lastMs: Number.isNaN(lastMs) ? null : lastMs,
    end,
    isMade,
  });
}

/** undefined where it is none that this version wrote. */
export function readMark(text: string): FolderMark | undefined {
  const { run, prefix, files, skipped, lastMs, end, isMade } = JSON.parse(text) as Partial<Record<keyof FolderMark, unknown>>;
  if (typeof run !== 'string' || typeof prefix !== 'string' || typeof files !== 'object' || files === null) return undefined;
  const places = Object.entries(files as Record<string, readonly [offset: number, tail: string, againUntil?: number]>);
  return {
    run,
    prefix,
    files: new Map(places.map(([name, [offset, tail, againUntil = START.againUntil]]) => [name, { offset, tail, againUntil }])),
    skipped: { ...(skipped as SkipCounts | undefined) },
    lastMs: typeof lastMs === 'number' ? lastMs : Number.NaN,
    end: (end ?? undefined) as Hparams['end'],
    isMade: isMade === true,
  };
}
