import type { CurveBatch, CurveGrowth, CurveStore } from '@vitrine/model/curve-store.ts';
import type { Finding, Project, Run, RunSource, RunStatus } from '@vitrine/model/run.ts';

/** What a door knows of a run when it first hears of it. */
export interface NewRun {
  /** A new one where absent. */
  readonly id?: string | undefined;
  /** A made-up one where "" or absent. */
  readonly name?: string | undefined;
  /** The project's name; it is made where there is none. */
  readonly project: string;
  readonly source: RunSource;
  readonly group?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly status?: RunStatus;
  readonly startedMs?: number;
  readonly parentId?: string | undefined;
  readonly user?: string;
  readonly hosts?: readonly string[];
  /** Those of the sender's token. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface RunEdit {
  readonly name?: string;
  readonly notes?: string;
  readonly group?: string;
  readonly status?: RunStatus;
  readonly startedMs?: number;
  /** null: it runs again. */
  readonly endedMs?: number | null;
  readonly parentId?: string | null;
  readonly user?: string;
  /** Added to those that it has. */
  readonly hosts?: readonly string[];
  /** null removes. */
  readonly tags?: Readonly<Record<string, string | null>>;
  /** Added; how one that is there may change is the door's own rule. */
  readonly params?: Readonly<Record<string, string>>;
}

/** What happened to runs, for live pages, health and whoever else waits. */
export interface RunEvents {
  /** Made, changed, deleted. */
  readonly changed: readonly string[];
  readonly findings: readonly string[];
}

/**
 * All runs: what they are stands in the document store, their curves in the curve store. Every door, page and detector goes through here.
 * What is written is on disk when a promise resolves.
 */
export interface Runs {
  readonly curves: CurveStore;

  projects(): Promise<readonly Project[]>;
  project(name: string): Promise<Project | undefined>;
  projectById(id: number): Promise<Project | undefined>;
  /** The project of that name; made where there is none. */
  ensureProject(name: string, tags?: Readonly<Record<string, string>>): Promise<Project>;
  /** null removes a tag, or takes out of the bin. Throws HttpError 409 where the name is taken. */
  editProject(
    id: number,
    edit: { readonly name?: string; readonly tags?: Readonly<Record<string, string | null>>; readonly deletedMs?: number | null },
  ): Promise<Project>;

  /** Takes the project out of the bin, where it is there: the run could not be seen. Throws HttpError 409 where the id is taken by another run. */
  create(run: NewRun): Promise<Run>;
  /**
   * The run of that id, whoever made it; made as by create() where there is none. For doors whose senders do not announce runs: they check
   * its owner (checkRunOwner).
   */
  ensure(run: NewRun & { readonly id: string }): Promise<Run>;
  /**
   * Keeps points and items, as the curve store does; but only where each of their runs is there: one that was erased while its sender went on
   * would come back as curves without a run. Throws HttpError 404.
   */
  append(batch: CurveBatch): ReturnType<CurveStore['append']>;
  find(id: string): Promise<Run | undefined>;
  /** Those that are there, in the order asked. */
  findAll(ids: readonly string[]): Promise<readonly Run[]>;
  /** Every run that is not in the bin, the newest first; kept in memory, so cheap. */
  all(): Promise<readonly Run[]>;
  deleted(): Promise<readonly Run[]>;
  /** Throws HttpError 404 where there is none. */
  edit(id: string, edit: RunEdit): Promise<Run>;
  /** Into the bin and back. */
  setDeleted(ids: readonly string[], deleted: boolean): Promise<number>;
  /** For good: curves, items and artefacts with it. */
  erase(ids: readonly string[]): Promise<number>;
  /** Something was heard of the run; kept in memory and written now and then. */
  touch(id: string, nowMs: number): void;

  findings(runs: readonly string[]): Promise<readonly Finding[]>;
  /** Replaces what a run's detectors say; keeps who acknowledged what. */
  setFindings(run: string, findings: readonly Finding[]): Promise<void>;
  setFindingState(run: string, finding: string, state: Finding['state'], by: string): Promise<Finding>;

  /** Folder of a run's artefacts; made when something is put there. */
  artifactFolder(run: string): string;

  onEvents(listener: (events: RunEvents) => void): () => void;
  onGrowth(listener: (growth: CurveGrowth) => void): () => void;
}
