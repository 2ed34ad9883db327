/** Runs Grafana's transformations on our frames, so that tests can compare. */
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { loadGrafanaData } from '../../../../scripts/peers/grafana-data.ts';
import { cellAt } from './column.ts';
import { fieldName } from '../field-name.ts';

interface PeerField {
  readonly name: string;
  readonly type: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly values: ArrayLike<unknown>;
}

interface PeerFrame {
  readonly refId?: string;
  readonly name?: string;
  readonly length: number;
  readonly fields: readonly PeerField[];
}

interface Observable<T> {
  subscribe(observer: { next(value: T): void; error(error: unknown): void }): unknown;
}

interface GrafanaData {
  readonly standardTransformers: Readonly<Record<string, { readonly id: string; readonly name: string }>>;
  readonly standardTransformersRegistry: { setInit(init: () => unknown[]): void };
  toDataFrame(frame: object): PeerFrame;
  transformDataFrame(configs: readonly object[], frames: readonly PeerFrame[]): Observable<readonly PeerFrame[]>;
  reduceField(options: { field: PeerField; reducers: readonly string[] }): Readonly<Record<string, unknown>>;
  readonly fieldMatchers: {
    get(id: string): { get(options: unknown): (field: PeerField, frame: PeerFrame, frames: readonly PeerFrame[]) => boolean };
  };
  getFieldDisplayName(field: PeerField, frame: PeerFrame, frames: readonly PeerFrame[]): string;
}

const grafana = loadGrafanaData<GrafanaData>('transformDataFrame', 'reduceField', 'fieldMatchers');
grafana.standardTransformersRegistry.setInit(() =>
  Object.entries(grafana.standardTransformers).map(([key, kind]) => ({
    // The old name of joinByField goes by the id of the new one.
    id: key === 'seriesToColumnsTransformer' ? 'seriesToColumns' : kind.id,
    name: kind.name,
    transformation: () => Promise.resolve(kind),
  })),
);
// It looks for the server's feature toggles on the page.
Object.assign(globalThis, { window: { grafanaBootData: { settings: { featureToggles: {} } } } });

const TYPES: Readonly<Record<string, string>> = { json: 'other', frame: 'nestedFrames' };

function toPeer(frame: Frame): PeerFrame {
  return grafana.toDataFrame({
    refId: frame.refId,
    ...(frame.name !== undefined && { name: frame.name }),
    fields: frame.fields.map((field) => {
      const { displayNameFromSource, ...config } = field.config ?? {};
      return {
        name: field.name,
        type: TYPES[field.type] ?? field.type,
        ...(field.labels !== undefined && { labels: field.labels }),
        config: { ...config, ...(displayNameFromSource !== undefined && { displayNameFromDS: displayNameFromSource }) },
        values: Array.from({ length: frame.length }, (_, row) => cellAt(field, row) ?? null),
      };
    }),
  });
}

/** What of a frame is compared: names, labels and values. Numbers to ten digits; "nothing" is null, NaN a text. */
export interface Plain {
  readonly refId: string;
  readonly fields: readonly { readonly name: string; readonly labels: object; readonly values: readonly unknown[] }[];
}

export async function transformThere(id: string, options: object, frames: readonly Frame[]): Promise<Plain[]> {
  const made = await new Promise<readonly PeerFrame[]>((resolve, reject) => {
    grafana.transformDataFrame([{ id, options }], frames.map(toPeer)).subscribe({ next: resolve, error: reject });
  });
  return made.map((frame) => ({
    refId: frame.refId ?? '',
    fields: frame.fields.map((field) => ({
      name: grafana.getFieldDisplayName(field, frame, made),
      labels: field.labels ?? {},
      values: Array.from({ length: frame.length }, (_, row) => plainCell(field.values[row])),
    })),
  }));
}

export function plain(frames: readonly Frame[]): Plain[] {
  const tables = frames.map((frame): Frame => ({ ...frame, shape: 'table' }));
  return tables.map((frame) => ({
    refId: frame.refId,
    fields: frame.fields.map((field) => ({
      name: fieldName(field, frame, tables),
      labels: field.labels ?? {},
      values: Array.from({ length: frame.length }, (_, row) => plainCell(cellAt(field, row))),
    })),
  }));
}

/** What a reducer of theirs makes of a field. */
export function reduceThere(field: Field, id: string): unknown {
  const frame = toPeer({ refId: 'A', shape: 'table', length: field.values.length, fields: [field] });
  return plainCell(grafana.reduceField({ field: frame.fields[0]!, reducers: [id] })[id]);
}

/** Which fields a matcher of theirs finds. */
export function matchThere(id: string, options: unknown, frames: readonly Frame[]): boolean[][] {
  const peers = frames.map(toPeer);
  const matches = grafana.fieldMatchers.get(id).get(options);
  return peers.map((frame) => frame.fields.map((field) => matches(field, frame, peers)));
}

export function displayNamesThere(frames: readonly Frame[]): string[][] {
  const peers = frames.map(toPeer);
  return peers.map((frame) => frame.fields.map((field) => grafana.getFieldDisplayName(field, frame, peers)));
}

function isFrame(value: unknown): value is PeerFrame {
  return typeof value === 'object' && value !== null && 'fields' in value;
}

export function plainCell(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(10)) : String(value);
  if (Array.isArray(value)) return value.map(plainCell);
  if (isFrame(value))
    return value.fields.map(({ name, values }) => [
      name,
      Array.from({ length: value.length }, (_, row) => plainCell(values[row])),
    ]);
  return value;
}
