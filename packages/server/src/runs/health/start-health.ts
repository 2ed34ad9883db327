import type { Run } from '@vitrine/model/run.ts';
import type { SampleStore } from '@vitrine/model/sample-store.ts';
import type { DocumentStore } from '../../documents/document-store.ts';
import type { Runs } from '../runs.ts';
import { annotateFindings } from './finding-annotations.ts';
import { findingMetric } from './finding-metric.ts';
import type { HealthSettingsStore } from './health-settings.ts';
import { isNews, mergeFindings } from './merge-findings.ts';
import type { RunJudge } from './run-judge.ts';

export interface Health {
  /** Judges a project's running and newest runs anew: its settings have changed. */
  judgeAgain(projectId: number): Promise<void>;
  /** Resolves when nothing waits to be judged or written; for tests. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface HealthNeeds {
  readonly runs: Runs;
  readonly settings: HealthSettingsStore;
  readonly documents: Pick<DocumentStore, 'annotations'>;
  readonly samples: Pick<SampleStore, 'append'>;
  readonly judge: RunJudge;
  readonly log: { readonly error: (context: { readonly err: unknown }, sentence: string) => void };
  readonly nowMs?: () => number;
  /** How long growth is gathered before a run is judged, and how often numbers that merely move along are saved at most. */
  readonly gatherMs?: number;
  readonly saveMs?: number;
}

const GATHER_MS = 1_000;
/** A run rests for so many times of what judging it took, and all of them: long ones are looked at less often, and many leave most of a core to others. */
const REST = 10;
const REST_OF_ALL = 2;
type Due = readonly [id: string, at: number];
const NOBODY: Due = ['', Infinity];

/** Silence is looked for, and the metric written, so often. */
const MINUTE_MS = 60_000;
const SAVE_MS = 10_000;
/** Runs heard of within that time are judged when the server starts: it may have ended before it came to them. */
const RECENT_MS = 3_600_000;
const NEWEST_RUNS = 200;

/**
 * Judges runs as their curves grow, and looks for silence now and then. Findings go to the run, to annotations and to the sample store. One run is
 * judged at a time, in another thread; what waits is a set of runs, so that ingest is never held up and nothing piles up.
 */
