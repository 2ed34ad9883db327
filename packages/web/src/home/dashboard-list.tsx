import { ActionIcon, Button, Group, Menu, Modal, Tooltip } from '@mantine/core';
import { IconCopy, IconDots, IconDownload, IconStar, IconStarFilled, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { DashboardSummary } from '@vitrine/model/api.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { ask } from '../api/client.ts';
import { useDelayed } from '../state/use-delayed.ts';
import classes from './dashboard-list.module.css';
import shared from './home.module.css';

export interface DashboardListProps {
  /** undefined while they are on their way. */
  readonly dashboards: readonly DashboardSummary[] | undefined;
  /** Of which `dashboards` may be a part. */
  readonly total: number;
  readonly error: Error | null;
  readonly mayEdit: boolean;
  readonly onRetry: () => void;
  readonly onTag: (tag: string) => void;
  readonly onFolder: (uid: string) => void;
}

/** One line for each: what it is called, where it lies, and what can be done with it. */
export function DashboardList(props: DashboardListProps): ReactElement | null {
  const { dashboards, total, error, mayEdit, onRetry, onTag, onFolder } = props;
  const slow = useDelayed(dashboards === undefined && error === null);
  const [removed, setRemoved] = useState<DashboardSummary | undefined>();
  if (dashboards === undefined) {
    if (error === null)
      return slow ? (
        <p className={shared.none} role="status">
          Loading the dashboards…
        </p>
      ) : null;
    return (
      <div className={shared.failed} role="alert">
        <p>The dashboards could not be listed. {error.message}</p>
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          Try again
        </Button>
      </div>
    );
  }
  return (
    <section aria-label="Found dashboards">
      <p className={classes.count} role="status">
        {total === 1 ? '1 dashboard' : `${total.toLocaleString('en')} dashboards`}
      </p>
      <ul className={classes.list}>
        {dashboards.map((dashboard) => (
          <Line
            key={dashboard.uid}
            dashboard={dashboard}
            mayEdit={mayEdit}
            onTag={onTag}
            onFolder={onFolder}
            onRemove={() => setRemoved(dashboard)}
          />
        ))}
      </ul>
      {removed !== undefined && <RemoveDialog dashboard={removed} onClose={() => setRemoved(undefined)} />}
    </section>
  );
}

interface LineProps {
  readonly dashboard: DashboardSummary;
  readonly mayEdit: boolean;
  readonly onTag: (tag: string) => void;
  readonly onFolder: (uid: string) => void;
  readonly onRemove: () => void;
}

function Line({ dashboard, mayEdit, onTag, onFolder, onRemove }: LineProps): ReactElement {
  const { uid, title, description, tags, panelCount, builtin, folder, starred } = dashboard;
  const client = useQueryClient();
  const renew = (): Promise<void> => client.invalidateQueries({ queryKey: ['dashboards'] });
  const path = `/api/dashboards/${encodeURIComponent(uid)}`;
  const star = useMutation({
    mutationFn: (on: boolean) => ask(`${path}/star`, { method: on ? 'PUT' : 'DELETE' }),
    onSettled: renew,
  });
  const copy = useMutation({ mutationFn: () => ask(`${path}/copy`, { method: 'POST', body: {} }), onSettled: renew });
  // At once, and back again where the server says no.
  const isStarred = star.isPending ? star.variables : starred;
  return (
    <li className={classes.line}>
      <Tooltip label={isStarred ? 'Take the star away' : 'Give it a star'}>
        <ActionIcon aria-label={`Star ${title}`} aria-pressed={isStarred} onClick={() => star.mutate(!isStarred)}>
          {isStarred ? <IconStarFilled size={15} color="var(--v-warning)" /> : <IconStar size={15} stroke={1.6} />}
        </ActionIcon>
      </Tooltip>
      <div className={classes.text}>
        <Link to="/d/$uid" params={{ uid }} className={classes.link} preload="intent">
          {title}
        </Link>
        {description !== '' && <span className={classes.about}>{description}</span>}
        {copy.error !== null && <span role="alert">{copy.error.message}</span>}
      </div>
      <div className={classes.facts}>
        {folder !== undefined && (
          <button type="button" className={classes.folder} onClick={() => onFolder(folder.uid)}>
            {folder.title}
          </button>
        )}
        {tags.slice(0, 5).map((tag) => (
          <button key={tag} type="button" className={shared.tag} onClick={() => onTag(tag)}>
            {tag}
          </button>
        ))}
        {builtin && !tags.includes('built-in') && <span>built in</span>}
        <span className={classes.panels}>{panelCount === 1 ? '1 panel' : `${panelCount} panels`}</span>
      </div>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={`Menu of ${title}`}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={`${path}/export`} download leftSection={<IconDownload size={15} />}>
            Export for Grafana
          </Menu.Item>
          {mayEdit && (
            <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => copy.mutate()}>
              Copy
            </Menu.Item>
          )}
          {mayEdit && !builtin && (
            <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={onRemove}>
              Delete…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

interface RemoveDialogProps {
  readonly dashboard: DashboardSummary;
  readonly onClose: () => void;
}

/** What is removed here is gone with its revisions: so it asks. */
function RemoveDialog({ dashboard: { uid, title }, onClose }: RemoveDialogProps): ReactElement {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => ask(`/api/dashboards/${encodeURIComponent(uid)}`, { method: 'DELETE' }),
    onSuccess: async () => {
      client.removeQueries({ queryKey: ['dashboard', uid] });
      await client.invalidateQueries({ queryKey: ['dashboards'] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Delete “${title}”?`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <p className={classes.warning}>It is removed with all its revisions. This can’t be undone.</p>
      {remove.error !== null && (
        <p className={classes.problem} role="alert">
          {remove.error.message}
        </p>
      )}
      <Group justify="end" gap={8}>
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          Delete
        </Button>
      </Group>
    </Modal>
  );
}
