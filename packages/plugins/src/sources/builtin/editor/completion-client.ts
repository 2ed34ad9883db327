import type { PrometheusClient } from '@prometheus-io/codemirror-promql';
import { EqlRegex, EqlSingle, Neq, NeqRegex } from '@prometheus-io/lezer-promql';

type Ask = (path: string) => Promise<unknown>;
type Metadata = Awaited<ReturnType<PrometheusClient['metricMetadata']>>;
type LabelMatchers = NonNullable<Parameters<PrometheusClient['labelValues']>[2]>;

/** As many as a list can show; typing on asks again. */
const MOST = 500;
const METADATA_MOST = 5_000;

/**
 * What the editor's completion asks the data source. Searched and cut there, so that a store of a million names stays usable. An
 * answer that fails completes nothing: whoever types goes on typing.
 */
export function completionClient(ask: Ask): PrometheusClient {
  const data = async <T>(path: string, params: Readonly<Record<string, string>>, otherwise: T): Promise<T> => {
    try {
      const answer = (await ask(`${path}?${new URLSearchParams(params)}`)) as { readonly data?: T };
      return answer.data ?? otherwise;
    } catch {
      return otherwise;
    }
  };
  let metadata: Promise<Metadata> | undefined;
  return {
    labelNames: (metric) => data('/api/v1/labels', { ...selector(metric), limit: String(MOST) }, []),
    labelValues: (label, metric, matchers) =>
      label === '__name__'
        ? data('/api/v1/label/__name__/values', { limit: String(MOST) }, [])
        : data(
            `/api/v1/label/${encodeURIComponent(label)}/values`,
            { ...selector(metric, matchers, label), limit: String(MOST) },
            [],
          ),
    metricNames: (prefix = '') =>
      data(
        '/api/v1/label/__name__/values',
        {
          ...(prefix === '' ? {} : { 'match[]': `{__name__=~${JSON.stringify(`(?i).*${escape(prefix)}.*`)}}` }),
          limit: String(MOST),
        },
        [],
      ),
    metricMetadata: () => (metadata ??= data('/api/v1/metadata', { limit: String(METADATA_MOST) }, {})),
    series: async (metric, matchers, label) => {
      const found = await data<readonly Readonly<Record<string, string>>[]>(
        '/api/v1/series',
        { ...selector(metric, matchers, label), limit: String(MOST) },
        [],
      );
      return found.map((labels) => new Map(Object.entries(labels)));
    },
    flags: () => Promise.resolve({}),
  };
}

/** The matchers that are complete, without the one that is being written. */
function selector(metric: string | undefined, matchers: LabelMatchers = [], writing = ''): { readonly 'match[]'?: string } {
  const words: readonly string[] = matchers
    .filter(({ name, value }) => name !== writing && value !== '' && !value.includes('$'))
    .map((matcher) => `${matcher.name}${OPERATORS[matcher.type] ?? '='}${JSON.stringify(matcher.value)}`);
  const name = metric === undefined || metric === '' || metric.includes('$') ? '' : metric;
  return name === '' && words.length === 0 ? {} : { 'match[]': `${name}{${words.join(',')}}` };
}

/** By the grammar's node ids. */
const OPERATORS: Readonly<Record<number, string>> = { [EqlSingle]: '=', [Neq]: '!=', [EqlRegex]: '=~', [NeqRegex]: '!~' };

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