export async function startHealth({
  runs,
  settings,
  documents,
  samples,
  judge,
  log,
  nowMs = Date.now,
  gatherMs = GATHER_MS,
  saveMs = SAVE_MS,
}: HealthNeeds): Promise<Health> {
  const metric = findingMetric(samples, nowMs);
  // These go by a clock that nobody sets: performance.now().
  /** By run: when it may be judged. */
  const waiting = new Map<string, number>();
  const restUntil = new Map<string, number>();
  let allRestUntil = 0;
  const savedMs = new Map<string, number>();
  /** Running ones, whose silence would be news. */
  const watched = new Set<string>();
  const idlers = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let working = false;
  let stopped = false;
  let work: Promise<void> = Promise.resolve();
  let telling: Promise<void> = Promise.resolve();

  const fails =
    (sentence: string) =>
    (error: unknown): void => {
      if (!stopped) log.error({ err: error }, sentence);
    };

  const ask = (id: string, afterMs: number): void => {
    if (stopped) return;
    const at = Math.max(performance.now() + afterMs, restUntil.get(id) ?? 0);
    const known = waiting.get(id);
    if (known === undefined || at < known) waiting.set(id, at);
    schedule();
  };
  const schedule = (): void => {
    if (working || stopped) return;
    clearTimeout(timer);
    const next = waiting.values().reduce((least, at) => Math.min(least, at), Infinity);
    if (next === Infinity) {
      for (const resolve of idlers) resolve();
      idlers.clear();
      return;
    }
    timer = setTimeout(() => void (work = judgeDue()), Math.max(0, Math.max(next, allRestUntil) - performance.now()));
    timer.unref();
  };
  const judgeDue = async (): Promise<void> => {
    const [id] = [...waiting]
      .filter(([, at]) => at <= performance.now())
      .reduce<Due>((first, one) => (one[1] < first[1] ? one : first), NOBODY);
    if (id === '') return schedule();
    working = true;
    waiting.delete(id);
    const startedMs = performance.now();
    await judgeOne(id).catch(fails('the health of a run could not be judged'));
    const endedMs = performance.now();
    restUntil.set(id, endedMs + (endedMs - startedMs) * REST);
    allRestUntil = endedMs + (endedMs - startedMs) * REST_OF_ALL;
    working = false;
    schedule();
  };

  const judgeOne = async (id: string): Promise<void> => {
    const run = await runs.find(id);
    if (run === undefined || run.deletedMs !== undefined) return;
    const { detectors, roles } = await settings.of(run.projectId);
    const running = run.status === 'running';
    if (running) watched.add(id);
    else watched.delete(id);
    const verdicts = await judge.judge({
      run: id,
      params: run.params,
      // Nobody waits for more of a file.
      running: running && run.source !== 'file',
      firstHeardMs: run.firstHeardMs,
      nowMs: nowMs(),
      detectors,
      roles,
    });
    const before = await runs.findings([id]);
    const after = mergeFindings(before, verdicts, id, nowMs());
    const waitMs = (savedMs.get(id) ?? -Infinity) + saveMs - performance.now();
    if (running && !isNews(before, after) && waitMs > 0) {
      // What moves along is saved a little later, with all that has come by then.
      if (after.length > 0) ask(id, waitMs);
      return;
    }
    savedMs.set(id, performance.now());
    await runs.setFindings(id, after);
  };

  const tell = async (id: string): Promise<void> => {
    const run = await runs.find(id);
    const findings = run === undefined ? [] : await runs.findings([id]);
    await metric.show(id, run, findings);
    await annotateFindings(documents.annotations, id, findings, nowMs());
  };
  const tellSoon = (id: string): void => {
    telling = telling.then(() => tell(id)).catch(fails('the findings of a run could not be written down'));
  };

  const forget = (id: string): void => {
    for (const known of [waiting, restUntil, savedMs]) known.delete(id);
    watched.delete(id);
  };
  const onChanged = async (id: string): Promise<void> => {
    const run = await runs.find(id);
    if (run === undefined || run.deletedMs !== undefined) {
      forget(id);
      tellSoon(id);
      return;
    }
    const isRunning = run.status === 'running';
    // A run that has ended is silent by right.
    if (watched.has(id) !== isRunning) ask(id, gatherMs);
    if (isRunning) watched.add(id);
    else watched.delete(id);
  };

  const everyMinute = async (): Promise<void> => {
    // Not by its heartbeat: a client may say that it lives where its training hangs.
    for (const id of watched) if (!waiting.has(id)) ask(id, 0);
    await metric.again((id) => runs.find(id));
  };

  const unwatch = [
    runs.onGrowth(({ runs: grown }) => {
      for (const id of grown.keys()) ask(id, gatherMs);
    }),
    runs.onEvents(({ changed, findings }) => {
      for (const id of changed) onChanged(id).catch(fails('a run that changed could not be judged'));
      for (const id of findings) tellSoon(id);
    }),
  ];
  const minute = setInterval(() => {
    everyMinute().catch(fails('running runs could not be looked after'));
  }, MINUTE_MS);
  minute.unref();

  for (const run of await runs.all()) {
    if (run.status === 'running') watched.add(run.id);
    if (run.status !== 'running' && nowMs() - run.heartbeatMs > RECENT_MS) continue;
    ask(run.id, gatherMs);
    tellSoon(run.id);
  }

  return {
    async judgeAgain(projectId) {
      const own = (await runs.all()).filter((run: Run) => run.projectId === projectId);
      own.forEach((run, index) => {
        if (index >= NEWEST_RUNS && run.status !== 'running') return;
        // What was found by other numbers is saved at once.
        savedMs.delete(run.id);
        restUntil.delete(run.id);
        ask(run.id, 0);
      });
    },
    async idle() {
      if (waiting.size > 0 || working) await new Promise<void>((resolve) => idlers.add(resolve));
      await telling;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearInterval(minute);
      for (const off of unwatch) off();
      await judge.close();
      await work;
      await telling;
    },
  };
}
