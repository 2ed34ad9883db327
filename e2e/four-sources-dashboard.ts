/** The width of one point on the charts, in seconds: long enough that the edges, a scrape wide, weigh little. */
export const WINDOW_SECONDS = 30;

/** What the rows of the dashboard show. */
export const ROWS = ['Requests', 'Errors', 'Latency', 'Classes'] as const;
export type Row = (typeof ROWS)[number];

/** The sources, a column each. */
export const COLUMNS = ['Vitrine', 'Prometheus', 'InfluxDB', 'OpenSearch'] as const;
export type Column = (typeof COLUMNS)[number];

export const SOURCES: Readonly<Record<Column, { readonly type: string; readonly uid: string }>> = {
  Vitrine: { type: 'builtin', uid: 'builtin' },
  Prometheus: { type: 'prometheus', uid: 'four-prometheus' },
  InfluxDB: { type: 'influxdb', uid: 'four-influxdb' },
  OpenSearch: { type: 'elasticsearch', uid: 'four-opensearch' },
};

const UNITS: Readonly<Record<Row, string>> = { Requests: 'reqps', Errors: 'percentunit', Latency: 's', Classes: 'short' };
const TITLES: Readonly<Record<Row, string>> = {
  Requests: 'Requests per second',
  Errors: 'Share of errors',
  Latency: 'Latency, p50 and p95',
  Classes: 'Predictions by class',
};
/** So that a curve has one name, and with it one colour, whatever its source calls it. */
const NAMES: Readonly<Partial<Record<Row, object>>> = {
  Requests: { displayName: 'requests' },
  Errors: { displayName: 'errors' },
};
const PERCENTS = ['50', '95'] as const;

/** The id of the panel that draws a row from a source. */
export function panelId(row: Row, column: Column): number {
  return ROWS.indexOf(row) * COLUMNS.length + COLUMNS.indexOf(column) + 1;
}

/** One inference service drawn from four stores side by side: a row each for what is shown, a column each for the source. */
export function fourSourcesDashboard(fromMs: number, toMs: number): Record<string, unknown> {
  return {
    version: 2,
    uid: 'four-sources',
    title: 'One inference service, four stores',
    range: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
    panels: ROWS.flatMap((row, y) =>
      COLUMNS.map((column, x) => ({
        id: panelId(row, column),
        title: `${TITLES[row]} · ${column}`,
        description: `${TITLES[row]}, drawn from ${column}.`,
        kind: row === 'Classes' ? 'bargauge' : 'timeseries',
        grid: { x: x * 6, y: y * 7, w: 6, h: row === 'Classes' ? 8 : 7 },
        queries: queriesOf(row, column).map((query) => ({ source: SOURCES[column], hidden: false, ...query })),
        queryOptions: {
          minInterval: `${WINDOW_SECONDS}s`,
          // Counters tell of all that the service did, so documents are counted from its beginning too.
          ...(row === 'Classes' ? { timeFrom: '15m', hideTimeOverride: true } : {}),
        },
        fieldConfig: {
          defaults: { unit: UNITS[row], min: 0, custom: { lineWidth: 2, fillOpacity: 8 }, ...NAMES[row] },
        },
        transformations: transformationsOf(row, column),
        options:
          row === 'Classes'
            ? {
                orientation: 'horizontal',
                reduceOptions: { values: true, calcs: [], fields: '' },
              }
            : { legend: { showLegend: row === 'Latency', placement: 'bottom' } },
      })),
    ),
  };
}

/** A row for each class, in their order; and percentiles by one name. */
function transformationsOf(row: Row, column: Column): object[] {
  const isSearch = column === 'OpenSearch';
  switch (row) {
    case 'Classes':
      return isSearch
        ? [
            {
              id: 'convertFieldType',
              options: { fields: {}, conversions: [{ targetField: 'predicted', destinationType: 'string' }] },
            },
          ]
        : [
            { id: 'reduce', options: { reducers: ['lastNotNull'] } },
            { id: 'sortBy', options: { fields: {}, sort: [{ field: 'Field' }] } },
          ];
    case 'Latency':
      return isSearch ? [{ id: 'renameByRegex', options: { regex: String.raw`p(\d+)\.0.*`, renamePattern: 'p$1' } }] : [];
    case 'Requests':
    case 'Errors':
      return [];
  }
}

type Query = Record<string, unknown>;
const EXPRESSION = { type: '__expr__', uid: '__expr__' };

function queriesOf(row: Row, column: Column): Query[] {
  switch (column) {
    case 'Vitrine':
    case 'Prometheus':
      return inPromql(row);
    case 'InfluxDB':
      return inInfluxql(row);
    case 'OpenSearch':
      return inLucene(row);
  }
}

