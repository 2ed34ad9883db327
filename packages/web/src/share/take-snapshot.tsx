import { Button, Group, Progress, Select, Switch, TextInput } from '@mantine/core';
import { IconCamera } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { Arranged } from '../dashboard/arrange.ts';
import type { DashboardScope } from '../dashboard/scope.ts';
import { CopyButton } from '../state/copy-button.tsx';
import { collectData } from './collect-data.ts';
import classes from './share.module.css';
import { makeSnapshot, removeSnapshot, snapshotsQuery } from './snapshot-queries.ts';
import type { MadeSnapshot } from './snapshot-queries.ts';
import { stillDashboard } from './still-dashboard.ts';

export interface TakeSnapshotProps {
  readonly scope: DashboardScope;
  readonly title: string;
  readonly arranged: Arranged;
  /** It is of one panel, which then stands alone. */
  readonly onePanel: boolean;
}

const LIVES = [
  { value: '3600', label: 'An hour' },
  { value: '86400', label: 'A day' },
  { value: '604800', label: 'A week' },
  { value: '2592000', label: '30 days' },
  { value: '0', label: 'For good' },
];

type Step =
  | { readonly kind: 'ask'; readonly sentence?: string }
  | { readonly kind: 'collecting'; readonly done: number; readonly total: number }
  | { readonly kind: 'sending' }
  | { readonly kind: 'made'; readonly made: MadeSnapshot; readonly problems: readonly string[] }
  | { readonly kind: 'removed' };

/** Keeps what is shown, with its data, under an address of its own. */
export function TakeSnapshot({ scope, title, arranged, onePanel }: TakeSnapshotProps): ReactElement {
  const client = useQueryClient();
  const [name, setName] = useState(title);
  const [expires, setExpires] = useState('604800');
  const [isPublic, setIsPublic] = useState(false);
  const [step, setStep] = useState<Step>({ kind: 'ask' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const take = async (): Promise<void> => {
    const abort = new AbortController();
    running.current = abort;
    try {
      const { dashboard, annotations, variables } = scope;
      const still = stillDashboard({
        dashboard,
        arranged,
        range: scope.range.get(),
        timeZone: scope.range.timeZone,
        events: annotations.events,
        marksOn: new Set(onMarks(scope)),
        text: variables.text,
        replace: variables.replace,
      });
      const onProgress = (done: number, total: number): void => setStep({ kind: 'collecting', done, total });
      const { data, problems } = await collectData({ scope, panels: still.panels, onProgress, signal: abort.signal });
      setStep({ kind: 'sending' });
      const body = {
        dashboard: still.dashboard,
        name: name.trim() || title,
        expires: Number(expires),
        public: isPublic,
        originalUrl: scope.linkTo(undefined, true),
        data,
      };
      const made = await makeSnapshot(body, abort.signal);
      setStep({ kind: 'made', made, problems });
      await client.invalidateQueries({ queryKey: snapshotsQuery.queryKey });
    } catch (error) {
      if (abort.signal.aborted) setStep({ kind: 'ask' });
      else setStep({ kind: 'ask', sentence: error instanceof Error ? error.message : String(error) });
    }
  };
  const remove = async ({ key }: MadeSnapshot): Promise<void> => {
    try {
      await removeSnapshot(key);
      setStep({ kind: 'removed' });
      await client.invalidateQueries({ queryKey: snapshotsQuery.queryKey });
    } catch (error) {
      setStep({ kind: 'ask', sentence: error instanceof Error ? error.message : String(error) });
    }
  };

  switch (step.kind) {
    case 'ask':
      return (
        <div className={classes.fields}>
          <p className={classes.quiet}>
            A snapshot holds {onePanel ? 'the panel' : 'the panels'} with the data of the range that is shown now, and asks
            nothing when it is read. What the queries say is not in it.
          </p>
          <TextInput label="Name" maxLength={500} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <div className={classes.row}>
            <Select
              label="Kept for"
              allowDeselect={false}
              data={LIVES}
              value={expires}
              onChange={(next) => setExpires(next ?? '0')}
            />
            <Switch
              label="Anyone with the link may see it, without signing in"
              checked={isPublic}
              onChange={(event) => setIsPublic(event.currentTarget.checked)}
            />
          </div>
          {step.sentence !== undefined && (
            <p className={classes.problem} role="alert">
              {step.sentence}
            </p>
          )}
          <Group justify="space-between">
            <Link to="/dashboard/snapshots">All snapshots</Link>
            <Button leftSection={<IconCamera size={15} />} onClick={() => void take()}>
              Take the snapshot
            </Button>
          </Group>
        </div>
      );
    case 'collecting':
    case 'sending': {
      const [done, total] = step.kind === 'collecting' ? [step.done, step.total] : [1, 1];
      return (
        <div className={classes.fields} role="status">
          <p className={classes.quiet}>
            {step.kind === 'collecting' ? `${done} of ${total} panels have their data.` : 'Sending it…'}
          </p>
          <Progress value={total === 0 ? 100 : (done / total) * 100} aria-label="Panels that have their data" />
          <Group justify="end">
            <Button variant="default" onClick={() => running.current?.abort()}>
              Cancel
            </Button>
          </Group>
        </div>
      );
    }
    case 'made':
      return (
        <div className={classes.fields}>
          <div className={classes.link}>
            <TextInput label="Link" readOnly value={step.made.url} onFocus={(event) => event.currentTarget.select()} />
            <CopyButton text={step.made.url} label="Copy the link" />
          </div>
          <div className={classes.link}>
            <TextInput
              label="Link that deletes it"
              description="Whoever opens it deletes the snapshot: keep it to yourself."
              readOnly
              value={step.made.deleteUrl}
              onFocus={(event) => event.currentTarget.select()}
            />
            <CopyButton text={step.made.deleteUrl} label="Copy the link that deletes it" />
          </div>
          {step.problems.length > 0 && (
            <ul className={classes.problems} aria-label="Panels without data">
              {step.problems.map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          )}
          <Group justify="space-between">
            <Link to="/dashboard/snapshots">All snapshots</Link>
            <Button variant="default" onClick={() => void remove(step.made)}>
              Delete it
            </Button>
          </Group>
        </div>
      );
    case 'removed':
      return (
        <div className={classes.fields}>
          <p className={classes.quiet}>The snapshot is deleted.</p>
        </div>
      );
  }
}

/** Marks of a query that has no switch are on where they are saved so. */
function onMarks({ annotations, dashboard }: DashboardScope): string[] {
  const switched = new Map(annotations.toggles.map(({ name, isOn }) => [name, isOn]));
  return dashboard.annotations.flatMap(({ name, enable }) => ((switched.get(name) ?? enable) ? [name] : []));
}
