import { ActionIcon, Button, Group, Modal, TextInput, Tooltip } from '@mantine/core';
import { IconSearch, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { formatText } from '@vitrine/model/unit.ts';
import { useDebouncedValue } from '@mantine/hooks';
import { useRows } from '@vitrine/ui/table/use-rows.ts';
import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import { useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { useSize } from '../dashboard/use-size.ts';
import { Ago } from './ago.tsx';
import { labelTexts } from './arrange-senders.ts';
import classes from './ingest.module.css';
import { PUSH_GROUPS_KEY, pushGroupsQuery, removePushGroup } from './ingest-queries.ts';
import type { PushGroup } from './ingest-queries.ts';

const SETTLE_MS = 200;
const ROW = { wide: 40, narrow: 68 };
const WIDE_FROM = 720;

/** What was pushed and is kept until somebody deletes it. Nothing where nothing is kept. */
export function PushGroupsSection(): ReactElement | null {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), SETTLE_MS);
  const { data, error } = useQuery(pushGroupsQuery(asked));
  const isAdmin = useQuery(sessionQuery).data?.user.role === 'admin';
  const [deleted, setDeleted] = useState<PushGroup>();
  if (data === undefined && error !== null) {
    return (
      <p className={classes.problem} role="alert">
        The groups of pushed metrics could not be listed. {error.message}
      </p>
    );
  }
  if (data === undefined || data.total === 0) return null;
  const { total, found, groups } = data;
  return (
    <section className={classes.groups} aria-labelledby="push-groups" data-old={error !== null || undefined}>
      <h2 id="push-groups" className={classes.heading}>
        Pushed groups
      </h2>
      <p className={classes.about}>
        What jobs pushed is kept and written again each scrape interval, until the group is deleted.
      </p>
      <div className={classes.filters}>
        <TextInput
          className={classes.search}
          aria-label="Search the groups"
          placeholder="Search by label or sender"
          leftSection={<IconSearch size={15} />}
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <span className={classes.count}>{countText(total, found, groups.length)}</span>
      </div>
      {groups.length === 0 ? (
        <p className={classes.quiet}>No group is like that.</p>
      ) : (
        <GroupList groups={groups} onDelete={isAdmin ? setDeleted : undefined} />
      )}
      {deleted !== undefined && <DeleteGroup group={deleted} onClose={() => setDeleted(undefined)} />}
    </section>
  );
}

function countText(total: number, found: number, shown: number): string {
  const all = total === 1 ? '1 group' : `${total} groups`;
  if (shown < found) return `the ${shown} pushed last of ${found === total ? all : `${found} of ${all}`}`;
  return found === total ? all : `${found} of ${all}`;
}

interface GroupListProps {
  readonly groups: readonly PushGroup[];
  readonly onDelete: ((group: PushGroup) => void) | undefined;
}

function GroupList({ groups, onDelete }: GroupListProps): ReactElement {
  const scroller = useRef<HTMLUListElement>(null);
  const { width, height } = useSize(scroller);
  const isWide = width >= WIDE_FROM;
  const rowHeight = isWide ? ROW.wide : ROW.narrow;
  const rows = useRows({ count: groups.length, rowHeight, viewHeight: height, scroller });
  return (
    <ul ref={scroller} className={classes.list} aria-label="Pushed groups" data-wide={isWide || undefined}>
      <li className={classes.room} style={{ height: rows.total }} aria-hidden />
      {rows.items.map(({ index, start }) => {
        const group = groups[index];
        return (
          group !== undefined && (
            <li
              key={group.id}
              className={classes.group}
              aria-setsize={groups.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)`, height: rowHeight }}
            >
              <GroupLine group={group} onDelete={onDelete} />
            </li>
          )
        );
      })}
    </ul>
  );
}

function GroupLine({ group, onDelete }: { group: PushGroup; onDelete: GroupListProps['onDelete'] }): ReactElement {
  const { labels, sender, pushedMs, failedMs, failure, metrics, samples } = group;
  const isFailing = (failedMs ?? 0) > (pushedMs ?? 0);
  const texts = labelTexts(labels);
  return (
    <>
      <StatusShape status={isFailing ? 'critical' : 'healthy'} />
      <div className={classes.identity} title={texts.join('\n')}>
        {texts.map((text) => (
          <code key={text}>{text}</code>
        ))}
        {isFailing && (
          <span className={classes.failure} title={failure}>
            {failure}
          </span>
        )}
      </div>
      <span className={classes.amount}>
        {formatText(metrics, 'short')} {metrics === 1 ? 'metric' : 'metrics'}, {formatText(samples, 'short')}{' '}
        {samples === 1 ? 'sample' : 'samples'}
      </span>
      <span className={classes.when}>
        {isFailing && failedMs !== null ? (
          <>
            failed <Ago atMs={failedMs} />
          </>
        ) : (
          pushedMs !== null && (
            <>
              pushed <Ago atMs={pushedMs} />
              {sender !== '' && ` by ${sender}`}
            </>
          )
        )}
      </span>
      {onDelete !== undefined && (
        <Tooltip label="Delete">
          <ActionIcon className={classes.delete} aria-label={`Delete ${texts.join(', ')}`} onClick={() => onDelete(group)}>
            <IconTrash size={15} />
          </ActionIcon>
        </Tooltip>
      )}
    </>
  );
}

function DeleteGroup({ group, onClose }: { readonly group: PushGroup; readonly onClose: () => void }): ReactElement {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removePushGroup(group.id),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: PUSH_GROUPS_KEY });
    },
  });
  return (
    <Modal opened onClose={onClose} title="Delete this group?" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.asked}>
        <div className={classes.identity}>
          {labelTexts(group.labels).map((text) => (
            <code key={text}>{text}</code>
          ))}
        </div>
        <p>Its series end now. What was stored of them stays; a job that still runs pushes the group again.</p>
        {remove.error !== null && (
          <p className={classes.problem} role="alert">
            {remove.error.message}
          </p>
        )}
        <Group justify="end">
          <Button variant="default" data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={remove.isPending} leftSection={<IconTrash size={15} />} onClick={() => remove.mutate()}>
            Delete
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
