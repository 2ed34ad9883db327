import { Button, Select, Switch, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconX } from '@tabler/icons-react';
import { checkTimeZone } from '@vitrine/compute/civil-time.ts';
import type { UploadPreview } from '@vitrine/model/upload.ts';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { CopyButton } from '../state/copy-button.tsx';
import { UploadColumns } from './upload-columns.tsx';
import { ambiguousTime, asksZone, curlOf, mappingJson, readDraft, untakenTime, withColumn } from './upload-draft.ts';
import type { UploadDraft } from './upload-draft.ts';
import { UploadRun } from './upload-run.tsx';
import classes from './upload.module.css';

const SETTLE_MS = 400;
const ROWS_SHOWN = 8;
const COLUMNS_SHOWN = 40;

interface UploadFormProps {
  readonly file: File;
  readonly preview: UploadPreview;
  readonly first: UploadDraft;
  readonly onAnother: () => void;
}

/** What the columns of a file mean, and its import. */
export function UploadForm({ file, preview, first, onAnother }: UploadFormProps): ReactElement {
  const [draft, setDraft] = useState(first);
  const [isBusy, setIsBusy] = useState(false);
  const mapping = useMemo(() => readDraft(draft, preview), [draft, preview]);
  // What is typed is not sent letter by letter.
  const [settled] = useDebouncedValue(draft, SETTLE_MS);
  const json = useMemo(() => mappingJson(settled, preview), [settled, preview]);
  const change = (part: Partial<UploadDraft>): void => setDraft({ ...draft, ...part });
  const hasTime = draft.columns.some(({ role }) => role === 'time');
  const untaken = untakenTime(draft, preview);
  const ambiguous = ambiguousTime(draft, preview);
  return (
    <>
      <fieldset className={classes.fields} disabled={isBusy}>
        <UploadColumns
          preview={preview}
          draft={draft}
          mapping={typeof mapping === 'string' ? undefined : mapping}
          onColumn={(at, part) => setDraft(withColumn(draft, at, part))}
        />
        <section className={classes.panel} aria-label="Times, names and labels">
          {ambiguous !== undefined && <p className={classes.notice}>{ambiguous}</p>}
          {hasTime && asksZone(draft, preview) && <ZoneField value={draft.zone} onChange={(zone) => change({ zone })} />}
          {untaken !== undefined && (
            <Switch
              className={classes.switch}
              label={`Space the rows evenly, whatever ${untaken} says`}
              checked={draft.isSpaced}
              onChange={(event) => change({ isSpaced: event.currentTarget.checked })}
            />
          )}
          {!hasTime && (untaken === undefined || draft.isSpaced) && (
            <>
              <TextInput
                label="Time of the first row"
                description="No column is the time, so rows are spaced evenly."
                value={draft.start}
                onChange={(event) => change({ start: event.currentTarget.value })}
              />
              <TextInput
                label="Seconds between rows"
                inputMode="decimal"
                value={draft.everySeconds}
                onChange={(event) => change({ everySeconds: event.currentTarget.value })}
              />
            </>
          )}
          {draft.isOne ? (
            <>
              <TextInput
                label="Name of the metric"
                value={draft.oneName}
                onChange={(event) => change({ oneName: event.currentTarget.value })}
              />
              <TextInput
                label="Label with the column’s name"
                value={draft.oneLabel}
                onChange={(event) => change({ oneLabel: event.currentTarget.value })}
              />
            </>
          ) : (
            <TextInput
              label="Before each metric’s name"
              placeholder="train_"
              value={draft.prefix}
              onChange={(event) => change({ prefix: event.currentTarget.value })}
            />
          )}
          <Switch
            className={classes.switch}
            label="One metric, with the column’s name as a label"
            checked={draft.isOne}
            onChange={(event) => change({ isOne: event.currentTarget.checked })}
          />
          <FixedLabels fixed={draft.fixed} onChange={(fixed) => change({ fixed })} />
        </section>
      </fieldset>
      {typeof mapping === 'string' ? (
        <p className={classes.problem} role="alert">
          {mapping}
        </p>
      ) : (
        <UploadRun
          key={JSON.stringify(json)}
          file={file}
          mapping={json}
          isSettled={settled === draft}
          onBusy={setIsBusy}
          onAnother={onAnother}
        />
      )}
      <FirstRows preview={preview} />
      <details className={classes.script}>
        <summary>The same in a script</summary>
        <div className={classes.code}>
          <pre tabIndex={0}>{curlOf(json, file.name, window.location.origin)}</pre>
          <CopyButton text={curlOf(json, file.name, window.location.origin)} label="Copy the command" />
        </div>
      </details>
    </>
  );
}

