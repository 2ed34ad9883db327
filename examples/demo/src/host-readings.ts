import { readFile } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';

/** Seconds that one core has spent in one mode since it started. */
export interface CoreSeconds {
  readonly cpu: string;
  readonly mode: string;
  readonly seconds: number;
}

/** Bytes that a network interface has carried since it started. */
export interface InterfaceBytes {
  readonly device: string;
  readonly received: number;
  readonly sent: number;
}

/** Ticks a second that Linux counts /proc/stat in: USER_HZ, 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;

/** Reads the `cpuN` lines of /proc/stat. */
export function parseProcStat(text: string): CoreSeconds[] {
  return text.split('\n').flatMap((line) => {
    const [, cpu, rest] = /^cpu(\d+) (.+)$/.exec(line) ?? [];
    if (cpu === undefined || rest === undefined) return [];
    const ticks = rest.trim().split(/ +/).map(Number);
    return MODES.flatMap((mode, i) => (ticks[i] === undefined ? [] : [{ cpu, mode, seconds: ticks[i] / TICKS_PER_SECOND }]));
  });
}

/** Reads /proc/meminfo to bytes by name. */
export function parseMemInfo(text: string): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, kibibytes] = /^(\w+): +(\d+) kB$/.exec(line) ?? [];
    if (name !== undefined) bytes.set(name, Number(kibibytes) * 1024);
  }
  return bytes;
}

/** Reads /proc/net/dev. */
export function parseNetDev(text: string): InterfaceBytes[] {
  return text.split('\n').flatMap((line) => {
    const [, device, rest] = /^ *([^:\s]+): *(.+)$/.exec(line) ?? [];
    if (device === undefined || rest === undefined) return [];
    const numbers = rest.trim().split(/ +/).map(Number);
    return [{ device, received: numbers[0]!, sent: numbers[8]! }];
  });
}

/** From /proc where there is one; elsewhere from what Node knows, which has fewer modes. */
export async function readCores(): Promise<CoreSeconds[]> {
  const stat = await proc('stat');
  if (stat !== undefined) return parseProcStat(stat);
  return cpus().flatMap(({ times }, i) =>
    Object.entries({ user: times.user, nice: times.nice, system: times.sys, idle: times.idle, irq: times.irq }).map(
      ([mode, ms]) => ({ cpu: String(i), mode, seconds: ms / 1000 }),
    ),
  );
}

/** Bytes in all, and those that programs could still get. */
export async function readMemory(): Promise<{ totalBytes: number; availableBytes: number; freeBytes: number }> {
  const known = parseMemInfo((await proc('meminfo')) ?? '');
  return {
    totalBytes: known.get('MemTotal') ?? totalmem(),
    availableBytes: known.get('MemAvailable') ?? freemem(),
    freeBytes: known.get('MemFree') ?? freemem(),
  };
}

/** Empty where the system does not say. */
export async function readInterfaces(): Promise<InterfaceBytes[]> {
  return parseNetDev((await proc('net/dev')) ?? '');
}

/** Undefined on Windows, which keeps no load average. */
export function readLoad(): readonly [number, number, number] | undefined {
  if (process.platform === 'win32') return undefined;
  return loadavg() as [number, number, number];
}

async function proc(name: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  return readFile(`/proc/${name}`, 'utf8');
}
