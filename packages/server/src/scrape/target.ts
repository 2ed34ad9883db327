import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { formatDurationMs, readDurationMs } from '@vitrine/model/duration.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { relabel } from './relabel.ts';
import type { ScrapeJob } from './scrape-config.ts';

/** Something to scrape. */
export interface Target {
  /** Equal ids are the same target, before and after a reload. */
  readonly id: string;
  readonly labels: Labels;
  /** Before relabelling, with those that begin with `__`. */
  readonly discoveredLabels: Labels;
  readonly url: URL;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** What became of one discovered address. */
export type TargetOutcome =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'dropped'; readonly discoveredLabels: Labels }
  | { readonly kind: 'refused'; readonly discoveredLabels: Labels; readonly problem: string };

/** Fills in the labels of the job, relabels and finds the URL. `group` has the group's labels, meta labels included. */
export function resolveTarget(job: ScrapeJob, address: string, group: ReadonlyMap<string, string>): TargetOutcome {
  const discovered = new Map(group);
  discovered.set('__address__', address);
  const fill = (name: string, value: string): void => {
    if (!discovered.get(name)) discovered.set(name, value);
  };
  fill('job', job.name);
  fill('__scrape_interval__', formatDurationMs(job.intervalMs));
  fill('__scrape_timeout__', formatDurationMs(job.timeoutMs));
  fill('__metrics_path__', job.metricsPath);
  fill('__scheme__', job.scheme);
  for (const [name, [first]] of job.params) if (first !== undefined) fill(`__param_${name}`, first);
  const discoveredLabels = Labels.from(discovered);

  const relabelled = relabel(discoveredLabels, job.relabelSteps);
  if (relabelled === undefined) return { kind: 'dropped', discoveredLabels };
  const refused = (problem: string): TargetOutcome => ({ kind: 'refused', discoveredLabels, problem });

  const finalAddress = relabelled.get('__address__');
  if (finalAddress === '') return refused('the target has no __address__ after relabelling');
  if (finalAddress.includes('/')) return refused(`"${finalAddress}" is not host:port`);
  const intervalMs = readDurationMs(relabelled.get('__scrape_interval__'));
  const timeoutMs = readDurationMs(relabelled.get('__scrape_timeout__'));
  if (!intervalMs) return refused(`__scrape_interval__ "${relabelled.get('__scrape_interval__')}" is not a duration such as 15s`);
  if (!timeoutMs) return refused(`__scrape_timeout__ "${relabelled.get('__scrape_timeout__')}" is not a duration such as 10s`);
  if (timeoutMs > intervalMs) return refused('__scrape_timeout__ is longer than __scrape_interval__');
  const scheme = relabelled.get('__scheme__');
  if (scheme !== 'http' && scheme !== 'https') return refused(`__scheme__ "${scheme}" is neither http nor https`);
  const base = `${scheme}://${finalAddress}`;
  if (!URL.canParse(base)) return refused(`"${finalAddress}" is not host:port`);

  const shown = new Map([...relabelled].filter(([name]) => !name.startsWith('__')));
  if (!shown.has('instance')) shown.set('instance', finalAddress);
  const labels = Labels.from(shown);
  const url = urlOf(job, base, relabelled);
  const id = `${labels.key}\n${url.href}\n${intervalMs}\n${timeoutMs}`;
  return { kind: 'target', target: { id, labels, discoveredLabels, url, intervalMs, timeoutMs } };
}

function urlOf(job: ScrapeJob, base: string, labels: Labels): URL {
  const path = labels.get('__metrics_path__');
  const url = new URL(base + (path.startsWith('/') ? path : `/${path}`));
  const params = new Map([...job.params].map(([name, values]) => [name, [...values]]));
  for (const [label, value] of labels) {
    if (!label.startsWith('__param_')) continue;
    const name = label.slice('__param_'.length);
    const values = params.get(name) ?? [];
    values[0] = value;
    params.set(name, values);
  }
  for (const [name, values] of [...params].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    for (const value of values) url.searchParams.append(name, value);
  }
  return url;
}

/** The URL as another machine would write it. */
export function globalUrlOf(url: URL): string {
  if (!['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) return url.href;
  const global = new URL(url);
  global.hostname = hostname();
  return global.href;
}

/** Milliseconds in [0, intervalMs): when within each interval this target's turn is, so that targets are spread over it. */
export function phaseMs(target: Target): number {
  const hash = createHash('md5').update(target.labels.key).update(target.url.href).digest();
  return Number(hash.readBigUInt64BE(8) % BigInt(Math.max(1, Math.floor(target.intervalMs))));
}
