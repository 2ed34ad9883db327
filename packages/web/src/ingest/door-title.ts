const WRITTEN: Readonly<Record<string, string>> = { mlflow: 'MLflow', otlp: 'OTLP', statsd: 'StatsD' };

/** A door's name as it begins a line. */
export function doorTitle(door: string): string {
  return WRITTEN[door] ?? door.charAt(0).toUpperCase() + door.slice(1);
}
