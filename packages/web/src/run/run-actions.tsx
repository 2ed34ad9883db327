import { Button, Menu, Modal, Textarea, TextInput } from '@mantine/core';
import {
  IconArrowsDiff,
  IconChevronDown,
  IconCompass,
  IconCopy,
  IconDotsVertical,
  IconDownload,
  IconPencil,
  IconTags,
  IconTrash,
  IconTrashOff,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Run } from '@vitrine/model/run.ts';
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { useInternalLink } from '../app/internal-link.ts';
import { changeRuns, RUNS_KEY } from '../runs/runs-queries.ts';
import { copyText } from '../state/copy-button.tsx';
import classes from './run-page.module.css';
import { explorePath, runsPath } from './paths.ts';
import { changeRun } from './run-queries.ts';
import { readTags, tagChanges, writeTags } from './tag-text.ts';

const FORMATS = [
  ['csv', 'CSV'],
  ['parquet', 'Parquet'],
  ['jsonl', 'JSON lines'],
  ['json', 'JSON'],
] as const;

/** What can be done with a run. */
export function RunActions({ run }: { readonly run: Run }): ReactElement {
  const client = useQueryClient();
  const role = useQuery(sessionQuery).data?.user.role;
  const mayEdit = role === 'admin' || role === 'editor';
  const linkTo = useInternalLink();
  const [editing, setEditing] = useState<'name' | 'tags'>();
  const [problem, setProblem] = useState('');
  const attempt = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
      setProblem('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const bin = (action: 'delete' | 'restore'): Promise<void> =>
    attempt(
      (async () => {
        await changeRuns({ runs: [run.id], action });
        await client.invalidateQueries({ queryKey: RUNS_KEY });
      })(),
    );
  return (
    <>
      {problem !== '' && (
        <span className={classes.refused} role="alert">
          {problem}
        </span>
      )}
      <Button
        component="a"
        {...linkTo(runsPath({ project: [run.project], run: [run.id] }))}
        variant="default"
        leftSection={<IconArrowsDiff size={15} />}
        className={classes.wide}
      >
        Compare with…
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconDownload size={15} />}
            rightSection={<IconChevronDown size={14} />}
            className={classes.wide}
          >
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>All points of all curves, exactly as logged</Menu.Label>
          {FORMATS.map(([format, title]) => (
            <Menu.Item key={format} component="a" href={exportPath(run.id, format)} download>
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={8} aria-label="More to do with this run">
            <IconDotsVertical size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {mayEdit && (
            <>
              <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setEditing('name')}>
                Rename…
              </Menu.Item>
              <Menu.Item leftSection={<IconTags size={15} />} onClick={() => setEditing('tags')}>
                Tags…
              </Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => void copyText(run.id)}>
            Copy its id
          </Menu.Item>
          <Menu.Item leftSection={<IconCompass size={15} />} component="a" {...linkTo(explorePath(run))}>
            Explore logs and metrics of its time
          </Menu.Item>
          <Menu.Item
            className={classes.narrow}
            leftSection={<IconArrowsDiff size={15} />}
            component="a"
            {...linkTo(runsPath({ project: [run.project], run: [run.id] }))}
          >
            Compare with…
          </Menu.Item>
          {FORMATS.slice(0, 2).map(([format, title]) => (
            <Menu.Item
              key={format}
              className={classes.narrow}
              leftSection={<IconDownload size={15} />}
              component="a"
              href={exportPath(run.id, format)}
              download
            >
              Export as {title}
            </Menu.Item>
          ))}
          {mayEdit && <Menu.Divider />}
          {mayEdit &&
            (run.deletedMs === undefined ? (
              <Menu.Item leftSection={<IconTrash size={15} />} onClick={() => void bin('delete')}>
                Put it into the bin
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconTrashOff size={15} />} onClick={() => void bin('restore')}>
                Take it out of the bin
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
      {editing === 'name' && <NameDialog run={run} onClose={() => setEditing(undefined)} />}
      {editing === 'tags' && <TagsDialog run={run} onClose={() => setEditing(undefined)} />}
    </>
  );
}

function exportPath(run: string, format: string): string {
  return `/api/runs/export?${new URLSearchParams({ format, runs: run })}`;
}

interface DialogProps {
  readonly run: Run;
  readonly onClose: () => void;
}

function NameDialog({ run, onClose }: DialogProps): ReactElement {
  const client = useQueryClient();
  const [name, setName] = useState(run.name);
  const [problem, setProblem] = useState('');
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      await changeRun(client, run.id, { name });
      onClose();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Modal opened onClose={onClose} title="Rename the run">
      <form onSubmit={(event) => void save(event)} className={classes.dialog}>
        <TextInput
          label="Name"
          data-autofocus
          value={name}
          error={problem}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <DialogButtons onClose={onClose} isDisabled={name.trim() === ''} />
      </form>
    </Modal>
  );
}

export function TagsDialog({ run, onClose }: DialogProps): ReactElement {
  const client = useQueryClient();
  // What comes while one types was not taken away by who does.
  const [before] = useState(run.tags);
  const [text, setText] = useState(() => writeTags(before));
  const [problem, setProblem] = useState('');
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      await changeRun(client, run.id, { tags: tagChanges(before, readTags(text)) });
      onClose();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Modal opened onClose={onClose} title="Tags">
      <form onSubmit={(event) => void save(event)} className={classes.dialog}>
        <Textarea
          label="One a line"
          description={`A name alone, or name = value; in "quotes" where it has line breaks. A line that is taken away is a tag that is taken away.`}
          data-autofocus
          autosize
          minRows={4}
          maxRows={16}
          value={text}
          error={problem}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <DialogButtons onClose={onClose} isDisabled={false} />
      </form>
    </Modal>
  );
}

function DialogButtons({ onClose, isDisabled }: { readonly onClose: () => void; readonly isDisabled: boolean }): ReactElement {
  return (
    <div className={classes.buttons}>
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" disabled={isDisabled}>
        Save
      </Button>
    </div>
  );
}
