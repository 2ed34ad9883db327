const BY_NAME =
  /^(sys(tem)?[/.]|DCGM_FI_|nv_|process[_/]|container_|devicestatsmonitor|cpu|node_(cpu|memory|load\d|disk|filesystem|network|hwmon|pressure|vmstat|netstat|procs|context|intr))|gpu|cuda|vram|rss|\bcpu\b/i;

/**
 * Whether a run's metric is what the machine says, and not the training, by the names that exporters, MLflow, W&B and frameworks give: it
 * goes by steps of its own, and on where training hangs.
 */
export function isSystemMetric(metric: string): boolean {
  return BY_NAME.test(metric);
}
