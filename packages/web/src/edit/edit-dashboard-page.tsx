import { Button, Menu } from '@mantine/core';
import { IconBooks, IconChevronDown, IconEye, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { TopBar } from '../app/top-bar.tsx';
import { VariablesBar } from '../dashboard/variables/variables-bar.tsx';
import { AddFromLibrary } from '../library/add-from-library.tsx';
import { usePanelSpecs } from '../plugins/use-panel-specs.ts';
import { act } from './draft.ts';
import type { DraftState } from './draft.ts';
import { EditArrangement } from './edit-arrangement.tsx';
import classes from './edit-page.module.css';
import { EditBar } from './edit-bar.tsx';
import { EditRange } from './edit-range.tsx';
import { addPanel, addSection, firstOwner } from './operations.ts';
import { useEditScope } from './use-edit-scope.ts';
import { WithDraft } from './with-draft.tsx';

/** `/d/:uid/edit`: the dashboard with its panels to be moved, and everything else of it to be changed. */
export function EditDashboardPage(): ReactElement {
  const { uid = '' } = useParams({ strict: false });
  return (
    <WithDraft key={uid} uid={uid}>
      {(draft) => <Editing uid={uid} draft={draft} />}
    </WithDraft>
  );
}

function Editing({ uid, draft }: { readonly uid: string; readonly draft: DraftState }): ReactElement {
  const dashboard = draft.history.now;
  const { scope, timeZone, problem, change } = useEditScope(draft);
  const navigate = useNavigate();
  const specs = usePanelSpecs();
  const edit = useMemo(
    () => (id: number) => void navigate({ to: '/d/$uid/edit/$panel', params: { uid, panel: String(id) }, search: true }),
    [navigate, uid],
  );
  const add = (kind: string): void => {
    const added = addPanel(dashboard, firstOwner(dashboard.layout), { kind, title: kind === 'text' ? '' : 'New panel' });
    act(uid, () => added.dashboard);
    edit(added.id);
  };
  const [isChoosing, setIsChoosing] = useState(false);
  return (
    <>
      <TopBar
        crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: dashboard.title }]}
        beside={<span className={classes.badge}>Editing</span>}
      >
        <EditRange {...{ scope, timeZone, problem, change }} />
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button variant="default" leftSection={<IconPlus size={15} />} rightSection={<IconChevronDown size={14} />}>
              Add
            </Button>
          </Menu.Target>
          <Menu.Dropdown className={classes.menu}>
            <Menu.Item leftSection={<IconBooks size={15} />} onClick={() => setIsChoosing(true)}>
              From the library
            </Menu.Item>
            <Menu.Label>Panel</Menu.Label>
            {specs.map(({ kind, title }) => (
              <Menu.Item key={kind} onClick={() => add(kind)}>
                {title}
              </Menu.Item>
            ))}
            <Menu.Label>Order</Menu.Label>
            <Menu.Item onClick={() => act(uid, (now) => addSection(now, 'rows', 'New row'))}>Row</Menu.Item>
            <Menu.Item onClick={() => act(uid, (now) => addSection(now, 'tabs', 'New tab'))}>Tab</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <EditBar uid={uid} draft={draft} />
        {(draft.meta.revision > 0 || draft.meta.builtin) && (
          <Button component={Link} to={`/d/${uid}`} variant="default" leftSection={<IconEye size={15} />}>
            Done
          </Button>
        )}
      </TopBar>
      <VariablesBar scope={scope} />
      {isChoosing && (
        <AddFromLibrary
          onAdd={(panel) => act(uid, (now) => addPanel(now, firstOwner(now.layout), panel).dashboard)}
          onClose={() => setIsChoosing(false)}
        />
      )}
      <EditArrangement {...{ uid, draft, scope }} onEdit={edit} onAdd={() => add('timeseries')} />
    </>
  );
}
