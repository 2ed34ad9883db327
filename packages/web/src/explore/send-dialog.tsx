import { Button, Group, Modal, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Query } from '@vitrine/model/dashboard.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { dashboardQuery, dashboardSearchQuery } from '../api/queries.ts';
import { act, openDraft } from '../edit/draft.ts';
import { startDashboard } from '../edit/new-dashboard.ts';
import { addPanel, firstOwner } from '../edit/operations.ts';
import classes from './explore.module.css';

export interface SendDialogProps {
  readonly queries: readonly Query[];
  readonly kind: string;
  readonly onClose: () => void;
}

const OFFERED = 50;
const PAUSE_MS = 150;

/** Puts what was explored on a dashboard, as a panel that is not saved yet: the dashboard opens for editing. */
export function SendDialog({ queries, kind, onClose }: SendDialogProps): ReactElement {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [where, setWhere] = useState<'new' | 'known'>('new');
  const [title, setTitle] = useState('');
  const [uid, setUid] = useState<string | null>(null);
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, PAUSE_MS);
  const [problem, setProblem] = useState('');
  const found = useQuery(dashboardSearchQuery({ text: asked, limit: OFFERED })).data?.dashboards ?? [];
  const send = async (): Promise<void> => {
    try {
      const target = where === 'new' || uid === null ? startDashboard() : uid;
      if (where === 'known') openDraft(await client.fetchQuery(dashboardQuery(target)));
      act(target, (dashboard) => addPanel(dashboard, firstOwner(dashboard.layout), { kind, title, queries }).dashboard);
      await navigate({ to: '/d/$uid/edit', params: { uid: target } });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Modal opened onClose={onClose} title="To a dashboard">
      <div className={classes.fields}>
        <TextInput
          label="Title of the panel"
          data-autofocus
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label="Which dashboard"
          data={[
            { value: 'new', label: 'A new dashboard' },
            { value: 'known', label: 'One that is there' },
          ]}
          value={where}
          onChange={(next) => setWhere(next === 'known' ? 'known' : 'new')}
        />
        {where === 'known' && (
          <Select
            label="Dashboard"
            searchable
            nothingFoundMessage="None has that name"
            data={found.map((one) => ({ value: one.uid, label: one.title }))}
            filter={({ options }) => options}
            value={uid}
            onChange={setUid}
            onSearchChange={setText}
          />
        )}
        {problem !== '' && (
          <p className={classes.problem} role="alert">
            {problem}
          </p>
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={where === 'known' && uid === null} onClick={() => void send()}>
            Add the panel
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
