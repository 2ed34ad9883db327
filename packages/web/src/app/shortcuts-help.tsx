import { Modal } from '@mantine/core';
import { Fragment } from 'react';
import type { ReactElement } from 'react';
import { currentShortcuts } from './shortcuts.ts';
import classes from './shortcuts-help.module.css';

const GROUPS = ['Go to', 'Dashboard', 'Page'] as const;

export function ShortcutsHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }): ReactElement {
  const shortcuts = opened ? currentShortcuts() : [];
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      {GROUPS.map((group) => {
        const own = shortcuts.filter((shortcut) => shortcut.group === group);
        if (own.length === 0) return null;
        return (
          <section key={group} className={classes.group}>
            <h3 className={classes.title}>{group}</h3>
            <dl className={classes.list}>
              {own.map(({ keys, label }) => (
                <Fragment key={keys}>
                  <dt>
                    {keys.split(' ').map((key) => (
                      <kbd key={key} className={classes.key}>
                        {nameOf(key)}
                      </kbd>
                    ))}
                  </dt>
                  <dd>{label}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        );
      })}
    </Modal>
  );
}

function nameOf(key: string): string {
  if (key === 'mod+k') return /Mac|iP/.test(navigator.platform) ? '⌘ K' : 'Ctrl K';
  return key === 'Escape' ? 'Esc' : key;
}
