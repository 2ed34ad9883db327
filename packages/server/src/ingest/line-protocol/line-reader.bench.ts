import { LineBatch } from './line-batch.ts';
import { LineReader } from './line-reader.ts';
import { SeriesMemory } from './series-memory.ts';

/**
 * Prints rows of four fields read a CPU-second, without HTTP and store: `node packages/server/src/ingest/line-protocol/line-reader.bench.ts`.
 * 1,000 machines that write once a second, 1,000 rows a body.
 */

const MACHINES = 1_000;
const BODIES = 100;
const ROUNDS = 15;

const bodies = Array.from({ length: BODIES }, (_, tick) =>
  Buffer.from(
    Array.from({ length: MACHINES }, (_unused, machine) => {
      const tags = `machine=m${machine},model=model-${machine % 10},zone=eu-west`;
      const fields = `utilization=${((machine * 7919 + tick * 104_729) % 10_000) / 100},requests=${machine * 1_000 + tick}i,latency=${((machine * 31 + tick * 17) % 4_999) / 10_000},loss=${2 / (1 + machine + tick)}`;
      return `inference,${tags} ${fields} ${1_700_000_000_000 + tick * 1_000}000000\n`;
    }).join(''),
  ),
);
const bytes = bodies.reduce((sum, body) => sum + body.length, 0);

const batch = new LineBatch(new SeriesMemory());
const speeds: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const before = process.cpuUsage();
  for (const body of bodies) {
    batch.clear();
    const reader = new LineReader(body, { batch, database: 'bench', precision: 'ns', nowMs: 0 });
    while (reader.read(1_000_000));
    if (batch.finish().values.length !== MACHINES * 4) throw new Error('samples are missing');
  }
  const { user, system } = process.cpuUsage(before);
  speeds.push((BODIES * MACHINES) / (user + system));
}
speeds.sort((a, b) => a - b);
const median = speeds[Math.floor(ROUNDS / 2)] as number;
process.stdout.write(
  `${(median * 1_000).toFixed(0)} k rows a CPU-second, ${((median * bytes) / (BODIES * MACHINES)).toFixed(0)} MB/s; the best round ${((speeds.at(-1) as number) * 1_000).toFixed(0)} k\n`,
);
