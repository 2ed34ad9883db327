/** What names are looked for. */
export interface NameSearch {
  /** Of metrics, of labels, or the values of a label. */
  readonly of: 'metrics' | 'labels' | { readonly valuesOf: string };
  /** A part of them, or their letters in their order; "" is any. */
  readonly text: string;
  /** A selector: only names of the series that it matches; "" is all. */
  readonly match: string;
  /** So many of the first are left out. */
  readonly offset?: number;
}

export interface FoundNames {
  /** The best first, at most MOST_NAMES. */
  readonly names: readonly string[];
  readonly isCut: boolean;
  /** How many there are in all; undefined where that is not known. */
  readonly total: number | undefined;
  /** What is known of metrics that were found, by name. */
  readonly metadata: Readonly<Record<string, MetricAbout>>;
}

export interface MetricAbout {
  readonly type: string;
  readonly help: string;
}

export type AskSource = (path: string, signal?: AbortSignal) => Promise<unknown>;
/** Throws where the source does not answer, or the signal gives up. */
export type SearchNames = (search: NameSearch, signal?: AbortSignal) => Promise<FoundNames>;

/** As many as a list can show; typing on asks again. */
const MOST_NAMES = 100;

/** Searches in the store, which ranks what it finds, however many there are. */
export function rankedNames(ask: AskSource): SearchNames {
  return async ({ of, text, match, offset = 0 }, signal) => {
    const what = of === 'metrics' ? 'metric_names' : of === 'labels' ? 'label_names' : 'label_values';
    const params = new URLSearchParams({
      limit: String(MOST_NAMES),
      batch_size: String(MOST_NAMES),
      sort_by: 'score',
      case_sensitive: 'false',
      ...(typeof of === 'object' ? { label: of.valuesOf } : {}),
      ...(of === 'metrics' ? { include_metadata: 'true' } : {}),
      ...(text === '' ? {} : { 'search[]': text }),
      ...(match === '' ? {} : { 'match[]': match }),
      ...(offset === 0 ? {} : { offset: String(offset) }),
    });
    // Lines of JSON: some of what was found in each, and how it ended in the last.
    const lines = (await ask(`/api/v1/search/${what}?${params}`, signal)) as readonly SearchLine[];
    const results = lines.flatMap((line) => line.results ?? []);
    const end = lines.at(-1);
    return {
      names: results.map(({ name, value }) => name ?? value ?? ''),
      isCut: end?.has_more === true,
      total: end?.total,
      metadata: Object.fromEntries(
        results.flatMap(({ name, type, help }) =>
          name === undefined || type === undefined ? [] : [[name, { type, help: help ?? '' }]],
        ),
      ),
    };
  };
}

interface SearchLine {
  readonly results?: readonly {
    readonly name?: string;
    readonly value?: string;
    readonly type?: string;
    readonly help?: string;
  }[];
  readonly has_more?: boolean;
  readonly total?: number;
}

/** Labels are few, and no pattern chooses among their names. */
const MOST_LABELS = 5_000;
const MOST_METADATA = 5_000;

/** Asks a server that only lists: for what matches a pattern, cut there in the order of the alphabet. */
export function listedNames(ask: AskSource): SearchNames {
  let metadata: Promise<FoundNames['metadata']> | undefined;
  return async ({ of, text, match }, signal) => {
    const label = of === 'metrics' ? '__name__' : of === 'labels' ? undefined : of.valuesOf;
    const selector = text === '' || label === undefined ? match : searchedBy(match, label, text);
    // One more than are shown tells whether there are more.
    const limit = label === undefined ? MOST_LABELS : MOST_NAMES + 1;
    const params = new URLSearchParams({ limit: String(limit), ...(selector === '' ? {} : { 'match[]': selector }) });
    const path = label === undefined ? '/api/v1/labels' : `/api/v1/label/${encodeURIComponent(label)}/values`;
    const { data = [] } = (await ask(`${path}?${params}`, signal)) as { readonly data?: readonly string[] };
    const fitting = label === undefined ? data.filter((name) => name.toLowerCase().includes(text.toLowerCase())) : data;
    return {
      names: fitting.slice(0, MOST_NAMES),
      isCut: fitting.length > MOST_NAMES,
      total: undefined,
      metadata: of === 'metrics' ? await (metadata ??= listedMetadata(ask)) : {},
    };
  };
}

/** Nothing where the server does not say. */
async function listedMetadata(ask: AskSource): Promise<FoundNames['metadata']> {
  try {
    const { data = {} } = (await ask(`/api/v1/metadata?limit=${MOST_METADATA}`)) as {
      readonly data?: Readonly<Record<string, readonly MetricAbout[]>>;
    };
    return Object.fromEntries(Object.entries(data).flatMap(([name, [one]]) => (one === undefined ? [] : [[name, one]])));
  } catch {
    return {};
  }
}

function searchedBy(match: string, label: string, text: string): string {
  const name = /^[A-Za-z_]\w*$/.test(label) ? label : JSON.stringify(label);
  const matcher = `${name}=~${JSON.stringify(`(?i).*${escape(text)}.*`)}`;
  if (!match.endsWith('}')) return `${match}{${matcher}}`;
  return match.endsWith('{}') ? `${match.slice(0, -1)}${matcher}}` : `${match.slice(0, -1)},${matcher}}`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
