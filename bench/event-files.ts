import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskedCrc32c } from '../packages/server/src/runs/tensorboard/crc32c.ts';

/** What the files of one directory tree hold. */
export interface EventTree {
  readonly runs: readonly string[];
  readonly tags: readonly string[];
  /** Each tag of each run has one point at each of these. */
  readonly steps: number;
  readonly bytes: number;
}

/** Tags and steps of real trainings: see the corpus' algoperf. */
const TAGS = ['train', 'validation', 'test']
  .flatMap((part) => ['accuracy', 'loss', 'bleu', 'num_examples', 'grad_norm', 'lr'].map((name) => `${part}/${name}`))
  .concat('loss', 'score');
const STEPS = 1_000;
const START_SECONDS = 1_700_000_000;

/** Writes event files as TensorFlow 2 does, about so many megabytes of them: one file a run, 20,000 scalars each. */
export function writeEventTree(folder: string, megabytes: number): EventTree {
  const runs: string[] = [];
  let bytes = 0;
  while (bytes < megabytes * 1e6) {
    const run = `study_${runs.length % 10}/trial_${runs.length}`;
    mkdirSync(join(folder, run), { recursive: true });
    const file = eventFile(runs.length);
    writeFileSync(join(folder, run, `events.out.tfevents.${START_SECONDS + runs.length}.bench.1.0.v2`), file);
    bytes += file.length;
    runs.push(run);
  }
  return { runs, tags: TAGS, steps: STEPS, bytes };
}

function eventFile(seed: number): Uint8Array {
  const out = Buffer.alloc(TAGS.length * STEPS * 120);
  let at = writeRecord(out, 0, (data) => {
    out[data] = 0x09;
    out.writeDoubleLE(START_SECONDS, data + 1);
    out.write('\x1a\x0dbrain.Event:2', data + 9);
    return data + 24;
  });
  for (let step = 0; step < STEPS; step++) {
    for (const [i, tag] of TAGS.entries()) {
      at = writeRecord(out, at, (data) =>
        writeScalar(out, data, { tag, step: step * 100, value: Math.sin(seed + i) + 100 / (step + 10) }),
      );
    }
  }
  return out.subarray(0, at);
}

/** Event {wall_time, step, summary {value {tag, tensor {FLOAT, [], content}, metadata {scalars}}}}. */
function writeScalar(out: Buffer, start: number, { tag, step, value }: { tag: string; step: number; value: number }): number {
  let at = start;
  out[at++] = 0x09;
  at = out.writeDoubleLE(START_SECONDS + step / 7, at);
  out[at++] = 0x10;
  let rest = step;
  for (; rest > 0x7f; rest >>>= 7) out[at++] = (rest & 0x7f) | 0x80;
  out[at++] = rest;
  // All lengths below are under 128: one byte each.
  const valueBytes = 2 + tag.length + 2 + 10 + 2 + 13;
  out[at++] = 0x2a;
  out[at++] = valueBytes + 2;
  out[at++] = 0x0a;
  out[at++] = valueBytes;
  out[at++] = 0x0a;
  out[at++] = tag.length;
  at += out.write(tag, at);
  at += out.write('\x42\x0a\x08\x01\x12\x00\x22\x04', at, 'latin1');
  at = out.writeFloatLE(value, at);
  at += out.write('\x4a\x0d\x0a\x0b\x0a\x07scalars\x12\x00', at, 'latin1');
  return at;
}

function writeRecord(out: Buffer, at: number, write: (data: number) => number): number {
  const end = write(at + 12);
  out.writeBigUInt64LE(BigInt(end - at - 12), at);
  out.writeUInt32LE(maskedCrc32c(out, at, at + 8), at + 8);
  return out.writeUInt32LE(maskedCrc32c(out, at + 12, end), end);
}
