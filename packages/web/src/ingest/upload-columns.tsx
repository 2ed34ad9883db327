import { Button, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import type { ColumnRole, TimeFormat, UploadMapping, UploadPreview } from '@vitrine/model/upload.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { seriesText } from './upload-draft.ts';
import type { DraftColumn, UploadDraft } from './upload-draft.ts';
import classes from './upload.module.css';

const ROLES: readonly { readonly value: ColumnRole; readonly label: string }[] = [
  { value: 'time', label: 'Time' },
  { value: 'value', label: 'Value' },
  { value: 'label', label: 'Label' },
  { value: 'ignore', label: 'Leave out' },
];
const TIMES: readonly { readonly value: TimeFormat; readonly label: string }[] = [
  { value: 'rfc3339', label: 'RFC 3339, with a zone' },
  { value: 'unix-s', label: 'Unix seconds' },
  { value: 'unix-ms', label: 'Unix milliseconds' },
  { value: 'unix-us', label: 'Unix microseconds' },
  { value: 'unix-ns', label: 'Unix nanoseconds' },
  { value: 'date', label: '2026-12-31 12:00:00' },
  { value: 'day-first', label: '31.12.2026 12:00:00' },
  { value: 'month-first', label: '12/31/2026 12:00:00' },
];
const TIMESTAMP = [{ value: 'timestamp', label: 'The file’s timestamps' }] as const;
/** Fields for more than that make the page slow: the others come on demand. */
const SHOWN = 60;
const MANY = 15;
const EXAMPLES = 3;

interface UploadColumnsProps {
  readonly preview: UploadPreview;
  readonly draft: UploadDraft;
  /** undefined where it is not whole yet. */
  readonly mapping: UploadMapping | undefined;
  readonly onColumn: (at: number, change: Partial<DraftColumn>) => void;
}

/** What each column means. */
export function UploadColumns({ preview, draft, mapping, onColumn }: UploadColumnsProps): ReactElement {
  const [text, setText] = useState('');
  const [shown, setShown] = useState(SHOWN);
  const found = draft.columns
    .map((column, at) => ({ column, at }))
    .filter(({ column }) => column.name.toLowerCase().includes(text.toLowerCase()));
  return (
    <section className={classes.columns} aria-label="Columns">
      {draft.columns.length > MANY && (
        <TextInput
          className={classes.search}
          aria-label="Search the columns"
          placeholder="Search the columns"
          leftSection={<IconSearch size={15} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <div className={classes.table} role="table" aria-label="What each column means">
        <div className={classes.head} role="row">
          <span role="columnheader">Column</span>
          <span role="columnheader">First cells</span>
          <span role="columnheader">Is</span>
          <span role="columnheader">As</span>
          <span role="columnheader">Becomes</span>
        </div>
        {found.slice(0, shown).map(({ column, at }) => (
          <div key={column.name} className={classes.row} role="row" data-role={column.role}>
            <span className={classes.name} role="cell" title={column.name}>
              <strong>{column.name}</strong>
              <small>{preview.columns[at]?.type}</small>
            </span>
            <span className={classes.examples} role="cell">
              {examples(preview, at)}
            </span>
            <span role="cell">
              <Select
                aria-label={`What ${column.name} is`}
                data={ROLES}
                value={column.role}
                onChange={(role) => role !== null && onColumn(at, { role })}
                allowDeselect={false}
              />
            </span>
            <span className={classes.as} role="cell">
              <As
                column={column}
                isTimestamp={preview.columns[at]?.timeFormat === 'timestamp'}
                onChange={(part) => onColumn(at, part)}
              />
            </span>
            <code className={classes.becomes} role="cell">
              {column.role === 'value' && mapping !== undefined ? `→ ${seriesText(mapping, column.name, preview)}` : ''}
            </code>
          </div>
        ))}
      </div>
      {found.length > shown && (
        <Button variant="default" onClick={() => setShown(shown + SHOWN)}>
          Show {Math.min(SHOWN, found.length - shown)} of {found.length - shown} more columns
        </Button>
      )}
      {found.length === 0 && <p className={classes.hint}>No column is called so.</p>}
    </section>
  );
}

interface AsProps {
  readonly column: DraftColumn;
  readonly isTimestamp: boolean;
  readonly onChange: (change: Partial<DraftColumn>) => void;
}

function As({ column, isTimestamp, onChange }: AsProps): ReactElement | null {
  const { name, role, called, unit, timeFormat } = column;
  switch (role) {
    case 'time':
      return (
        <Select
          aria-label={`How ${name} says times`}
          data={isTimestamp ? TIMESTAMP : TIMES}
          value={timeFormat}
          onChange={(format) => format !== null && onChange({ timeFormat: format })}
          allowDeselect={false}
        />
      );
    case 'value':
      return (
        <>
          <TextInput
            aria-label={`Name for ${name}`}
            placeholder={name}
            value={called}
            onChange={(event) => onChange({ called: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Unit of ${name}`}
            placeholder="unit"
            value={unit}
            onChange={(event) => onChange({ unit: event.currentTarget.value })}
          />
        </>
      );
    case 'label':
      return (
        <TextInput
          aria-label={`Label name for ${name}`}
          placeholder={name}
          value={called}
          onChange={(event) => onChange({ called: event.currentTarget.value })}
        />
      );
    default:
      return null;
  }
}

function examples({ rows }: UploadPreview, at: number): string {
  const cells = rows.map((row) => row[at]).filter((cell) => cell !== undefined && cell !== null);
  return cells.length === 0 ? 'all empty' : [...new Set(cells)].slice(0, EXAMPLES).join(', ');
}
