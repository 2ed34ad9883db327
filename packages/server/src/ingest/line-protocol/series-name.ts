/**
 * The metric of a field: `measurement_field`, as VictoriaMetrics and Telegraf name it. A field called "value" says
 * nothing, and gives `measurement`, as with Telegraf and Prometheus' influxdb_exporter.
 */
export function metricName(measurement: string, field: string): string {
  return withoutDigitInFront((field === 'value' ? measurement : `${measurement}_${field}`).replace(/[^a-zA-Z0-9_:]/gu, '_'));
}

/** A tag's key as a label. The one that carries the metric's name is not for tags. */
export function labelName(key: string): string {
  const name = withoutDigitInFront(key.replace(/[^a-zA-Z0-9_]/gu, '_'));
  return name === '__name__' ? 'exported___name__' : name;
}

function withoutDigitInFront(name: string): string {
  return /^\d/.test(name) ? `_${name}` : name;
}
