import { Labels } from '@vitrine/model/labels.ts';
import type { Column } from '@vitrine/promql/evaluate/column.ts';

/** Series over one grid, in few buffers that can be moved to another thread. */
export interface PackedColumns {
  readonly keys: readonly string[];
  /** 1 where the series' name is to go. */
  readonly dropNames: Uint8Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly present: Uint8Array<ArrayBuffer>;
}

/** A batch has about so many values. */
const BATCH_VALUES = 100_000;

/** Gathers columns and hands them on by the batch. */
export class ColumnPacker {
  readonly #count: number;
  readonly #capacity: number;
  readonly #send: (batch: PackedColumns) => void;
  #keys: string[] = [];
  #dropNames: Uint8Array<ArrayBuffer>;
  #values: Float64Array<ArrayBuffer>;
  #present: Uint8Array<ArrayBuffer>;

  /** @param count Values of a column. */
  constructor(count: number, send: (batch: PackedColumns) => void, capacity = Math.max(1, Math.floor(BATCH_VALUES / count))) {
    this.#count = count;
    this.#capacity = capacity;
    this.#send = send;
    this.#dropNames = new Uint8Array(capacity);
    this.#values = new Float64Array(capacity * count);
    this.#present = new Uint8Array(capacity * count);
  }

  add({ labels, dropName, values, present }: Pick<Column, 'labels' | 'dropName' | 'values' | 'present'>): void {
    const at = this.#keys.length;
    this.#keys.push(labels.key);
    this.#dropNames[at] = dropName ? 1 : 0;
    this.#values.set(values, at * this.#count);
    this.#present.set(present, at * this.#count);
    if (this.#keys.length === this.#capacity) this.flush();
  }

  flush(): void {
    if (this.#keys.length === 0) return;
    this.#send({ keys: this.#keys, dropNames: this.#dropNames, values: this.#values, present: this.#present });
    this.#keys = [];
    this.#dropNames = new Uint8Array(this.#capacity);
    this.#values = new Float64Array(this.#capacity * this.#count);
    this.#present = new Uint8Array(this.#capacity * this.#count);
  }
}

export function buffersOf({ dropNames, values, present }: PackedColumns): ArrayBuffer[] {
  return [dropNames.buffer, values.buffer, present.buffer];
}

export function unpack({ keys, dropNames, values, present }: PackedColumns, count: number): Column[] {
  return keys.map((key, i) => ({
    labels: Labels.fromKey(key),
    dropName: dropNames[i] === 1,
    values: values.subarray(i * count, (i + 1) * count),
    present: present.subarray(i * count, (i + 1) * count),
    owned: true,
  }));
}
