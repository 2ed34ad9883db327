/** What is shown of a machine while a run ran on it: each a grid of rows over time, 0 to 1. */
export interface HostPanel {
  readonly id: string;
  readonly title: string;
  /** One word for the readout at the cursor. */
  readonly short: string;
  /** Labels that tell rows apart, the first that a series has. */
  readonly rows: readonly string[];
  /** PromQL; `host` is a regular expression for the machine, `window` a duration to take rates over. */
  readonly query: (host: string, window: string) => string;
}

const GPU_ROWS = ['gpu', 'device', 'uuid', 'UUID'];

/** By `instance`, or by the exporter's own label of the machine. */
function onHost(metric: string, host: string): string {
  return `(${metric}{instance=~"${host}"} or ${metric}{Hostname=~"${host}"})`;
}

export const HOST_PANELS: readonly HostPanel[] = [
  {
    id: 'gpu',
    title: 'GPU utilisation',
    short: 'GPU',
    rows: GPU_ROWS,
    query: (host) => `${onHost('DCGM_FI_DEV_GPU_UTIL', host)} / 100 or nvidia_smi_utilization_gpu_ratio{instance=~"${host}"}`,
  },
  {
    id: 'gpu-memory',
    title: 'GPU memory',
    short: 'GPU memory',
    rows: GPU_ROWS,
    query: (host) =>
      `${onHost('DCGM_FI_DEV_FB_USED', host)} / (${onHost('DCGM_FI_DEV_FB_USED', host)} + ${onHost('DCGM_FI_DEV_FB_FREE', host)})` +
      ` or nvidia_smi_memory_used_bytes{instance=~"${host}"} / nvidia_smi_memory_total_bytes{instance=~"${host}"}`,
  },
  {
    id: 'cpu',
    title: 'CPU, by core',
    short: 'CPU',
    rows: ['cpu'],
    query: (host, window) =>
      `1 - sum by (cpu) (rate(node_cpu_seconds_total{mode=~"idle|iowait",instance=~"${host}"}[${window}]))`,
  },
  {
    id: 'memory',
    title: 'Memory',
    short: 'memory',
    rows: ['instance'],
    query: (host) => `1 - node_memory_MemAvailable_bytes{instance=~"${host}"} / node_memory_MemTotal_bytes{instance=~"${host}"}`,
  },
];

/**
 * A regular expression (within a PromQL string) for the `instance` of a machine: its name alone, with a port, or with a domain and a
 * port. A name with a port means that very address.
 */
export function hostPattern(host: string): string {
  const escaped = host.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = /:\d+$/.test(host) ? escaped : `${escaped}(\\..*)?(:\\d+)?`;
  return pattern.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
