import { parseArgs } from 'node:util';

import { Counter, Gauge, register } from 'prom-client';
import type { Registry } from 'prom-client';

import { leave, run, stopSignal, tellParent } from './child.ts';
import { readCores, readInterfaces, readLoad, readMemory } from './host-readings.ts';
import { serveMetrics } from './metrics-endpoint.ts';

const MEMORY = [
  { name: 'node_memory_MemTotal_bytes', help: 'Memory of the machine in bytes.', field: 'totalBytes' },
  { name: 'node_memory_MemAvailable_bytes', help: 'Memory that programs could still get, in bytes.', field: 'availableBytes' },
  { name: 'node_memory_MemFree_bytes', help: 'Memory that nothing uses, in bytes.', field: 'freeBytes' },
] as const;

/** Registers this machine's CPU, memory, load and network under node_exporter's names, read anew at each scrape. */
export function registerHostMetrics(registry: Registry): void {
  registry.registerMetric(
    new Counter({
      name: 'node_cpu_seconds_total',
      help: 'Seconds the CPUs spent in each mode.',
      labelNames: ['cpu', 'mode'],
      registers: [],
      async collect() {
        const cores = await readCores();
        this.reset();
        for (const { cpu, mode, seconds } of cores) this.inc({ cpu, mode }, seconds);
      },
    }),
  );
  for (const { name, help, field } of MEMORY) {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        async collect() {
          this.set((await readMemory())[field]);
        },
      }),
    );
  }
  const load = readLoad();
  if (load !== undefined) {
    [1, 5, 15].forEach((minutes, i) => {
      registry.registerMetric(
        new Gauge({
          name: `node_load${minutes}`,
          help: `${minutes}m load average.`,
          registers: [],
          collect() {
            this.set(readLoad()![i]!);
          },
        }),
      );
    });
  }
  for (const direction of ['receive', 'transmit'] as const) {
    registry.registerMetric(
      new Counter({
        name: `node_network_${direction}_bytes_total`,
        help: `Bytes that network devices ${direction === 'receive' ? 'received' : 'transmitted'}.`,
        labelNames: ['device'],
        registers: [],
        async collect() {
          const interfaces = await readInterfaces();
          this.reset();
          for (const { device, received, sent } of interfaces) this.inc({ device }, direction === 'receive' ? received : sent);
        },
      }),
    );
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
  const signal = stopSignal();
  registerHostMetrics(register);
  const { server, port } = await serveMetrics(register, Number(values.port));
  signal.addEventListener('abort', () => {
    server.close(() => leave(0));
    server.closeAllConnections();
  });
  tellParent({ kind: 'listening', port });
}

if (import.meta.main) await run(main);
