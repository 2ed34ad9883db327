import { Labels } from '@vitrine/model/labels.ts';
import { type GroupLabels, groupText } from './group-labels.ts';
import { PushRefused } from './push-refused.ts';
import { inconsistent, type MetricType, type PushedFamily, sampleNames, shown } from './pushed-family.ts';

/** Metrics that were pushed under the same labels, and stay until they are deleted. Times are unix milliseconds. */
export interface PushedGroup {
  readonly id: string;
  readonly labels: GroupLabels;
  /** `Labels.key` of the sender's own labels: whose metrics must agree with these on their types. */
  readonly tenant: string;
  /** What the last that pushed is called. */
  readonly sender: string;
  readonly families: ReadonlyMap<string, PushedFamily>;
  readonly pushedMs: number | undefined;
  readonly failedMs: number | undefined;
  /** Why the last push that failed did; "" where none has. */
  readonly failure: string;
}

export interface PushLimits {
  readonly groups: number;
  readonly samplesAGroup: number;
  readonly samples: number;
  /** Of the names, labels and descriptions of all groups, and bytes of their native histograms' buckets. */
  readonly chars: number;
}

/** About as much as a span takes in memory. */
const SPAN_CHARS = 40;

/** All groups, and what must be known of them to say whether another push agrees with them. */
export class PushGroups {
  readonly #limits: PushLimits;
  readonly #groups = new Map<string, PushedGroup>();
  /** By job, then by the names of their labels. */
  readonly #byShape = new Map<string, Map<string, Map<string, PushedGroup>>>();
  /** How many groups of a tenant have a metric of that name, by its type. */
  readonly #types = new Map<string, Map<MetricType, number>>();
  #samples = 0;
  #chars = 0;

  constructor(limits: PushLimits) {
    this.#limits = limits;
  }

  get(id: string): PushedGroup | undefined {
    return this.#groups.get(id);
  }

  all(): IterableIterator<PushedGroup> {
    return this.#groups.values();
  }

  put(group: PushedGroup): void {
    this.remove(group.id);
    this.#groups.set(group.id, group);
    const [job, shape] = placeOf(group);
    const shapes = this.#byShape.get(job) ?? new Map<string, Map<string, PushedGroup>>();
    this.#byShape.set(job, shapes.set(shape, (shapes.get(shape) ?? new Map<string, PushedGroup>()).set(group.id, group)));
    this.#samples += samplesOf(group);
    this.#chars += charsOf(group);
    for (const { name, type } of group.families.values()) this.#count(group.tenant, name, type, 1);
  }

  remove(id: string): void {
    const group = this.#groups.get(id);
    if (group === undefined) return;
    this.#groups.delete(id);
    const [job, shape] = placeOf(group);
    const shapes = this.#byShape.get(job);
    const alike = shapes?.get(shape);
    alike?.delete(id);
    if (alike?.size === 0) shapes?.delete(shape);
    if (shapes?.size === 0) this.#byShape.delete(job);
    this.#samples -= samplesOf(group);
    this.#chars -= charsOf(group);
    for (const { name, type } of group.families.values()) this.#count(group.tenant, name, type, -1);
  }

  get isFull(): boolean {
    return this.#groups.size >= this.#limits.groups;
  }

