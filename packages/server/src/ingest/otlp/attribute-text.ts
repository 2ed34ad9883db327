/** An attribute's value before it is text. Whole numbers beyond 2^53 are bigints. */
export type AnyValue =
  | string
  | boolean
  | number
  | bigint
  | Uint8Array
  | null
  | readonly AnyValue[]
  | { readonly entries: readonly (readonly [key: string, value: AnyValue])[] };

/**
 * An attribute's value as protocols without types have it: text as it is, bytes as base64, lists and maps as JSON.
 * Source: the OpenTelemetry specification, common, "AnyValue representation for non-OTLP protocols".
 */
export function attributeText(value: AnyValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return base64(value);
  return json(value);
}

function json(value: AnyValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  // JSON has no such numbers: they are written as texts.
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return `"${base64(value)}"`;
  if ('entries' in value && !Array.isArray(value)) {
    const { entries } = value as { entries: readonly (readonly [string, AnyValue])[] };
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${json(member)}`).join(',')}}`;
  }
  return `[${(value as readonly AnyValue[]).map((member) => json(member)).join(',')}]`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
