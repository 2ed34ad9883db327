import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { Exemplar } from '@vitrine/model/sample-store.ts';
import { isSameHistogram } from './chunk/same-histogram.ts';
import {
  CRASH_STORE,
  crashBatch,
  crashExemplars,
  crashHistograms,
  doomedMs,
  EXEMPLARS_A_SERIES,
  goingSeries,
  STAYING,
} from './crash-writer.ts';
import { killedWriter } from './killed-writer.ts';
import { LocalStore } from './local-store.ts';
import { bitsOf, keyOf, readAll, tempFolder } from './store-for-tests.ts';

/** So that kills come upon commits, upon flushes of the head, upon checkpoints, deletions and upon the way between two threads. */
const MODES = ['flushing', 'checkpointing', 'deleting', 'flushing', 'worker'];
const WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));

const NOTHING_MISSING = { floats: 0, histograms: 0, exemplars: 0, deletions: 0 };

interface Rich {
  readonly histogram: NativeHistogram;
  readonly startMs: number;
}

/** What was acknowledged, by series and time. */
class Acknowledged {
  readonly floats = new Map<string, Map<number, bigint>>();
  readonly histograms = new Map<string, Map<number, Rich>>();
  readonly exemplars = new Map<string, Exemplar[]>();
  readonly deleted: number[] = [];

  /** A writer's number: below zero it is that of what was deleted. */
  add(number: number): void {
    if (number < 0) {
      this.deleted.push(-number);
      return;
    }
    for (const [series, timestampMs, value] of crashBatch(number)) {
      placeIn(this.floats, series, () => new Map<number, bigint>()).set(timestampMs, bitsOf(value));
    }
    for (const { series, timestampMs, ...rich } of crashHistograms(number)) {
      placeIn(this.histograms, series, () => new Map<number, Rich>()).set(timestampMs, rich);
    }
    for (const { series, exemplar } of crashExemplars(number)) placeIn(this.exemplars, series, () => []).push(exemplar);
  }

  /** How much of it a store has not, bit for bit, and how much it has of what was deleted. */
  async missingIn(store: LocalStore): Promise<typeof NOTHING_MISSING> {
    const missing = { ...NOTHING_MISSING };
    const found = readAll(store.source, []);
    const staying = new Set(found.get(keyOf(STAYING))?.map(([timestampMs]) => timestampMs));
    for (const number of this.deleted) {
      for (let i = 0; i < 100; i++) if (staying.has(doomedMs(number) + i)) missing.deletions++;
      if (found.has(keyOf(goingSeries(number)))) missing.deletions++;
    }
    for (const [key, samples] of this.floats) {
      const there = new Map(found.get(key));
      for (const [timestampMs, bits] of samples) if (there.get(timestampMs) !== bits) missing.floats++;
    }
    const rich = richOf(store);
    for (const [key, samples] of this.histograms) {
      for (const [timestampMs, { histogram, startMs }] of samples) {
        const there = rich.get(key)?.get(timestampMs);
        if (there === undefined || there.startMs !== startMs || !isSameHistogram(there.histogram, histogram))
          missing.histograms++;
      }
    }
    const exemplars = new Map<string, readonly Exemplar[]>();
    for (const { labels, exemplars: own } of await store.exemplars({
      selectors: [],
      fromMs: -Infinity,
      toMs: Infinity,
      limit: 0,
    })) {
      exemplars.set(labels.key, own);
      expect(own.every(({ timestampMs }, i) => i === 0 || timestampMs > own[i - 1]!.timestampMs)).toBe(true);
    }
    for (const number of this.deleted) if (exemplars.has(keyOf(goingSeries(number)))) missing.deletions++;
    for (const [key, own] of this.exemplars) {
      const kept = exemplars.get(key) ?? [];
      const there = new Map(kept.map((exemplar) => [exemplar.timestampMs, exemplar]));
      // What was sent and not acknowledged may have come, and others made way for it.
      const oldestMs = kept.length >= EXEMPLARS_A_SERIES ? (kept[0] as Exemplar).timestampMs : -Infinity;
      expect(kept.length).toBeLessThanOrEqual(EXEMPLARS_A_SERIES);
      for (const { timestampMs, value, labels } of own) {
        if (timestampMs < oldestMs) continue;
        const one = there.get(timestampMs);
        if (one?.value !== value || one.labels.key !== labels.key) missing.exemplars++;
      }
    }
    for (const samples of found.values()) {
      expect(samples.every(([timestampMs], i) => i === 0 || timestampMs > samples[i - 1]![0])).toBe(true);
    }
    return missing;
  }
}

/** Kills a writer so many times at random moments and opens the store after each: all that was acknowledged is there once, and what was deleted is not. */
export async function surviveKills(kills: number): Promise<void> {
  const { folder, remove } = tempFolder();
  try {
    const acknowledged = new Acknowledged();
    let batches = 0;
    let first = 1;
    for (let kill = 0; kill < kills; kill++) {
      const mode = MODES[kill % MODES.length]!;
      // However slow the machine is, something was deleted before a kill.
      const since = mode === 'deleting' ? /^-\d+\n/m : undefined;
      const numbers = await killedWriter(WRITER, [folder, String(first), mode], Math.random() * 120, since);
      batches += numbers.length;
      for (const number of numbers) acknowledged.add(number);
      // Past whatever was sent and not acknowledged: that may be there or not.
      first = Math.max(first, ...numbers) + 50;

      const logged: string[] = [];
      const store = LocalStore.open({ ...CRASH_STORE, folder, log: (_, sentence) => logged.push(sentence) });
      const missing = await acknowledged.missingIn(store);
      await store.close();
      expect(logged).toEqual([]);
      expect(missing, `after kill ${kill + 1}`).toEqual(NOTHING_MISSING);
    }
    expect(batches).toBeGreaterThan(kills);
    if (kills >= MODES.length) expect(acknowledged.deleted.length).toBeGreaterThan(0);
  } finally {
    remove();
  }
}

function richOf(store: LocalStore): Map<string, Map<number, Rich>> {
  const all = new Map<string, Map<number, Rich>>();
  for (const { labels, length, timestampsMs, histograms, startsMs } of store.source.select({
    matchers: [],
    fromMs: -Infinity,
    toMs: Infinity,
  })) {
    const own = new Map<number, Rich>();
    for (let i = 0; i < length; i++) {
      const histogram = histograms?.[i];
      if (histogram !== undefined) own.set(timestampsMs[i] as number, { histogram, startMs: startsMs?.[i] ?? Number.NaN });
    }
    all.set(labels.key, own);
  }
  return all;
}

function placeIn<T>(all: Map<string, T>, series: string, make: () => T): T {
  const key = keyOf(series);
  let own = all.get(key);
  if (own === undefined) all.set(key, (own = make()));
  return own;
}
