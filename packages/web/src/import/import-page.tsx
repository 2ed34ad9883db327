import { Button, FileButton, Group, Select, Textarea, TextInput } from '@mantine/core';
import { IconFileImport, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ImportAnswer, ImportInput, ImportRequest } from '@vitrine/model/api.ts';
import { useRef, useState } from 'react';
import type { DragEvent, ReactElement } from 'react';
import { ApiError, askJson } from '../api/client.ts';
import { dataSourcesQuery, foldersQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import { ForEditors } from '../state/for-editors.tsx';
import classes from './import-page.module.css';
import { ImportReportView } from './import-report.tsx';

/** What the server reads at most. */
const MOST_BYTES = 20 * 1024 * 1024;
/** More than this in a text field makes the browser slow: such a file is named, not shown. */
const MOST_SHOWN = 200_000;

const PASTED = 'pasted';
const WRITTEN = 'written';

/** A dashboard that people have already: pasted, dropped or chosen; what becomes of it is shown before it is saved. */
export function ImportPage(): ReactElement {
  return (
    <ForEditors title="Dashboards are not yours to bring">
      <Import />
    </ForEditors>
  );
}

function Import(): ReactElement {
  const client = useQueryClient();
  const navigate = useNavigate();
  const folders = useQuery(foldersQuery).data ?? [];
  const [text, setText] = useState('');
  const [fileName, setFileName] = useState('');
  const [tooLarge, setTooLarge] = useState<string | undefined>();
  const [isOver, setIsOver] = useState(false);
  const [inputs, setInputs] = useState<Readonly<Record<string, string>>>({});
  const [folder, setFolder] = useState('');
  const resetFile = useRef<() => void>(null);

  const trial = useMutation({ mutationFn: (whole: string) => importText({ text: whole, trial: true }) });
  const save = useMutation({
    mutationFn: (how: Pick<ImportRequest, 'overwrite' | 'uid'>) => importText({ text, inputs, folder, ...how }),
    onSuccess: async ({ dashboards }) => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ['dashboards'] }),
        ...dashboards.map(({ dashboard }) => client.invalidateQueries({ queryKey: ['dashboard', dashboard.uid] })),
      ]);
      const [first] = dashboards;
      if (dashboards.length === 1 && first !== undefined) {
        await navigate({ to: '/d/$uid', params: { uid: first.dashboard.uid } });
      } else {
        await navigate({ to: '/dashboards' });
      }
    },
  });

  const read = (whole: string, name: string): void => {
    setText(whole);
    setFileName(name);
    setTooLarge(undefined);
    setInputs({});
    save.reset();
    if (whole.trim() === '') trial.reset();
    else trial.mutate(whole);
  };
  const readFile = async (file: File | null): Promise<void> => {
    if (file === null) return;
    resetFile.current?.();
    if (file.size > MOST_BYTES) {
      setTooLarge(`${file.name} has ${(file.size / 1_048_576).toFixed(0)} MiB; a dashboard of at most 20 MiB can be read.`);
      return;
    }
    read(await file.text(), file.name);
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    void readFile(event.dataTransfer.files[0] ?? null);
  };

  const found = trial.data?.dashboards;
  // What was chosen as a file is known by its name; what was written or did not work is there to be changed.
  const isFile = fileName !== '' && fileName !== PASTED && fileName !== WRITTEN;
  const asked = inputsOf(trial.data);
  const conflict = save.error instanceof ApiError && save.error.code === 'dashboard_exists';
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: 'Import' }]} />
      <div className={classes.page}>
        <section
          className={classes.drop}
          data-over={isOver || undefined}
          aria-label="The dashboard’s file"
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={onDrop}
        >
          <div className={classes.choose}>
            <FileButton resetRef={resetFile} accept=".json,.yaml,.yml,application/json" onChange={(file) => void readFile(file)}>
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconUpload size={15} />}>
                  Choose a file
                </Button>
              )}
            </FileButton>
            <span className={classes.hint}>
              or drop it here: a Grafana dashboard of any age, the answer of its API, a ConfigMap, or one of Vitrine’s own.
            </span>
          </div>
          {text.length > MOST_SHOWN || (isFile && found !== undefined) ? (
            <Group gap={8}>
              <span>
                {fileName}, {sizeText(text.length)}
              </span>
              <Button size="compact-sm" variant="default" onClick={() => read('', '')}>
                Take another
              </Button>
            </Group>
          ) : (
            <Textarea
              aria-label="JSON of the dashboard"
              placeholder='Or paste its JSON: {"title": …}'
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              onPaste={(event) => {
                if (text !== '') return;
                event.preventDefault();
                read(event.clipboardData.getData('text'), PASTED);
              }}
              onBlur={() => text !== trial.variables && read(text, WRITTEN)}
              minRows={6}
              maxRows={14}
              autosize
              spellCheck={false}
              classNames={{ input: classes.json }}
            />
          )}
          {tooLarge !== undefined && <Problem text={tooLarge} />}
          {trial.isPending && <p role="status">Reading…</p>}
          {trial.error !== null && <Problem text={trial.error.message} />}
        </section>

        {found !== undefined && (
          <>
            <section className={classes.save} aria-label="Save it">
              {asked.map((input) => (
                <InputField
                  key={input.name}
                  input={input}
                  value={inputs[input.name] ?? (input.kind === 'constant' ? input.value : '')}
                  onChange={(value) => setInputs({ ...inputs, [input.name]: value })}
                />
              ))}
              {folders.length > 0 && (
                <Select
                  label="Folder"
                  data={[{ value: '', label: 'None' }, ...folders.map(({ uid, title }) => ({ value: uid, label: title }))]}
                  value={folder}
                  onChange={(next) => setFolder(next ?? '')}
                  allowDeselect={false}
                  searchable
                />
              )}
              {save.error !== null && <Problem text={save.error.message} />}
              <Group gap={8}>
                {conflict ? (
                  <>
                    <Button loading={save.isPending} onClick={() => save.mutate({ uid: '' })}>
                      Import as a copy
                    </Button>
                    <Button color="red" variant="light" loading={save.isPending} onClick={() => save.mutate({ overwrite: true })}>
                      Replace what is there
                    </Button>
                  </>
                ) : (
                  <Button leftSection={<IconFileImport size={15} />} loading={save.isPending} onClick={() => save.mutate({})}>
                    {found.length === 1 ? 'Import' : `Import all ${found.length}`}
                  </Button>
                )}
              </Group>
            </section>
            {found.map(({ dashboard, report }) => (
              <ImportReportView key={dashboard.uid} dashboard={dashboard} report={report} />
            ))}
          </>
        )}
      </div>
    </>
  );
}

