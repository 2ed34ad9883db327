import { Button, Switch, TextInput } from '@mantine/core';
import { IconCopy, IconLock } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { SettingControl } from '@vitrine/plugins/contract.ts';
import type { FormEvent, ReactElement, ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { TopBar } from '../app/top-bar.tsx';
import { SpecJson } from '../edit/panel/spec-json.tsx';
import { DeleteSource } from './delete-source.tsx';
import { ExploreSource } from './explore-source.tsx';
import { SettingField } from './setting-field.tsx';
import { SourceLeaveGuard } from './source-leave-guard.tsx';
import {
  bodyOf,
  draftOf,
  isSame,
  problemOf,
  readProblem,
  readSetting,
  secretName,
  shownControls,
  writeSetting,
} from './source-draft.ts';
import type { SettingProblem, SourceDraft } from './source-draft.ts';
import { useSourceKinds } from './source-kinds.ts';
import { checkSource, saveSource, savedSourceQuery, sourceHealthQuery } from './source-queries.ts';
import type { SavedSource, SourceAnswer } from './source-queries.ts';
import { TestResult } from './test-result.tsx';
import classes from './sources.module.css';

export interface SourceFormProps {
  readonly type: string;
  /** undefined is to be set up. */
  readonly saved: SavedSource | undefined;
  readonly start: SourceDraft;
  /** Names of the other sources. */
  readonly taken: readonly string[];
  /** It is a copy of one that has secrets, which cannot be copied. */
  readonly isCopyOfSecrets: boolean;
}

/** What the button is doing. */
type Busy = 'asking' | 'saving' | undefined;

/** The settings of a data source, drawn from what its kind offers. */
export function SourceForm({ type, saved, start, taken, isCopyOfSecrets }: SourceFormProps): ReactElement {
  const [base, setBase] = useState(start);
  const [draft, setDraft] = useState(start);
  // What was changed elsewhere is shown where nothing was changed here.
  const [version, setVersion] = useState(saved?.version);
  if ((version !== saved?.version || !isSame(base, start)) && isSame(draft, base)) {
    setVersion(saved?.version);
    setBase(start);
    setDraft(start);
  }
  const [seen, setSeen] = useState<ReadonlySet<string>>(NOTHING_SEEN);
  const [refused, setRefused] = useState<SettingProblem>();
  const [answer, setAnswer] = useState<SourceAnswer>();
  const [busy, setBusy] = useState<Busy>();
  /** Whether somebody else saved it since this form began. */
  const [isOvertaken, setIsOvertaken] = useState(false);
  const asking = useRef<AbortController>(undefined);
  const form = useRef<HTMLFormElement>(null);
  // Leaving for the page of what was just saved loses nothing.
  const leaving = useRef(false);
  const client = useQueryClient();
  const navigate = useNavigate();

  const kinds = useSourceKinds();
  const kind = kinds.of(type);
  const state = kinds.stateOf(type);
  const isLocked = saved?.readOnly === true;
  const kept = Object.keys(saved?.secureJsonFields ?? {});
  const isChanged = !isSame(draft, base);
  const title = kind?.spec.title ?? type;
  const name = draft.name.trim();
  const problem = refused ?? nameProblem(name, taken) ?? (kind === undefined ? undefined : problemOf(kind.spec, draft, kept));
  const groups = shownControls(kind?.spec.controls ?? [], draft);
  const isPlaced = problem?.path === 'name' || groups.some(([, controls]) => controls.some(({ path }) => path === problem?.path));
  const problemAt = (path: string) =>
    problem?.path === path && (refused !== undefined || seen.has(path) || seen.has(ALL)) ? problem.sentence : undefined;
  const change = (next: SourceDraft): void => {
    setDraft(next);
    setRefused(undefined);
    setAnswer(undefined);
  };
  const health = useQuery({
    ...sourceHealthQuery(saved?.uid ?? ''),
    enabled: saved?.supported === true,
  });
  const known = answer ?? (isChanged ? undefined : health.data);

  const save = async (tested: SourceAnswer | undefined, over: boolean): Promise<void> => {
    setBusy('saving');
    const done = await saveSource(saved?.uid, bodyOf(draft, type, saved?.uid, over ? undefined : version));
    setIsOvertaken(false);
    if (tested === undefined) client.removeQueries({ queryKey: sourceHealthQuery(done.uid).queryKey });
    else client.setQueryData(sourceHealthQuery(done.uid).queryKey, tested);
    client.setQueryData(savedSourceQuery(done.uid).queryKey, done);
    setVersion(done.version);
    setBase(draftOf(done));
    setDraft(draftOf(done));
    void client.invalidateQueries({ queryKey: ['data-sources'] });
    // What panels show may be of another server now.
    void client.invalidateQueries({ queryKey: ['panel-data'] });
    leaving.current = true;
    if (saved === undefined) await navigate({ to: '/sources/$uid', params: { uid: done.uid }, replace: true });
    leaving.current = false;
  };
  /** `how` says what is done with a server that does not answer, or where somebody else has saved meanwhile. */
  const submit = async (how: 'if it answers' | 'anyway'): Promise<void> => {
    setSeen(new Set([ALL]));
    if (problem !== undefined && refused === undefined) {
      // When it is drawn.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    setRefused(undefined);
    setAnswer(undefined);
    const abort = new AbortController();
    asking.current = abort;
    try {
      let tested: SourceAnswer | undefined;
      if (kind !== undefined && how === 'if it answers') {
        setBusy('asking');
        tested = await checkSource(bodyOf(draft, type, saved?.uid), abort.signal);
        setAnswer(tested);
        if (!tested.ok) return;
      }
      await save(tested, isOvertaken && how === 'anyway');
    } catch (error) {
      if (abort.signal.aborted) return;
      if (error instanceof ApiError && error.field !== undefined) setRefused(readProblem(error.field, error.message));
      else {
        setIsOvertaken(error instanceof ApiError && error.code === 'source_changed');
        setAnswer({ ok: false, sentence: (error as Error).message });
      }
    } finally {
      setBusy(undefined);
    }
  };
  const see = (path: string): void => setSeen((before) => (before.has(path) ? before : new Set([...before, path])));

  return (
    <>
      <TopBar crumbs={[{ label: 'Sources', to: '/sources' }, { label: saved?.name ?? `New ${title}` }]}>
        {saved !== undefined && (
          <>
            {saved.supported && <ExploreSource source={saved} />}
            {kind !== undefined && (
              <Button
                renderRoot={(props) => <Link to="/sources/new" search={{ kind: kind.spec.kind, copy: saved.uid }} {...props} />}
                size="compact-sm"
                variant="default"
                leftSection={<IconCopy size={14} />}
              >
                Duplicate
              </Button>
            )}
            {!isLocked && <DeleteSource source={saved} onDeleted={() => (leaving.current = true)} />}
          </>
        )}
      </TopBar>
      <form
        ref={form}
        className={classes.form}
        noValidate
        autoComplete="off"
        aria-label={`Settings of ${saved?.name ?? `a new ${title}`}`}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (!isLocked && busy === undefined) void submit('if it answers');
        }}
      >
        {isLocked && (
          <p className={classes.locked} role="note">
            <IconLock size={16} aria-hidden />
            <span>
              {saved.provisionedBy === undefined ? 'A provisioning file' : <code>{saved.provisionedBy}</code>} sets it up, so it
              is changed there and read again at the next start. Here it can be tested, asked and duplicated.
            </span>
          </p>
        )}
        {saved?.supported === false && <p className={classes.note}>{saved.notice}</p>}
        {kind === undefined && state.state === 'failed' && <p className={classes.note}>{state.sentence}</p>}
        {isCopyOfSecrets && (
          <p className={classes.note} role="note">
            Passwords and other secrets are not copied: nobody can read them. Write them anew.
          </p>
        )}
        <fieldset className={classes.settings} data-locked={isLocked || undefined} disabled={isLocked || busy !== undefined}>
          <Group title="Source">
            <div onBlur={() => see('name')}>
              <TextInput
                label="Name"
                size="xs"
                description="What people choose it by. Dashboards keep to it when it is renamed."
                maxLength={200}
                value={draft.name}
                error={problemAt('name')}
                onChange={(event) => change({ ...draft, name: event.currentTarget.value })}
              />
            </div>
            <Switch
              size="xs"
              label="Default"
              description="New queries ask it, and those that name no source."
              checked={draft.isDefault}
              onChange={(event) => change({ ...draft, isDefault: event.currentTarget.checked })}
            />
          </Group>
          {groups.map(([group, controls]) => (
            <Group key={group} title={group}>
              {controls.map((control) => (
                <div key={control.path} onBlur={() => see(control.path)}>
                  <SettingField
                    control={control}
                    value={readSetting(draft, control.path)}
                    isSet={kept.includes(secretName(control.path) ?? '')}
                    isLocked={isLocked}
                    problem={problemAt(control.path)}
                    onChange={(value) => change(writeSetting(draft, control.path, value))}
                  />
                </div>
              ))}
            </Group>
          ))}
          {kind === undefined && state.state !== 'waiting' && (
            <Group title="As it is kept">
              <SpecJson
                label="Settings"
                value={draft.settings}
                onChange={(settings) => !isLocked && change({ ...draft, settings })}
              />
            </Group>
          )}
        </fieldset>
        {problem !== undefined && !isPlaced && (refused !== undefined || seen.has(ALL)) && (
          <p className={classes.problem} role="alert">
            {named(problem, kind?.spec.controls ?? [])}
          </p>
        )}
        <div className={classes.foot}>
          <div className={classes.buttons}>
            {isLocked ? (
              <Button disabled={!saved.supported} loading={health.isFetching} onClick={() => void health.refetch()}>
                Test
              </Button>
            ) : (
              <Button type="submit" loading={busy !== undefined}>
                {kind === undefined ? 'Save' : 'Save and test'}
              </Button>
            )}
            {busy === 'asking' && (
              <Button variant="default" onClick={() => asking.current?.abort()}>
                Stop asking
              </Button>
            )}
            {busy === undefined && answer?.ok === false && !isLocked && (
              <Button variant="default" onClick={() => void submit('anyway')}>
                {isOvertaken ? 'Save over it' : 'Save it all the same'}
              </Button>
            )}
            {busy === undefined && isChanged && saved !== undefined && (
              <Button variant="subtle" color="gray" onClick={() => change(base)}>
                Discard changes
              </Button>
            )}
          </div>
          <TestResult
            answer={known}
            isAsking={busy === 'asking' || (known === undefined && !isChanged && health.isFetching)}
            error={answer === undefined && !isChanged ? health.error : null}
            isUnsaved={answer?.ok === false}
          />
        </div>
      </form>
      <SourceLeaveGuard isChanged={isChanged} leaving={leaving} />
    </>
  );
}

/** Stands for all settings: somebody wants to save. */
const ALL = '*';
const NOTHING_SEEN: ReadonlySet<string> = new Set();

/** A problem that stands under no control: secrets are called what their controls are. */
function named({ path, sentence }: SettingProblem, controls: readonly SettingControl[]): string {
  const secrets = controls.flatMap((control) => {
    const secret = secretName(control.path);
    return secret === undefined ? [] : [[secret, `“${control.label}”`] as const];
  });
  const text = secrets.reduce(
    (before, [secret, label]) => before.replaceAll(new RegExp(`\\b${secret}\\b`, 'g'), label),
    sentence,
  );
  return path === 'secureJsonData' ? text : `${path}: ${text}`;
}

function nameProblem(name: string, taken: readonly string[]): SettingProblem | undefined {
  if (name === '') return { path: 'name', sentence: 'It needs a name.' };
  return taken.includes(name) ? { path: 'name', sentence: 'Another source has that name.' } : undefined;
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <section className={classes.group} aria-label={title}>
      <h2>{title}</h2>
      <div className={classes.fields}>{children}</div>
    </section>
  );
}
