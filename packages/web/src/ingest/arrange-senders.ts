import type { Arrival } from './ingest-queries.ts';

export const SORTS = ['sender', 'rate', 'accepted', 'refused', 'last'] as const;

/** Which senders are shown, and in which order. */
export interface SenderView {
  /** Words that a sender has in its door, name, address, labels or refusals. */
  readonly q: string;
  /** "" is all. */
  readonly door: string;
  /** Only those of which something was refused. */
  readonly refused: boolean;
  readonly sort: (typeof SORTS)[number];
}

export const USUAL_VIEW: SenderView = { q: '', door: '', refused: false, sort: 'sender' };

/** The rate is told of this many seconds: enough for a sender that comes every few seconds to have a steady one. */
const RATE_SECONDS = 15;

/** Samples a second, of the newest seconds. */
export function rateOf({ perSecond }: Pick<Arrival, 'perSecond'>): number {
  const newest = perSecond.slice(-RATE_SECONDS);
  return newest.length === 0 ? 0 : newest.reduce((sum, count) => sum + count, 0) / newest.length;
}

/** What a sender is called. */
export function senderName({ name, address }: Pick<Arrival, 'name' | 'address'>): string {
  return name || address || 'Unknown sender';
}

/** Doors that something came through, as people read them. */
export function doorsOf(arrivals: readonly Arrival[]): string[] {
  return [...new Set(arrivals.map(({ door }) => door))].toSorted((a, b) => (a < b ? -1 : 1));
}

/** gpu-9 before gpu-10. */
const byName = new Intl.Collator('en', { numeric: true }).compare;

/** Pure. Senders that are equal by what they are sorted by are in the order of their names, so that nothing jumps. */
export function arrangeSenders(arrivals: readonly Arrival[], { q, door, refused, sort }: SenderView): Arrival[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const found = arrivals.filter(
    (arrival) =>
      (door === '' || arrival.door === door) &&
      (!refused || arrival.refused > 0) &&
      (words.length === 0 || hasWords(arrival, words)),
  );
  const by: Readonly<Record<SenderView['sort'], (arrival: Arrival) => number>> = {
    sender: () => 0,
    rate: rateOf,
    accepted: (arrival) => arrival.accepted,
    refused: (arrival) => arrival.refused,
    last: (arrival) => arrival.lastMs,
  };
  const ranked = found.map((arrival) => ({
    arrival,
    rank: by[sort](arrival),
    name: `${senderName(arrival)} ${arrival.id}`,
  }));
  return ranked.toSorted((a, b) => b.rank - a.rank || byName(a.name, b.name)).map(({ arrival }) => arrival);
}

function hasWords({ door, name, address, labels, reasons }: Arrival, words: readonly string[]): boolean {
  const parts = [door, name, address, ...labelTexts(labels), ...reasons.flatMap(({ reason, sentence }) => [reason, sentence])];
  const text = parts.join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

export function labelTexts(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`);
}

/** A minute in which something was refused is told at the top of the page. */
const RECENT_MS = 60_000;

/** How it is, in one look: who sends, how much, and who was refused in the last minute. */
export interface Overview {
  readonly sending: number;
  readonly rate: number;
  /** The one that was refused last first. */
  readonly refusing: readonly Arrival[];
}

export function overviewOf(arrivals: readonly Arrival[], nowMs: number): Overview {
  const refusedMs = ({ reasons }: Arrival): number => reasons[0]?.lastMs ?? 0;
  return {
    sending: arrivals.filter(({ perSecond }) => perSecond.some((count) => count > 0)).length,
    rate: arrivals.reduce((sum, arrival) => sum + rateOf(arrival), 0),
    refusing: arrivals
      .filter((arrival) => nowMs - refusedMs(arrival) < RECENT_MS)
      .toSorted((a, b) => refusedMs(b) - refusedMs(a)),
  };
}
