import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Labels } from '@vitrine/model/labels.ts';
import type { AppendResult, MetricMetadata, SampleBatch } from '@vitrine/model/sample-store.ts';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../scrape/clock.ts';
import { ScrapeBatch } from '../../scrape/scrape-batch.ts';
import { StartError } from '../../start-error.ts';
import type { Intake } from '../intake.ts';
import type { Sender } from '../sender.ts';
import { type GroupLabels, groupId, groupOf } from './group-labels.ts';
import { openPushFile, type PushFile } from './push-file.ts';
import { keysOf, PushGroups, type PushedGroup, type PushLimits, samplesOf } from './push-groups.ts';
import { PushRefused } from './push-refused.ts';
import { MOST_SAMPLES, ownKey, PUSH_FAILURE_TIME, PUSH_TIME, type PushedFamily } from './pushed-family.ts';
import { rejectionText } from '../rejection-text.ts';

/** `replace` (PUT): the group is what was pushed. `add` (POST): of the same name as what was pushed only that counts. */
export type PushHow = 'replace' | 'add';

/**
 * Metrics that short-lived jobs push and that stay until they are deleted, as in Prometheus' Pushgateway. They are
 * written into the store at once, and again each interval, as if a gateway were scraped with honor_labels.
 */
export interface Pushgateway {
  /**
   * Reads what was pushed with the labels of its group, and keeps it. Resolves once it survives `kill -9`. Throws
   * PushRefused, StoreBusy or StoreReadOnly: then the group is as it was.
   */
  push(sender: Sender, path: ReadonlyMap<string, string>, how: PushHow, read: ReadPush): Promise<void>;
  /** Deletes a group of the sender, if there is one; its series end at once. */
  remove(sender: Sender, path: ReadonlyMap<string, string>): Promise<void>;
  /** Deletes a group of anybody. Whether there was one. */
  removeById(id: string): Promise<boolean>;
  /** Deletes all groups. */
  wipe(): Promise<void>;
  groups(): Iterable<PushedGroup>;
  stop(): Promise<void>;
}

/** Metrics with the group's labels over their own, stamped with the time. Others have their turn after each step. */
export type ReadPush = (group: GroupLabels, nowMs: number) => Generator<undefined, readonly PushedFamily[]>;

export interface PushgatewayNeeds {
  /** The data folder. */
  readonly folder: string;
  readonly intake: Pick<Intake, 'take'>;
  /** Stores what is kept, again and again: that is nobody's sending. */
  readonly append: (batch: SampleBatch) => Promise<AppendResult>;
  readonly onMetadata: (metadata: readonly MetricMetadata[], labels: Labels) => void;
  readonly intervalMs: number;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  readonly clock?: Clock;
  readonly limits?: PushLimits;
}

const FILE = 'pushgateway.sqlite';
const LIMITS: PushLimits = { groups: 10_000, samplesAGroup: MOST_SAMPLES, samples: 1_000_000, chars: 256 * 1024 * 1024 };
/** Samples that are handed to the store at a time. */
const SLICE = 50_000;
/** Groups that are deleted at a time. */
const AT_A_TIME = 500;
/** The gateway's own series of each group. */
const OWN = 2;

/** Opens what was pushed before, and begins to write it. Throws StartError. */
export function openPushgateway(needs: PushgatewayNeeds): Pushgateway {
  const gateway = new KeptPushgateway(needs);
  gateway.start();
  return gateway;
}

