import { Button, Menu, Select, Switch, Tabs, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconLayoutDashboard, IconTrash } from '@tabler/icons-react';
import type { Dashboard, Layout, Section } from '@vitrine/model/dashboard.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { PanelFrame } from '../dashboard/panel-frame.tsx';
import type { DashboardScope } from '../dashboard/scope.ts';
import { StatePage } from '../state/state-page.tsx';
import { act } from './draft.ts';
import type { DraftState } from './draft.ts';
import { panelDraft } from './draft-panel.ts';
import { EditGrid } from './edit-grid.tsx';
import classes from './edit-page.module.css';
import { Tool } from './form/tool.tsx';
import { duplicatePanel, movePanel, moveSection, placePanels, removePanel, removeSection, updateSection } from './operations.ts';

export interface EditArrangementProps {
  readonly uid: string;
  readonly draft: DraftState;
  readonly scope: DashboardScope;
  readonly onEdit: (panel: number) => void;
  readonly onAdd: () => void;
}

/** The whole layout, each grid to be rearranged. What is repeated stands here once, as it is saved. */
export function EditArrangement(props: EditArrangementProps): ReactElement {
  const { draft, onAdd } = props;
  const { now } = draft.history;
  if (now.panels.length === 0 && now.layout.kind === 'grid') {
    return (
      <StatePage
        icon={<IconLayoutDashboard size={32} stroke={1.5} />}
        title="Nothing on it yet"
        actions={<Button onClick={onAdd}>Add the first panel</Button>}
      >
        <p>A panel shows what a query answers. Kinds, rows and tabs are under “Add”.</p>
      </StatePage>
    );
  }
  return (
    <div className={classes.page}>
      <Part {...props} layout={now.layout} owner={undefined} />
    </div>
  );
}

type PartProps = EditArrangementProps & { readonly layout: Layout; readonly owner: number | undefined };

function Part({ layout, owner, ...props }: PartProps): ReactElement {
  switch (layout.kind) {
    case 'grid':
      return <Grid {...props} ids={layout.panels} owner={owner} />;
    case 'rows':
      return (
        <>
          {layout.sections.map((section) => (
            <section key={section.id} className={classes.section} aria-label={section.title || 'Panels without a row'}>
              <SectionHead {...props} section={section} kind="row" />
              <Part {...props} layout={section.layout} owner={section.id} />
            </section>
          ))}
        </>
      );
    case 'tabs':
      return <TabParts {...props} sections={layout.sections} />;
  }
}

/** Tabs, of which a new one is the one that is open. */
function TabParts({ sections, ...props }: EditArrangementProps & { readonly sections: readonly Section[] }): ReactElement {
  const [open, setOpen] = useState(sections[0]?.id);
  const [known, setKnown] = useState(sections);
  if (known !== sections) {
    setKnown(sections);
    const added = sections.find(({ id }) => !known.some((before) => before.id === id));
    if (added !== undefined) setOpen(added.id);
    else if (!sections.some(({ id }) => id === open)) setOpen(sections[0]?.id);
  }
  return (
    <Tabs value={String(open)} onChange={(next) => setOpen(Number(next))} keepMounted={false}>
      <Tabs.List>
        {sections.map(({ id, title }) => (
          <Tabs.Tab key={id} value={String(id)}>
            {title || 'Tab'}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {sections.map((section) => (
        <Tabs.Panel key={section.id} value={String(section.id)}>
          <SectionHead {...props} section={section} kind="tab" />
          <Part {...props} layout={section.layout} owner={section.id} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

type GridProps = EditArrangementProps & { readonly ids: readonly number[]; readonly owner: number | undefined };

function Grid({ uid, draft, scope, onEdit, ids, owner }: GridProps): ReactElement {
  const { now } = draft.history;
  const panels = ids.flatMap((id) => now.panels.filter((panel) => panel.id === id));
  if (panels.length === 0)
    return <div className={classes.empty}>No panels here yet. A panel’s menu moves it to another row or tab.</div>;
  return (
    <EditGrid
      panels={panels}
      elsewhere={gridsIn(now.layout).filter(({ id }) => id !== owner)}
      onPlaces={(places, step) => act(uid, (dashboard) => placePanels(dashboard, places), step)}
      onEdit={onEdit}
      onCopy={(id) => act(uid, (dashboard) => duplicatePanel(dashboard, id).dashboard)}
      onRemove={(id) => act(uid, (dashboard) => removePanel(dashboard, id))}
      onMoveTo={(id, section) => act(uid, (dashboard) => movePanel(dashboard, id, section))}
    >
      {(panel) => {
        const tried = panelDraft(draft, panel.id);
        return <PanelFrame panel={panel} scope={scope} isBare {...(tried === undefined ? {} : { draft: tried })} />;
      }}
    </EditGrid>
  );
}

interface SectionHeadProps {
  readonly uid: string;
  readonly draft: DraftState;
  readonly section: Section;
  readonly kind: 'row' | 'tab';
}

function SectionHead({ uid, draft, section, kind }: SectionHeadProps): ReactElement {
  const { id, title, collapsed, hideHeader, repeat } = section;
  const variables = draft.history.now.variables.map(({ name }) => name);
  const set = (change: Partial<Section>, step?: string) =>
    act(uid, (dashboard: Dashboard) => updateSection(dashboard, id, (now) => ({ ...now, ...change })), step);
  return (
    <div className={classes.head} role="group" aria-label={`Settings of the ${kind} ${title}`}>
      <TextInput
        size="xs"
        className={classes.title}
        aria-label={`Title of the ${kind}`}
        placeholder={hideHeader ? 'Without a heading' : 'Title'}
        value={title}
        onChange={(event) => set({ title: event.currentTarget.value }, `section ${id}`)}
      />
      {kind === 'row' && (
        <>
          <Switch
            size="xs"
            label="Heading"
            checked={!hideHeader}
            onChange={(event) => set({ hideHeader: !event.currentTarget.checked })}
          />
          <Switch
            size="xs"
            label="Opens folded"
            checked={collapsed}
            onChange={(event) => set({ collapsed: event.currentTarget.checked })}
          />
        </>
      )}
      <Select
        size="xs"
        clearable
        aria-label="Repeat for each value of"
        placeholder="not repeated"
        data={repeat === undefined || variables.includes(repeat) ? variables : [...variables, repeat]}
        value={repeat ?? null}
        onChange={(variable) => set({ repeat: variable ?? undefined })}
      />
      <Tool label={`Move ${kind} up`} onClick={() => act(uid, (dashboard) => moveSection(dashboard, id, -1))}>
        <IconArrowUp size={14} />
      </Tool>
      <Tool label={`Move ${kind} down`} onClick={() => act(uid, (dashboard) => moveSection(dashboard, id, 1))}>
        <IconArrowDown size={14} />
      </Tool>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconTrash size={14} />}>
            Remove
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => act(uid, (dashboard) => removeSection(dashboard, id, false))}>
            Only the {kind}, keep its panels
          </Menu.Item>
          <Menu.Item color="red" onClick={() => act(uid, (dashboard) => removeSection(dashboard, id, true))}>
            With its panels
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** Rows and tabs that have a grid of their own. */
function gridsIn(layout: Layout): { readonly id: number; readonly title: string }[] {
  if (layout.kind === 'grid') return [];
  return layout.sections.flatMap((section) =>
    section.layout.kind === 'grid' ? [{ id: section.id, title: section.title || 'the top' }] : gridsIn(section.layout),
  );
}