function sizeText(length: number): string {
  const kib = length / 1024;
  return kib < 1024 ? `${Math.max(1, Math.round(kib))} KiB` : `${(kib / 1024).toPrecision(3)} MiB`;
}

function importText(body: ImportRequest): Promise<ImportAnswer> {
  return askJson('/api/import', { method: 'POST', body });
}

/** What is asked, once: several dashboards of a file may ask the same. */
function inputsOf(answer: ImportAnswer | undefined): readonly ImportInput[] {
  const all = answer?.dashboards.flatMap(({ report }) => report.inputs) ?? [];
  return [...new Map(all.map((input) => [input.name, input])).values()];
}

interface InputFieldProps {
  readonly input: ImportInput;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function InputField({ input, value, onChange }: InputFieldProps): ReactElement {
  const { name, label, description, kind, type } = input;
  const sources = useQuery({ ...dataSourcesQuery, enabled: kind === 'datasource' }).data ?? [];
  if (kind === 'constant') {
    return (
      <TextInput
        label={label || name}
        description={description}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  const fits = sources.filter(
    (source) => type === '' || source.type === type || (type === 'prometheus' && source.type === 'builtin'),
  );
  return (
    <Select
      label={label || name}
      description={[description, type === '' ? '' : `A data source of the type ${type}.`].filter(Boolean).join(' ')}
      placeholder={fits.length === 0 ? `There is none of the type ${type}: the default one will be asked` : 'The default one'}
      data={fits.map(({ uid, name: title }) => ({ value: uid, label: title }))}
      value={value === '' ? null : value}
      onChange={(next) => onChange(next ?? '')}
      clearable
      searchable
    />
  );
}

function Problem({ text }: { readonly text: string }): ReactElement {
  return (
    <p className={classes.problem} role="alert">
      {text}
    </p>
  );
}
