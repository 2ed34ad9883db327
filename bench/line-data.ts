/** Machines that send; one row each a tick. */
export const MACHINES = 1_000;
export const TICK_MS = 100;
export const ROWS_A_SECOND = (MACHINES * 1_000) / TICK_MS;

const ZONES = ['eu-west', 'eu-north', 'us-east'];

/** The four fields of a row, each as line protocol writes it and as the number that it means. */
const FIELDS = [
  { name: 'utilization', at: (machine: number, tick: number) => ((machine * 7919 + tick * 104_729) % 10_000) / 100, suffix: '' },
  { name: 'requests', at: (machine: number, tick: number) => machine * 1_000 + tick * (1 + (machine % 7)), suffix: 'i' },
  { name: 'latency', at: (machine: number, tick: number) => ((machine * 31 + tick * 17) % 4_999) / 10_000, suffix: '' },
  { name: 'loss', at: (machine: number, tick: number) => 2 / (1 + machine + tick), suffix: '' },
] as const;

export const METRICS = FIELDS.map(({ name, at }) => ({ metric: `inference_${name}`, valueAt: at }));

/** One tick of all machines as a body of line protocol, with timestamps in milliseconds. */
export function linesAt(startMs: number, tick: number): string {
  const timeMs = startMs + tick * TICK_MS;
  let lines = '';
  for (let machine = 0; machine < MACHINES; machine++) {
    lines += `inference,machine=m${machine},model=model-${machine % 10},zone=${ZONES[machine % 3]} `;
    for (const [index, { name, at, suffix }] of FIELDS.entries())
      lines += `${index === 0 ? '' : ','}${name}=${at(machine, tick)}${suffix}`;
    lines += ` ${timeMs}\n`;
  }
  return lines;
}
