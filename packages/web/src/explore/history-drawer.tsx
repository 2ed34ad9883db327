import { ActionIcon, Drawer, TextInput, UnstyledButton } from '@mantine/core';
import { IconStar, IconStarFilled } from '@tabler/icons-react';
import type { Query } from '@vitrine/model/dashboard.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import classes from './explore.module.css';
import { loadHistory, storeHistory } from './query-history.ts';
import type { AskedBefore } from './query-history.ts';

export interface HistoryDrawerProps {
  readonly onPick: (queries: readonly Query[]) => void;
  readonly onClose: () => void;
}

/** What was asked before: starred first, then the newest. */
export function HistoryDrawer({ onPick, onClose }: HistoryDrawerProps): ReactElement {
  const [history, setHistory] = useState(loadHistory);
  const [search, setSearch] = useState('');
  const words = search.trim().toLowerCase();
  const shown = history
    .filter((one) => textOf(one).toLowerCase().includes(words))
    .toSorted((a, b) => Number(b.starred) - Number(a.starred) || b.askedMs - a.askedMs);
  const star = (one: AskedBefore): void => {
    const next = history.map((other) => (other === one ? { ...one, starred: !one.starred } : other));
    setHistory(next);
    storeHistory(next);
  };
  return (
    <Drawer opened onClose={onClose} position="right" title="Asked before">
      <TextInput
        data-autofocus
        placeholder="Search"
        aria-label="Search what was asked"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {shown.length === 0 && (
        <p className={classes.hint}>{history.length === 0 ? 'Nothing was asked yet.' : 'Nothing like that was asked.'}</p>
      )}
      {shown.map((one) => (
        <div key={`${one.askedMs} ${textOf(one)}`} className={classes.line}>
          <UnstyledButton className={classes.asked} onClick={() => onPick(one.queries)}>
            <code>{textOf(one)}</code>
            <span className={classes.when}>{new Date(one.askedMs).toLocaleString()}</span>
          </UnstyledButton>
          <ActionIcon variant="subtle" color="gray" aria-label="Star" aria-pressed={one.starred} onClick={() => star(one)}>
            {one.starred ? <IconStarFilled size={14} /> : <IconStar size={14} />}
          </ActionIcon>
        </div>
      ))}
    </Drawer>
  );
}

function textOf({ queries }: AskedBefore): string {
  return queries.map(({ spec }) => (typeof spec['expr'] === 'string' ? spec['expr'] : JSON.stringify(spec))).join('\n');
}
