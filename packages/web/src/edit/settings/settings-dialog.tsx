import { Modal, Tabs } from '@mantine/core';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import type { ReactElement } from 'react';
import { act } from '../draft.ts';
import type { DraftState } from '../draft.ts';
import type { SourceChoice } from '../panel/queries-tab.tsx';
import { AnnotationSettings } from './annotation-settings.tsx';
import { GeneralSettings } from './general-settings.tsx';
import { JsonSettings } from './json-settings.tsx';
import { LinkSettings } from './link-settings.tsx';
import { Revisions } from './revisions.tsx';
import { VariableSettings } from './variable-settings.tsx';

export interface SettingsDialogProps {
  readonly uid: string;
  readonly draft: DraftState;
  readonly sources: readonly SourceChoice[];
  readonly onClose: () => void;
}

export type Change = (update: (dashboard: Dashboard) => Dashboard, step?: string) => void;

/** Everything about a dashboard that is not a panel. Changes are part of the draft: they are saved and undone with it. */
export function SettingsDialog({ uid, draft, sources, onClose }: SettingsDialogProps): ReactElement {
  const dashboard = draft.history.now;
  const change: Change = (update, step) => act(uid, update, step);
  return (
    <Modal opened onClose={onClose} size="xl" title={`Settings of ${dashboard.title}`}>
      <Tabs defaultValue="general" keepMounted={false}>
        <Tabs.List mb={12}>
          <Tabs.Tab value="general">General</Tabs.Tab>
          <Tabs.Tab value="variables">Variables</Tabs.Tab>
          <Tabs.Tab value="annotations">Annotations</Tabs.Tab>
          <Tabs.Tab value="links">Links</Tabs.Tab>
          <Tabs.Tab value="revisions">Revisions</Tabs.Tab>
          <Tabs.Tab value="json">JSON</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="general">
          <GeneralSettings dashboard={dashboard} onChange={change} />
        </Tabs.Panel>
        <Tabs.Panel value="variables">
          <VariableSettings {...{ dashboard, sources }} onChange={change} />
        </Tabs.Panel>
        <Tabs.Panel value="annotations">
          <AnnotationSettings {...{ dashboard, sources }} onChange={change} />
        </Tabs.Panel>
        <Tabs.Panel value="links">
          <LinkSettings dashboard={dashboard} onChange={change} />
        </Tabs.Panel>
        <Tabs.Panel value="revisions">
          <Revisions uid={uid} now={dashboard} isFile={draft.meta.builtin} onRestored={onClose} />
        </Tabs.Panel>
        <Tabs.Panel value="json">
          <JsonSettings dashboard={dashboard} onChange={change} />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
}
