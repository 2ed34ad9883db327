import type { Frame } from '@vitrine/model/frame.ts';

/** A frame as RFC 4180 CSV: times as ISO 8601, numbers in full, nothing where there is nothing. */
export function writeCsv({ fields, length }: Frame): string {
  const lines = [fields.map(({ name }) => quote(name)).join(',')];
  for (let row = 0; row < length; row++) {
    const cells = fields.map((field) => {
      if (field.type === 'string') return quote(field.values[row] ?? '');
      if (field.present?.[row] === 0) return '';
      const value = field.values[row] as number;
      return field.type === 'time' ? new Date(value).toISOString() : String(value);
    });
    lines.push(cells.join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

function quote(text: string): string {
  // A spreadsheet would run a cell that starts like a formula, and label values come from anywhere.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
