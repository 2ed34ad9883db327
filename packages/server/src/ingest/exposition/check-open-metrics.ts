import { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { ExpositionError } from './exposition-error.ts';
import { MetricPointGroup } from './metric-point-group.ts';
import type { CheckedSample } from './metric-point-group.ts';
import { parseExposition } from './parse-exposition.ts';

type MetricType = MetricMetadata['type'];

/** Endings of the samples of each type. */
const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['_info'],
  stateset: [''],
  unknown: [''],
};
/** Samples that may carry an exemplar. */
const WITH_EXEMPLAR: ReadonlySet<string> = new Set(['counter_total', 'histogram_bucket', 'gaugehistogram_bucket']);
const EXEMPLAR_CODE_POINTS = 128;
const METADATA = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*|"(?:\\.|[^"\\])+") (.*)$/;

/**
 * Checks that a text keeps every rule of OpenMetrics 1.0, the meaning of its types included; scraping is more lenient.
 * Throws ExpositionError for the first line that does not.
 */
export function checkOpenMetrics(text: string): void {
  new OpenMetricsChecker().check(text);
}

/** A metric family while its lines are read. */
interface Family {
  readonly name: string;
  readonly metadata: Set<string>;
  type: MetricType;
  unit: string;
  group: MetricPointGroup | undefined;
  readonly closedGroups: Set<string>;
}

class OpenMetricsChecker {
  /** Which family each sample name belongs to, of families that are closed. */
  readonly #taken = new Map<string, string>();
  #family: Family | undefined;
  #line = 0;

  check(text: string): void {
    const lines = text.split('\n');
    const eof = lines.indexOf('# EOF');
    for (const [i, line] of lines.entries()) {
      this.#line = i + 1;
      if (i === eof) break;
      if (i === lines.length - 1) throw this.#error('expected "# EOF" as the last line');
      if (line.startsWith('#')) this.#readMetadata(line);
      else this.#readSample(line);
    }
    this.#closeFamily();
    this.#line = eof + 2;
    if (lines.slice(eof + 1).join('\n') !== '') throw this.#error('expected nothing after "# EOF"');
  }

  #readMetadata(line: string): void {
    const [, kind, name, value] = METADATA.exec(line) ?? [];
    if (kind === undefined || name === undefined || value === undefined) {
      throw this.#error('expected "# HELP", "# TYPE" or "# UNIT" with a metric name, a space and a text');
    }
    const [metadata] = this.#parse(line).metadata;
    let family = this.#family;
    if (family?.name !== metadata?.metric || family === undefined) family = this.#openFamily(metadata?.metric ?? name);
    if (family.group !== undefined) throw this.#error(`${kind} of ${family.name} stands after its samples`);
    if (family.metadata.has(kind)) throw this.#error(`${kind} of ${family.name} stands twice`);
    family.metadata.add(kind);
    if (kind === 'TYPE') family.type = metadata?.type ?? 'unknown';
    if (kind === 'UNIT') family.unit = value;
    if (family.unit !== '' && (family.type === 'info' || family.type === 'stateset')) {
      throw this.#error(`${family.name} is of type ${family.type}, which has no unit`);
    }
  }

  #readSample(line: string): void {
    const parsed = this.#parse(line);
    const series = parsed.series[0];
    if (series?.key === undefined) throw this.#error('expected a sample');
    if (series.raw.endsWith(',}')) throw this.#error('expected no comma after the last label');
    const labels = Labels.fromKey(series.key);
    const name = labels.metricName;
    let family = this.#family;
    let suffix = family && suffixOf(family, name);
    if (family === undefined || suffix === undefined) {
      if (family?.name === name)
        throw this.#error(`a ${family.type} has no sample called ${name}; expected ${SUFFIXES[family.type].join(', ')}`);
      family = this.#openFamily(name);
      suffix = '';
    }
    const exemplar = parsed.exemplars[0];
    if (exemplar !== undefined) {
      if (!WITH_EXEMPLAR.has(family.type + suffix))
        throw this.#error(`${name} is of type ${family.type} and cannot have an exemplar`);
      const length = exemplar.labels.reduce((sum, [label, value]) => sum + countCodePoints(label) + countCodePoints(value), 0);
      if (length > EXEMPLAR_CODE_POINTS)
        throw this.#error(`the exemplar's labels have ${length} characters; at most ${EXEMPLAR_CODE_POINTS} may be there`);
    }
    const timestampMs = parsed.timestampsMs[0] as number;
    const sample: CheckedSample = {
      labels,
      suffix,
      value: parsed.values[0] as number,
      timestampMs: Number.isNaN(timestampMs) ? undefined : timestampMs,
    };
    this.#attempt(() => this.#groupOf(family, sample).add(sample));
  }

  #groupOf(family: Family, sample: CheckedSample): MetricPointGroup {
    const key = MetricPointGroup.keyOf(family.type, family.name, sample);
    if (family.group?.key === key) return family.group;
    this.#closeGroup(family);
    if (family.closedGroups.has(key)) throw this.#error(`the samples of ${Labels.fromKey(key)} do not stand together`);
    family.group = new MetricPointGroup(family.type, family.name, key);
    return family.group;
  }

  #openFamily(name: string): Family {
    this.#closeFamily();
    if (this.#taken.has(name))
      throw this.#error(`${name} clashes with the metric ${this.#taken.get(name)}, or its lines do not stand together`);
    this.#family = { name, metadata: new Set(), type: 'unknown', unit: '', group: undefined, closedGroups: new Set() };
    return this.#family;
  }

  #closeFamily(): void {
    const family = this.#family;
    if (family === undefined) return;
    this.#closeGroup(family);
    for (const sampleName of new Set(['', ...SUFFIXES[family.type]].map((suffix) => family.name + suffix))) {
      const other = this.#taken.get(sampleName);
      if (other !== undefined) throw this.#error(`${sampleName} of the metric ${family.name} clashes with the metric ${other}`);
      this.#taken.set(sampleName, family.name);
    }
    this.#family = undefined;
  }

  #closeGroup(family: Family): void {
    if (family.group === undefined) return;
    const { group } = family;
    this.#attempt(() => group.close());
    family.closedGroups.add(group.key);
  }

  /** One line through the lenient parser. */
  #parse(line: string): ReturnType<typeof parseExposition> {
    return this.#attempt(() => parseExposition(Buffer.from(`${line}\n# EOF\n`), 'openmetrics'));
  }

  /** Gives an error that knows no line, or only the one it was shown, this one. */
  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#error((error as Error).message.replace(/^line \d+: /, ''));
    }
  }

  #error(problem: string): ExpositionError {
    return new ExpositionError(this.#line, problem);
  }
}

/** Characters as OpenMetrics counts them. */
function countCodePoints(text: string): number {
  return Array.from(text).length;
}

function suffixOf({ name, type }: Family, sampleName: string): string | undefined {
  return SUFFIXES[type].find((suffix) => name + suffix === sampleName);
}
