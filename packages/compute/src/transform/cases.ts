/** Frames as a test writes them down, and reads them. */
import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { Frame, Notice } from '@vitrine/model/frame.ts';

import { applyTransformations } from './apply.ts';
import { cellAt, columnOf, tableOf, type Cell, type FieldType } from './column.ts';
import type { Place } from './gazetteer.ts';
import { withShape } from './series.ts';

/** A column: `Time` holds times, others what the first cell is; null is missing. Labels stand behind the name: `Value{pod=a}`. */
export type Columns = Readonly<Record<string, readonly (number | string | boolean | object | null)[]>>;

export function frameOf(columns: Columns, refId = 'A', configs: Readonly<Record<string, FieldSettings>> = {}): Frame {
  const fields = Object.entries(columns).map(([written, cells]) => {
    const [, name = '', labels] = /^([^{]*)(?:\{(.*)\})?$/.exec(written) ?? [];
    const pairs = labels?.split(',').map((pair) => pair.split('=') as [string, string]);
    const config = configs[name];
    const header = {
      name,
      ...(pairs && { labels: Object.fromEntries(pairs) as Record<string, string> }),
      ...(config && { config }),
    };
    return columnOf(
      header,
      cells.map((cell): Cell => cell ?? undefined),
      name === 'Time' ? 'time' : typeOf(cells.find((cell) => cell !== null)),
    );
  });
  return withShape(tableOf(refId, fields));
}

function typeOf(cell: unknown): FieldType {
  if (typeof cell === 'string' || typeof cell === 'boolean') return typeof cell as 'string' | 'boolean';
  return typeof cell === 'object' ? 'json' : 'number';
}

/** The other way round. A frame in a cell is read the same way. */
export function columnsOf(frame: Frame): Record<string, unknown[]> {
  const entries = frame.fields.map((field) => {
    const labels = Object.entries(field.labels ?? {}).map(([name, value]) => `${name}=${value}`);
    const name = field.config?.displayName ?? field.name;
    const cells = Array.from({ length: frame.length }, (_, row) => {
      const cell = cellAt(field, row);
      if (field.type === 'frame' && cell !== undefined) return field.values[row]!.map(columnsOf);
      return cell ?? null;
    });
    return [labels.length === 0 ? name : `${name}{${labels.join(',')}}`, cells] as const;
  });
  return Object.fromEntries(entries);
}

/** What one transformation makes of frames. */
export function transformed(
  id: string,
  options: object,
  ...frames: readonly Frame[]
): { frames: readonly Frame[]; notices: readonly Notice[] } {
  const transformation = { id, options: { ...options }, disabled: false, filter: undefined, topic: '' as const };
  return applyTransformations(frames, [transformation], {
    timeZone: 'UTC',
    replace: (text) => text.replaceAll('$limit', '2'),
    gazetteer: () => ({ find: (key) => PLACES.find(({ id, name }) => [id, name].includes(key)) }),
  });
}

/** The whole of every gazetteer. */
const PLACES: readonly Place[] = [
  { id: 'AL', name: 'Alabama', lat: 32.5, lng: -87 },
  { id: 'AK', name: 'Alaska', lat: 63.5, lng: -152.5 },
];

/** The same, as columns. */
export function transform(id: string, options: object, ...frames: readonly Frame[]): Record<string, unknown[]>[] {
  return transformed(id, options, ...frames).frames.map(columnsOf);
}
