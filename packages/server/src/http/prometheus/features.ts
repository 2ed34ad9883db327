import type { QueryFeatures } from '@vitrine/model/sample-store.ts';
import { functionSignatures } from '@vitrine/promql/functions-signatures.ts';
import { AGGREGATORS } from '@vitrine/promql/lex.ts';

type Names = Readonly<Record<string, boolean>>;

const BINARY_OPERATORS = '!= !~ % * + - / < </ <= == =~ > >/ >= @ ^ and atan2 or unless'.split(' ');

/** What is on, by Prometheus' categories and names. What is not named is off. */
export function featuresOf(query: QueryFeatures, adminApi: boolean): Readonly<Record<string, Names>> {
  const { extendedRangeSelectors = false, binaryFill = false, startTimestamps = false, typeAndUnitLabels = false } = query;
  return {
    api: {
      admin: adminApi,
      label_values_match: true,
      lifecycle: false,
      otlp_write_receiver: true,
      query_stats: true,
      query_warnings: true,
      remote_write_receiver: true,
      search: true,
      search_fuzz_alg_jarowinkler: false,
      search_fuzz_alg_subsequence: true,
      time_range_labels: true,
      time_range_series: true,
    },
    prometheus: { agent_mode: false, auto_reload_config: false, server_mode: true },
    promql: {
      anchored: extendedRangeSelectors,
      smoothed: extendedRangeSelectors,
      fill: binaryFill,
      fill_left: binaryFill,
      fill_right: binaryFill,
      use_start_timestamps: startTimestamps,
      type_and_unit_labels: typeAndUnitLabels,
      ...allOn([
        'at_modifier',
        'bool',
        'by',
        'delayed_name_removal',
        'duration_expr',
        'group_left',
        'group_right',
        'ignoring',
        'negative_offset',
        'offset',
        'on',
        'per_query_lookback_delta',
        'subqueries',
        'without',
      ]),
    },
    promql_functions: allOn(functionSignatures.keys()),
    promql_operators: allOn([...BINARY_OPERATORS, ...AGGREGATORS]),
    scrape: { type_and_unit_labels: typeAndUnitLabels },
    service_discovery_providers: allOn(['file', 'http', 'static']),
    tsdb: { exemplar_storage: true, native_histograms: true, st_storage: true },
  };
}

function allOn(names: Iterable<string>): Names {
  return Object.fromEntries([...names].toSorted().map((name) => [name, true]));
}