  #checkRoom(): void {
    if (!this.isFull) return;
    throw new PushRefused(
      429,
      'too many groups',
      `There are ${this.#limits.groups} groups of pushed metrics, which is the limit. Delete those that are over (DELETE at their address, or on the page Ingest), and push under labels that come again rather than under a new one for each run.`,
    );
  }

  /** Throws PushRefused where the group, in place of the one of its id, would not agree with itself or with the others. */
  check(next: PushedGroup): void {
    const before = this.#groups.get(next.id);
    if (before === undefined) this.#checkRoom();
    this.#checkSize(next, before);
    const keys = new Set<string>();
    for (const family of next.families.values()) {
      this.#checkTypes(next, before, family);
      for (const key of family.keys) {
        if (keys.has(key))
          throw inconsistent(`${shown(Labels.fromKey(key))} stands twice, once the labels of the address are put in.`);
        keys.add(key);
      }
    }
    // What has another job cannot have the same labels, nor what has labels of the same names and other values.
    const [job, shape] = placeOf(next);
    for (const [otherShape, others] of this.#byShape.get(job) ?? []) {
      if (otherShape === shape) continue;
      for (const other of others.values()) if (mayOverlap(next.labels, other.labels)) checkDistinct(keys, next, other);
    }
  }

  #checkSize(next: PushedGroup, before: PushedGroup | undefined): void {
    const samples = samplesOf(next);
    if (samples > this.#limits.samplesAGroup) {
      throw new PushRefused(
        413,
        'too large',
        `The group ${groupText(next.labels)} would have ${samples} samples; at most ${this.#limits.samplesAGroup} may be there. Push fewer series, or under several groups.`,
      );
    }
    const others = this.#samples - (before === undefined ? 0 : samplesOf(before));
    if (others + samples > this.#limits.samples) {
      throw new PushRefused(
        429,
        'too many groups',
        `The groups of pushed metrics would have more than ${this.#limits.samples} samples in all, which is the limit. Delete those that are over.`,
      );
    }
    const otherChars = this.#chars - (before === undefined ? 0 : charsOf(before));
    if (otherChars + charsOf(next) > this.#limits.chars) {
      throw new PushRefused(
        429,
        'too many groups',
        `The labels and help texts of pushed metrics would have more than ${this.#limits.chars} characters in all, which is the limit. Push shorter ones, or delete groups that are over.`,
      );
    }
  }

  /** One name, one type: in the group itself, and among the groups of the same tenant. */
  #checkTypes(next: PushedGroup, before: PushedGroup | undefined, { name, type }: PushedFamily): void {
    for (const other of this.#typesOf(next, before, name)) {
      if (other !== type) {
        const found = { mine: type === 'unknown' ? 'untyped' : type, theirs: other === 'unknown' ? 'untyped' : other };
        throw inconsistent(
          `${name} is ${found.mine} here and ${found.theirs} in another group. Give it the same TYPE everywhere, or delete that group.`,
        );
      }
    }
    for (const sample of sampleNames(name, type)) {
      const isThere = next.families.has(sample) || this.#typesOf(next, before, sample).length > 0;
      if (isThere) throw collision(name, type, sample);
    }
    for (const suffix of ['_bucket', '_count', '_sum']) {
      if (!name.endsWith(suffix)) continue;
      const base = name.slice(0, -suffix.length);
      const own = next.families.get(base)?.type;
      const owners = [...this.#typesOf(next, before, base), ...(own === undefined ? [] : [own])];
      const owner = owners.find((it) => it !== 'counter' && sampleNames(base, it).includes(name));
      if (owner !== undefined) throw collision(base, owner, name);
    }
  }

  /** The types that a name has in other groups of the same tenant. */
  #typesOf({ tenant }: PushedGroup, before: PushedGroup | undefined, name: string): MetricType[] {
    const counts = this.#types.get(typeKey(tenant, name));
    if (counts === undefined) return [];
    const own = before?.tenant === tenant ? before.families.get(name)?.type : undefined;
    return [...counts].flatMap(([type, count]) => (count > (type === own ? 1 : 0) ? [type] : []));
  }

  #count(tenant: string, name: string, type: MetricType, by: 1 | -1): void {
    const key = typeKey(tenant, name);
    const counts = this.#types.get(key) ?? new Map<MetricType, number>();
    const count = (counts.get(type) ?? 0) + by;
    if (count > 0) counts.set(type, count);
    else counts.delete(type);
    if (counts.size > 0) this.#types.set(key, counts);
    else this.#types.delete(key);
  }
}

export function samplesOf({ families }: Pick<PushedGroup, 'families'>): number {
  let samples = 0;
  for (const { values } of families.values()) samples += values.length;
  return samples;
}

function charsOf({ families }: PushedGroup): number {
  let chars = 0;
  for (const { name, help, unit, keys, histograms } of families.values()) {
    chars += name.length + help.length + unit.length;
    for (const key of keys) chars += key.length;
    for (const { positiveBuckets, negativeBuckets, customValues, positiveSpans, negativeSpans } of histograms?.values() ?? []) {
      chars += positiveBuckets.byteLength + negativeBuckets.byteLength + customValues.byteLength;
      chars += SPAN_CHARS * (positiveSpans.length + negativeSpans.length);
    }
  }
  return chars;
}

export function keysOf({ families }: Pick<PushedGroup, 'families'>): string[] {
  return [...families.values()].flatMap(({ keys }) => keys);
}

function typeKey(tenant: string, name: string): string {
  return `${name}\n${tenant}`;
}

function placeOf({ labels }: PushedGroup): [job: string, shape: string] {
  return [labels.get('job') ?? '', [...labels.keys()].join()];
}

/** Whether metrics of both could have the same labels: no label has two values. */
function mayOverlap(a: GroupLabels, b: GroupLabels): boolean {
  for (const [name, value] of a) if (b.has(name) && b.get(name) !== value) return false;
  return true;
}

function checkDistinct(keys: ReadonlySet<string>, next: PushedGroup, other: PushedGroup): void {
  for (const name of next.families.keys()) {
    const same = other.families.get(name)?.keys.find((key) => keys.has(key));
    if (same !== undefined)
      throw inconsistent(
        `${shown(Labels.fromKey(same))} is in the group ${groupText(other.labels)} already. Push it in one of them only.`,
      );
  }
}

function collision(name: string, type: MetricType, sample: string): PushRefused {
  return inconsistent(`${sample} is a metric by itself and also a sample of ${name}, which is a ${type}. Rename one of them.`);
}