class KeptPushgateway implements Pushgateway {
  readonly #needs: PushgatewayNeeds;
  readonly #clock: Clock;
  readonly #path: string;
  readonly #groups: PushGroups;
  /** There once something was pushed. */
  #file: PushFile | undefined;
  /** What is under way for each group: one change comes after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #reading: Promise<unknown> = Promise.resolve();
  #cancelTimer = (): void => undefined;
  #writing: Promise<void> = Promise.resolve();
  readonly #aside = new Set<Promise<void>>();
  #stopped = false;
  #complained = false;

  constructor(needs: PushgatewayNeeds) {
    this.#needs = needs;
    this.#clock = needs.clock ?? systemClock;
    this.#path = join(needs.folder, FILE);
    this.#groups = new PushGroups(needs.limits ?? LIMITS);
  }

  start(): void {
    if (existsSync(this.#path)) this.#load();
    this.#wait();
  }

  push(sender: Sender, path: ReadonlyMap<string, string>, how: PushHow, read: ReadPush): Promise<void> {
    const labels = groupOf(path, sender.labels);
    return this.#inTurn(groupId(labels), (id) => this.#push(id, sender, labels, how, read));
  }

  async remove(sender: Sender, path: ReadonlyMap<string, string>): Promise<void> {
    await this.removeById(groupId(groupOf(path, sender.labels)));
  }

  removeById(id: string): Promise<boolean> {
    return this.#inTurn(id, async () => {
      const group = this.#groups.get(id);
      if (group === undefined) return false;
      this.#openFile().remove(id);
      this.#groups.remove(id);
      const keys = [...keysOf(group), ...ownKeys(group)];
      const batch = new ScrapeBatch(keys.length);
      for (const key of keys) batch.addStale(key, this.#clock.nowMs());
      await this.#write(batch);
      return true;
    });
  }

  async wipe(): Promise<void> {
    const ids = Array.from(this.#groups.all(), ({ id }) => id);
    for (let at = 0; at < ids.length; at += AT_A_TIME) {
      await Promise.all(ids.slice(at, at + AT_A_TIME).map((id) => this.removeById(id)));
    }
  }

  groups(): Iterable<PushedGroup> {
    return this.#groups.all();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    await this.#writing;
    await Promise.allSettled(this.#turns.values());
    await Promise.all(this.#aside);
    this.#file?.close();
    this.#file = undefined;
  }

  async #push(id: string, sender: Sender, labels: GroupLabels, how: PushHow, read: ReadPush): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const before = this.#groups.get(id);
    try {
      const pushed = await this.#read(read(labels, nowMs));
      const next: PushedGroup = {
        id,
        labels,
        tenant: sender.labels.key,
        sender: sender.name,
        families: new Map([...(how === 'add' ? (before?.families ?? []) : []), ...pushed.map((it) => [it.name, it] as const)]),
        pushedMs: nowMs,
        failedMs: before?.failedMs,
        failure: before?.failure ?? '',
      };
      this.#groups.check(next);
      const { rejected, rejectedCount } = await this.#needs.intake.take('pushgateway', sender, batchOf(pushed, nowMs));
      // Others may have pushed meanwhile.
      this.#groups.check(next);
      this.#keep(next);
      this.#writeAside(changesOf(next, before, nowMs));
      this.#needs.onMetadata(pushed.map(metadataOf), sender.labels);
      if (rejectedCount > 0) {
        const sentence = `The group was kept, but the store refused ${rejectedCount} of its samples: ${rejected[0] === undefined ? 'unknown' : rejectionText(rejected[0])}.`;
        throw new PushRefused(400, 'store', sentence);
      }
    } catch (error) {
      if (error instanceof PushRefused && error.reason !== 'not readable') await this.#noteFailure(id, sender, labels, error);
      throw error;
    }
  }

  /** Pushes of more than a step come one after the other, so that only one of them is unfolded in memory. */
  #read(steps: ReturnType<ReadPush>): Promise<readonly PushedFamily[]> {
    const first = steps.next();
    if (first.done === true) return Promise.resolve(first.value);
    const mine = this.#reading.then(async () => {
      for (;;) {
        await setImmediate();
        const next = steps.next();
        if (next.done === true) return next.value;
      }
    });
    this.#reading = mine.catch(() => undefined);
    return mine;
  }

  /** A push that could be read but not be kept is told by a metric of its group, so that somebody can be alerted. */
  async #noteFailure(id: string, sender: Sender, labels: GroupLabels, { message, status }: PushRefused): Promise<void> {
    const before = this.#groups.get(id);
    // What there is no room for does not take room by failing.
    if (before === undefined && (status !== 400 || this.#groups.isFull)) return;
    const failedMs = this.#clock.nowMs();
    const next: PushedGroup = {
      ...(before ?? { id, labels, tenant: sender.labels.key, sender: sender.name, families: new Map(), pushedMs: undefined }),
      failedMs,
      failure: message.slice(0, 500),
    };
    this.#keep(next);
    const batch = new ScrapeBatch(OWN);
    addOwn(batch, next, failedMs);
    await this.#write(batch);
  }

  #keep(next: PushedGroup): void {
    this.#openFile().save(next);
    this.#groups.put(next);
  }

  async #inTurn<T>(id: string, work: (id: string) => Promise<T>): Promise<T> {
    const before = this.#turns.get(id);
    const turn = (before ?? Promise.resolve()).then(
      () => work(id),
      () => work(id),
    );
    this.#turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }

  #wait(): void {
    if (this.#stopped) return;
    const { intervalMs } = this.#needs;
    const nowMs = this.#clock.nowMs();
    const turnMs = (Math.floor(nowMs / intervalMs) + 1) * intervalMs;
    this.#cancelTimer = this.#clock.after(turnMs - nowMs, () => {
      this.#writing = this.#writeAll().finally(() => this.#wait());
    });
  }

  /** All that is kept, once more. */
  async #writeAll(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    let waiting: PushedGroup[] = [];
    let samples = 0;
    const flush = async (): Promise<void> => {
      const batch = new ScrapeBatch(samples);
      for (const group of waiting) addAll(batch, group, nowMs);
      waiting = [];
      samples = 0;
      await this.#write(batch);
    };
    for (const group of Array.from(this.#groups.all())) {
      // What is changing is written by whoever changes it: an old value after the new one would look like a reset.
      if (this.#turns.has(group.id) || this.#groups.get(group.id) !== group) continue;
      waiting.push(group);
      samples += samplesOf(group) + OWN;
      if (samples >= SLICE) await flush();
      if (this.#stopped) return;
    }
    if (samples > 0) await flush();
  }

  /** Nobody waits for it; the end of the server does. */
  #writeAside(batch: ScrapeBatch): void {
    const writing = this.#write(batch).finally(() => this.#aside.delete(writing));
    this.#aside.add(writing);
  }

  /** Never throws: what the store does not take now it is given again. */
  async #write(batch: ScrapeBatch): Promise<void> {
    try {
      const { rejected } = await this.#needs.append(batch.finish());
      this.#complain(rejected.find(({ reason }) => reason !== 'duplicate')?.reason);
    } catch (error) {
      this.#complain((error as Error).message);
    }
  }

  /** Says once, for as long as it stays so, that something is not stored. */
  #complain(problem: string | undefined): void {
    if (problem !== undefined && !this.#complained) {
      this.#needs.log.warn({ problem }, 'The store did not take some of the metrics that were pushed.');
    }
    this.#complained = problem !== undefined;
  }

  #load(): void {
    try {
      for (const group of this.#openFile().load()) {
        this.#groups.put(group);
        this.#needs.onMetadata(Array.from(group.families.values(), metadataOf), Labels.fromKey(group.tenant));
      }
    } catch (error) {
      const problem = (error as Error).message;
      throw new StartError(
        `The metrics that were pushed cannot be read from ${this.#path} (${problem}). Move that file away to start without them.`,
        { cause: error },
      );
    }
  }

  #openFile(): PushFile {
    this.#file ??= openPushFile(this.#path);
    return this.#file;
  }
}