/** A point at t is about [t, t + window), as a bucket of the others is: hence the offset. */
function inPromql(row: Row): Query[] {
  const rate = (selector: string): string => `rate(${selector}[${WINDOW_SECONDS}s] offset -${WINDOW_SECONDS}s)`;
  const requests = 'inference_requests_total';
  switch (row) {
    case 'Requests':
      return [{ refId: 'A', spec: { expr: `sum(${rate(requests)})`, legendFormat: 'requests' } }];
    case 'Errors':
      return [
        {
          refId: 'A',
          spec: { expr: `sum(${rate(`${requests}{code!="200"}`)}) / sum(${rate(requests)})`, legendFormat: 'errors' },
        },
      ];
    case 'Latency':
      return PERCENTS.map((percent, i) => ({
        refId: 'AB'[i],
        spec: {
          expr: `histogram_quantile(0.${percent}, sum by (le) (${rate('inference_request_duration_seconds_bucket')}))`,
          legendFormat: `p${percent}`,
        },
      }));
    case 'Classes':
      return [
        {
          refId: 'A',
          spec: { expr: 'sum by (predicted) (inference_predictions_total)', legendFormat: '{{predicted}}', instant: true },
        },
      ];
  }
}

/** The counters are Prometheus' samples, as remote write brings them; `requests` has a point for each request of the log. */
function inInfluxql(row: Row): Query[] {
  const window = `${WINDOW_SECONDS}s`;
  const counted = (where: string): string =>
    `SELECT sum("n") FROM (SELECT non_negative_difference(last("value")) AS "n" FROM "inference_requests_total"
      WHERE $timeFilter ${where} GROUP BY time(${window}), "code" fill(none)) WHERE $timeFilter GROUP BY time(${window}) fill(none)`;
  const ask = (refId: string, query: string, more: object = {}): Query => ({
    refId,
    spec: { rawQuery: true, query, resultFormat: 'time_series', ...more },
  });
  switch (row) {
    case 'Requests':
      return [
        { ...ask('A', counted('')), hidden: true },
        { refId: 'B', source: EXPRESSION, spec: { type: 'math', expression: `$A / ${WINDOW_SECONDS}` } },
      ];
    case 'Errors':
      return [
        { ...ask('A', counted(`AND "code" != '200'`)), hidden: true },
        { ...ask('B', counted('')), hidden: true },
        { refId: 'C', source: EXPRESSION, spec: { type: 'math', expression: '$A / $B' } },
      ];
    case 'Latency':
      return PERCENTS.map((percent, i) =>
        ask(
          'AB'[i] as string,
          `SELECT percentile("seconds", ${percent}) FROM "requests" WHERE $timeFilter GROUP BY time(${window}) fill(none)`,
          { alias: `p${percent}` },
        ),
      );
    case 'Classes':
      return [
        ask(
          'A',
          `SELECT sum("n") FROM (SELECT last("value") AS "n" FROM "inference_predictions_total" WHERE $timeFilter
            GROUP BY "predicted", "actual") WHERE $timeFilter GROUP BY "predicted"`,
          { alias: '$tag_predicted' },
        ),
      ];
  }
}

/** Documents of the request log. */
function inLucene(row: Row): Query[] {
  const byTime = [{ id: 't', type: 'date_histogram', field: '@timestamp', settings: { interval: `${WINDOW_SECONDS}s` } }];
  const count = [{ id: '1', type: 'count' }];
  switch (row) {
    case 'Requests':
      return [
        { refId: 'A', hidden: true, spec: { query: '', metrics: count, bucketAggs: byTime } },
        { refId: 'B', source: EXPRESSION, spec: { type: 'math', expression: `$A / ${WINDOW_SECONDS}` } },
      ];
    case 'Errors':
      return [
        { refId: 'A', hidden: true, spec: { query: 'NOT code:200', metrics: count, bucketAggs: byTime } },
        { refId: 'B', hidden: true, spec: { query: '', metrics: count, bucketAggs: byTime } },
        { refId: 'C', source: EXPRESSION, spec: { type: 'math', expression: '$A / $B' } },
      ];
    case 'Latency':
      return [
        {
          refId: 'A',
          spec: {
            query: '',
            metrics: [{ id: '1', type: 'percentiles', field: 'duration_seconds', settings: { percents: [...PERCENTS] } }],
            bucketAggs: byTime,
          },
        },
      ];
    case 'Classes':
      return [
        {
          refId: 'A',
          spec: {
            query: '',
            metrics: count,
            bucketAggs: [{ id: 'p', type: 'terms', field: 'predicted', settings: { size: '10', orderBy: '_key', order: 'asc' } }],
          },
        },
      ];
  }
}
