/** A name as Prometheus takes it: what is no letter, digit, underscore or colon becomes an underscore, as in statsd_exporter. */
export function metricNameOf(text: string): string {
  return underscored(text, /[^a-zA-Z0-9_:]/g);
}

/** The same without colons, which no label's name has. */
export function labelNameOf(text: string): string {
  return underscored(text, /[^a-zA-Z0-9_]/g);
}

function underscored(text: string, others: RegExp): string {
  const name = text.replace(others, '_');
  return /^\d/.test(name) ? `_${name}` : name;
}
