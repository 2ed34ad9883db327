import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { type CompleteStrategy, newCompleteStrategy, type PrometheusClient } from '@prometheus-io/codemirror-promql';
import { EqlRegex, EqlSingle, Neq, NeqRegex } from '@prometheus-io/lezer-promql';
import type { FoundNames, MetricAbout, NameSearch, SearchNames } from './search-names.ts';

type LabelMatchers = NonNullable<Parameters<PrometheusClient['labelValues']>[2]>;

/**
 * Completes PromQL with names that are searched in the data source, anew with each letter for as long as there are more than it answered.
 * What nobody waits for any longer is given up, and a question that fails completes nothing: whoever types goes on typing.
 */
export function completeNames(search: SearchNames): CompleteStrategy {
  return {
    async promQL(context) {
      const gone = new AbortController();
      context.addEventListener('abort', () => gone.abort(), { onDocChange: true });
      const asked = new AskedNames(search, typedBefore(context), gone.signal);
      const result = await newCompleteStrategy({ remote: asked.client }).promQL(context);
      return result === null || gone.signal.aborted ? null : withCount(result, asked.found);
    },
  };
}

/** What one completion asks. */
class AskedNames {
  readonly #search: SearchNames;
  readonly #typed: Typed;
  readonly #signal: AbortSignal;
  /** What was found, and what it is called; undefined where nothing was asked. */
  found: { readonly what: string; readonly answer: FoundNames } | undefined;

  constructor(search: SearchNames, typed: Typed, signal: AbortSignal) {
    this.#search = search;
    this.#typed = typed;
    this.#signal = signal;
  }

  async #names(what: string, search: NameSearch): Promise<string[]> {
    try {
      const answer = await this.#search(search, this.#signal);
      this.found = { what, answer };
      return [...answer.names];
    } catch {
      return [];
    }
  }

  readonly client: PrometheusClient = {
    metricNames: () => this.#names('metrics', { of: 'metrics', text: this.#typed.word, match: '' }),
    labelNames: (metric) => this.#names('labels', { of: 'labels', text: this.#typed.word, match: selector(metric) }),
    labelValues: (label, metric, matchers) =>
      this.#names(`values of ${label}`, {
        of: { valuesOf: label },
        text: this.#typed.quoted,
        match: selector(metric, matchers, label),
      }),
    metricMetadata: () => {
      const about: Readonly<Record<string, MetricAbout>> = this.found?.answer.metadata ?? {};
      return Promise.resolve(Object.fromEntries(Object.entries(about).map(([name, one]) => [name, [one]])));
    },
    series: () => Promise.resolve([]),
    flags: () => Promise.resolve({}),
  };
}

/** What is being written: as a name, and as what stands in quotes. */
interface Typed {
  readonly word: string;
  readonly quoted: string;
}

function typedBefore(context: CompletionContext): Typed {
  const of = (pattern: RegExp): string => context.matchBefore(pattern)?.text ?? '';
  return { word: of(/[\w:.]*$/), quoted: of(/[^"'`]*$/) };
}

/** Says how many there are where not all are shown, and lets the editor ask again with the next letter. */
function withCount(result: CompletionResult, found: AskedNames['found']): CompletionResult {
  if (found === undefined || !found.answer.isCut) return result;
  const { what, answer } = found;
  const { names, total } = answer;
  const name =
    total === undefined
      ? `The first ${names.length} ${what}: type on for others`
      : `First ${names.length} of ${total.toLocaleString('en')} ${what}`;
  const shown = new Set(names);
  const section = { name, rank: 1 };
  const options = result.options.map((option): Completion => (shown.has(option.label) ? { ...option, section } : option));
  const { validFor: _, ...rest } = result;
  return { ...rest, options };
}

/** The matchers that are complete, without the one that is being written. */
function selector(metric: string | undefined, matchers: LabelMatchers = [], writing = ''): string {
  const words: readonly string[] = matchers
    .filter(({ name, value }) => name !== writing && value !== '' && !value.includes('$'))
    .map((matcher) => `${matcher.name}${OPERATORS[matcher.type] ?? '='}${JSON.stringify(matcher.value)}`);
  const name = metric === undefined || metric === '' || metric.includes('$') ? '' : metric;
  return name === '' && words.length === 0 ? '' : `${name}{${words.join(',')}}`;
}

/** By the grammar's node ids. */
const OPERATORS: Readonly<Record<number, string>> = { [EqlSingle]: '=', [Neq]: '!=', [EqlRegex]: '=~', [NeqRegex]: '!~' };
