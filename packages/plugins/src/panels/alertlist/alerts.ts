import { cellValue, plainText } from '@vitrine/compute/field/display.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { isNumbers } from '@vitrine/model/frame.ts';

import type { AlertListOptions } from './spec.ts';

export type AlertState = 'firing' | 'pending';

/** One instance of an alert: a series of ALERTS. */
export interface Alert {
  readonly name: string;
  readonly state: AlertState;
  /** Unix milliseconds; undefined where nobody says. */
  readonly sinceMs: number | undefined;
  /** Without the name and the state. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Alerts that stand together: of one name, or alike in the labels grouped by. */
export interface AlertGroup {
  readonly key: string;
  readonly name: string;
  /** The worst of them. */
  readonly state: AlertState;
  readonly alerts: readonly Alert[];
  /** Of the oldest in that state. */
  readonly sinceMs: number | undefined;
}

type Labels = Readonly<Record<string, string>>;

/** Reads instant answers of `ALERTS` and `ALERTS_FOR_STATE`, whose value is the unix second at which an alert became active. */
export function alertsOfAnswers(alerts: unknown, forState: unknown): readonly Alert[] {
  const since = new Map(vector(forState).map(({ labels, value }) => [keyOf(labels), value * 1000]));
  return vector(alerts).flatMap(({ labels, value }) => alertOf(labels, value, since.get(keyOf(labels))));
}

/** Reads what the panel's own query answered: series named by the labels of ALERTS, or a table with columns of those names. */
export function alertsOfFrames(frames: readonly Frame[]): readonly Alert[] {
  return frames.flatMap((frame) => {
    const words = frame.fields.filter((field) => field.type === 'string');
    if (words.some(({ name }) => name === 'alertname')) return alertsOfRows(frame, words);
    const time = frame.fields.find(({ type }) => type === 'time');
    return frame.fields.flatMap((field) =>
      field.type === 'number' && field.labels?.['alertname'] !== undefined ? alertOfSeries(frame.length, time, field) : [],
    );
  });
}

function alertsOfRows(frame: Frame, words: readonly Field[]): readonly Alert[] {
  const values = frame.fields.findLast(({ type }) => type === 'number');
  return Array.from({ length: frame.length }, (_, row) => {
    const labels = Object.fromEntries(words.map((field) => [field.name, plainText(cellValue(field, row))]));
    const value = values === undefined ? 1 : cellValue(values, row);
    return typeof value === 'number' ? alertOf(labels, value, undefined) : [];
  }).flat();
}

/** Active is a series that has a value at its end; since the end of its last gap. */
function alertOfSeries(length: number, time: Field | undefined, field: Field): readonly Alert[] {
  let start = length;
  while (start > 0 && Number(cellValue(field, start - 1) ?? 0) > 0) start--;
  if (start === length) return [];
  // What begins with the range began at some time before it.
  return alertOf(field.labels ?? {}, 1, start > 0 && isNumbers(time) ? time.values[start] : undefined);
}

function alertOf(labels: Labels, value: number, sinceMs: number | undefined): readonly Alert[] {
  const { alertname: name = '', alertstate = 'firing', __name__: _, ...rest } = labels;
  if (name === '' || !(value > 0) || (alertstate !== 'firing' && alertstate !== 'pending')) return [];
  return [{ name, state: alertstate, sinceMs, labels: rest }];
}

function vector(answer: unknown): readonly { readonly labels: Labels; readonly value: number }[] {
  const { data } = (answer ?? {}) as { readonly data?: { readonly result?: unknown } };
  if (!Array.isArray(data?.result)) return [];
  return data.result.flatMap((entry: unknown) => {
    const { metric, value } = (entry ?? {}) as { readonly metric?: Labels; readonly value?: unknown };
    if (typeof metric !== 'object' || metric === null || !Array.isArray(value)) return [];
    return [{ labels: metric, value: Number(value[1]) }];
  });
}

function keyOf(labels: Labels): string {
  const { __name__: _, alertstate: __, ...rest } = labels;
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The PromQL that asks for alerts; `filter` and `name` are as the reader wrote them, with variables filled in. */
export function alertsQuery(metric: 'ALERTS' | 'ALERTS_FOR_STATE', filter: string): string {
  const inside = filter.trim().replace(/^\{/, '').replace(/\}$/, '').trim();
  return inside === '' ? metric : `${metric}{${inside}}`;
}

/** What is shown, in the order in which it is. */
export function groupAlerts(alerts: readonly Alert[], options: AlertListOptions, name: string): readonly AlertGroup[] {
  const part = name.trim().toLowerCase();
  const wanted = alerts.filter(
    (alert) => options.stateFilter[alert.state] && (part === '' || alert.name.toLowerCase().includes(part)),
  );
  const by = options.groupMode === 'custom' && options.groupBy.length > 0 ? options.groupBy : undefined;
  const groups = Map.groupBy(wanted, (alert) =>
    by === undefined ? JSON.stringify([alert.name, alert.state]) : JSON.stringify(by.map((label) => alert.labels[label] ?? '')),
  );
  return [...groups]
    .map(([key, inside]): AlertGroup => {
      const state = inside.some((alert) => alert.state === 'firing') ? 'firing' : 'pending';
      const since = inside.flatMap((alert) => (alert.state === state && alert.sinceMs !== undefined ? [alert.sinceMs] : []));
      return {
        key,
        name: by === undefined ? inside[0]!.name : by.map((label) => `${label}=${inside[0]!.labels[label] || '–'}`).join(', '),
        state,
        alerts: inside,
        sinceMs: since.length === 0 ? undefined : Math.min(...since),
      };
    })
    .sort((a, b) => compare(a, b, options.sortOrder) || byName(a, b));
}

function compare(a: AlertGroup, b: AlertGroup, order: AlertListOptions['sortOrder']): number {
  switch (order) {
    case 1:
      return byName(a, b);
    case 2:
      return byName(b, a);
    case 3:
      return Number(a.state === 'pending') - Number(b.state === 'pending');
    // What has no time stands last.
    case 4:
      return (a.sinceMs ?? Infinity) - (b.sinceMs ?? Infinity) || 0;
    case 5:
      return (b.sinceMs ?? -Infinity) - (a.sinceMs ?? -Infinity) || 0;
  }
}

function byName(a: AlertGroup, b: AlertGroup): number {
  return a.name.localeCompare(b.name);
}