function ZoneField({ value, onChange }: { readonly value: string; readonly onChange: (zone: string) => void }): ReactElement {
  const zones = useMemo(() => {
    const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const names = Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC' && zone !== own);
    return ['UTC', ...(own === 'UTC' ? [] : [own]), ...names]
      .filter(isKnown)
      .map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));
  }, []);
  return (
    <Select
      label="Zone of the times"
      description="They say none themselves."
      data={zones}
      value={value}
      onChange={(zone) => zone !== null && onChange(zone)}
      allowDeselect={false}
      searchable
      limit={100}
      nothingFoundMessage="No zone has that name."
    />
  );
}

function isKnown(zone: string): boolean {
  try {
    return checkTimeZone('zone', zone) === zone;
  } catch {
    return false;
  }
}

interface FixedLabelsProps {
  readonly fixed: UploadDraft['fixed'];
  readonly onChange: (fixed: UploadDraft['fixed']) => void;
}

function FixedLabels({ fixed, onChange }: FixedLabelsProps): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  const count = useRef(fixed.length);
  useEffect(() => {
    // Who adds a label wants to write its name next.
    if (fixed.length > count.current)
      list.current?.querySelector<HTMLInputElement>(`[data-row="${fixed.length - 1}"] input`)?.focus();
    count.current = fixed.length;
  }, [fixed.length]);
  const put = (at: number, part: Partial<UploadDraft['fixed'][number]>): void =>
    onChange(fixed.map((label, index) => (index === at ? { ...label, ...part } : label)));
  return (
    <div className={classes.fixed} role="group" aria-label="Labels of every sample" ref={list}>
      <span className={classes.legend}>Labels of every sample</span>
      {fixed.map(({ name, value }, index) => (
        <div key={index} className={classes.pair} data-row={index}>
          <TextInput
            aria-label={`Name of label ${index + 1}`}
            placeholder="run"
            value={name}
            onChange={(event) => put(index, { name: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Value of label ${index + 1}`}
            placeholder="baseline"
            value={value}
            onChange={(event) => put(index, { value: event.currentTarget.value })}
          />
          <Button
            variant="subtle"
            color="gray"
            aria-label={`Remove label ${index + 1}`}
            onClick={() => onChange(fixed.filter((_, other) => other !== index))}
          >
            <IconX size={15} />
          </Button>
        </div>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange([...fixed, { name: '', value: '' }])}
      >
        Add a label
      </Button>
    </div>
  );
}

function FirstRows({ preview }: { readonly preview: UploadPreview }): ReactElement {
  const columns = preview.columns.slice(0, COLUMNS_SHOWN);
  return (
    <section className={classes.rows} aria-label="First rows">
      <div className={classes.scroll} tabIndex={0} role="group" aria-label="First rows of the file">
        <table>
          <thead>
            <tr>
              {columns.map(({ name }) => (
                <th key={name}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.slice(0, ROWS_SHOWN).map((row, index) => (
              <tr key={index}>
                {columns.map(({ name }, column) => (
                  <td key={name} data-empty={row[column] === undefined || row[column] === null || undefined}>
                    {row[column] ?? 'empty'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {preview.columns.length > COLUMNS_SHOWN && <p className={classes.hint}>The first {COLUMNS_SHOWN} columns are shown.</p>}
    </section>
  );
}