/** What the sender brought. */
function batchOf(pushed: readonly PushedFamily[], nowMs: number): SampleBatch {
  const batch = new ScrapeBatch(pushed.reduce((sum, { values }) => sum + values.length, 0));
  for (const family of pushed) addFamily(batch, family, nowMs);
  return batch.finish();
}

/** What a push changes beside: the gateway's own series, and an end for those that are gone. */
function changesOf(next: PushedGroup, before: PushedGroup | undefined, nowMs: number): ScrapeBatch {
  const gone = new Set(before === undefined ? [] : keysOf(before));
  for (const key of keysOf(next)) gone.delete(key);
  const batch = new ScrapeBatch(OWN + gone.size);
  addOwn(batch, next, nowMs);
  for (const key of gone) batch.addStale(key, nowMs);
  return batch;
}

function addAll(batch: ScrapeBatch, group: PushedGroup, nowMs: number): void {
  for (const family of group.families.values()) addFamily(batch, family, nowMs);
  addOwn(batch, group, nowMs);
}

function addFamily(batch: ScrapeBatch, { keys, values, histograms }: PushedFamily, nowMs: number): void {
  for (const [i, key] of keys.entries()) {
    batch.add(batch.addSeries(key), nowMs, values[i] as number);
    const histogram = histograms?.get(i);
    if (histogram !== undefined) batch.isHistogram(histogram);
  }
}

/** Seconds, 0 where there was none: alerts that people have compare the two. */
function addOwn(batch: ScrapeBatch, { labels, pushedMs = 0, failedMs = 0 }: PushedGroup, nowMs: number): void {
  batch.add(batch.addSeries(ownKey(PUSH_TIME, labels)), nowMs, pushedMs / 1_000);
  batch.add(batch.addSeries(ownKey(PUSH_FAILURE_TIME, labels)), nowMs, failedMs / 1_000);
}

function ownKeys({ labels }: PushedGroup): string[] {
  return [ownKey(PUSH_TIME, labels), ownKey(PUSH_FAILURE_TIME, labels)];
}

function metadataOf({ name, type, help, unit }: PushedFamily): MetricMetadata {
  return { metric: name, type, help, unit };
}
