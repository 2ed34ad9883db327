import { Button, Menu, Tooltip } from '@mantine/core';
import { IconCheck, IconChevronDown, IconRefresh } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { parseRefresh } from './dashboard-search.ts';
import classes from './time-controls.module.css';

const CHOICES = ['5s', '10s', '30s', '1m', '5m', '15m'];

export interface RefreshPickerProps {
  /** "off", "live" or a duration. */
  readonly refresh: string;
  /** Offered instead of the usual ones, where there are some. */
  readonly intervals?: readonly string[];
  readonly onRefresh: (refresh: string) => void;
  readonly onNow: () => void;
}

/** Ask again now, or every so often. */
export function RefreshPicker({ refresh, intervals = [], onRefresh, onNow }: RefreshPickerProps): ReactElement {
  const every = parseRefresh(refresh).kind === 'every' ? refresh : undefined;
  return (
    <Button.Group className={classes.refresh}>
      <Tooltip label="Ask again now">
        <Button variant="default" onClick={onNow} aria-label="Ask again now" px={8}>
          <IconRefresh size={15} />
        </Button>
      </Tooltip>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            px={8}
            aria-label={every === undefined ? 'Ask again every…' : `Asks again every ${every}`}
            rightSection={every === undefined ? undefined : <IconChevronDown size={14} />}
          >
            {every ?? <IconChevronDown size={14} />}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Ask again every</Menu.Label>
          {['off', ...(intervals.length > 0 ? intervals : CHOICES)].map((choice) => {
            const chosen = choice === refresh || (choice === 'off' && every === undefined);
            return (
              <Menu.Item
                key={choice}
                onClick={() => onRefresh(choice)}
                rightSection={chosen ? <IconCheck size={14} /> : undefined}
              >
                {choice === 'off' ? 'Never' : choice}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}
