import { IconDots } from '@tabler/icons-react';
import { lazy, memo, Suspense, useState } from 'react';
import type { ReactElement } from 'react';
import type { PanelMenuProps } from './panel-menu-items.tsx';
import classes from './panel-frame.module.css';

const loadItems = () => import('./panel-menu-items.tsx');
const OpenPanelMenu = lazy(async () => ({ default: (await loadItems()).OpenPanelMenu }));

/** A button until somebody wants the menu: a page has many panels, and few of their menus are ever opened. */
export const PanelMenu = memo(function PanelMenu(props: Omit<PanelMenuProps, 'name'>): ReactElement {
  const name = `Menu of ${props.title || `panel ${props.panelKey}`}`;
  const [isWanted, setIsWanted] = useState(false);
  const button = (
    <button
      type="button"
      className={`${classes.menu} ${classes.closedMenu}`}
      aria-label={name}
      aria-haspopup="menu"
      aria-expanded={isWanted}
      onPointerEnter={() => void loadItems()}
      onFocus={() => void loadItems()}
      onClick={() => setIsWanted(true)}
    >
      <IconDots size={16} />
    </button>
  );
  if (!isWanted) return button;
  return (
    <Suspense fallback={button}>
      <OpenPanelMenu {...props} name={name} />
    </Suspense>
  );
});
