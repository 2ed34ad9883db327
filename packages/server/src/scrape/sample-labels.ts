import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import { relabel } from './relabel.ts';
import type { ScrapeJob, ScrapeLimits } from './scrape-config.ts';

/** A text whose every sample is refused, because one of them breaks a rule of its job. */
export class ScrapeRefused extends Error {
  override readonly name = 'ScrapeRefused';
}

/** Turns labels as a target writes them into those that are stored, or undefined where metric_relabel_configs drop them. */
export function sampleLabels(job: ScrapeJob, target: Labels): (exposed: Labels) => Labels | undefined {
  return (exposed) => {
    const labels = relabel(withTarget(exposed, target, job.honorLabels), job.metricRelabelSteps);
    if (labels === undefined || labels.size === 0) return undefined;
    if (labels.metricName === '') throw new ScrapeRefused(`${exposed} has no metric name after metric_relabel_configs`);
    checkLimits(labels, job.limits);
    return labels;
  };
}

function withTarget(exposed: Labels, target: Labels, honorLabels: boolean): Labels {
  const merged = new Map<string, string>(target);
  const clashing: [name: string, value: string][] = [];
  for (const [name, value] of exposed) {
    if (!honorLabels && target.has(name)) clashing.push([name, value]);
    else merged.set(name, value);
  }
  for (const [name, value] of clashing) {
    let moved = `exported_${name}`;
    while (merged.has(moved)) moved = `exported_${moved}`;
    merged.set(moved, value);
  }
  return Labels.from(merged);
}

function checkLimits(labels: Labels, limits: ScrapeLimits): void {
  if (limits.labels > 0 && labels.size > limits.labels) {
    throw new ScrapeRefused(`${labels.get(METRIC_NAME)} has ${labels.size} labels; the label_limit is ${limits.labels}`);
  }
  if (limits.labelNameLength === 0 && limits.labelValueLength === 0) return;
  for (const [name, value] of labels) {
    if (limits.labelNameLength > 0 && Buffer.byteLength(name) > limits.labelNameLength) {
      throw new ScrapeRefused(
        `the label name ${name.slice(0, 50)} is longer than the label_name_length_limit of ${limits.labelNameLength} bytes`,
      );
    }
    if (limits.labelValueLength > 0 && Buffer.byteLength(value) > limits.labelValueLength) {
      throw new ScrapeRefused(
        `the value of ${name} in ${labels.metricName} is longer than the label_value_length_limit of ${limits.labelValueLength} bytes`,
      );
    }
  }
}
