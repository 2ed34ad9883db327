import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconBraces,
  IconClockPause,
  IconClockPlay,
  IconCode,
  IconCompass,
  IconCopy,
  IconDots,
  IconLink,
  IconPencil,
  IconFileTypePdf,
  IconPhoto,
  IconShare2,
  IconStack2,
  IconTable,
} from '@tabler/icons-react';
import type { TopSeries } from '@vitrine/model/api.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { VariableValues } from '@vitrine/model/variable.ts';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { ReactElement, RefObject } from 'react';
import { useInternalLink } from '../app/internal-link.ts';
import { copyText } from '../state/copy-button.tsx';
import type { InspectTab } from './inspect.tsx';
import classes from './panel-frame.module.css';
import { saveFile } from './save-file.ts';
import type { DashboardScope } from './scope.ts';

const PrintPanel = lazy(async () => ({ default: (await import('../export/print-panel.tsx')).PrintPanel }));
const SharePanel = lazy(async () => ({ default: (await import('../share/share-panel.tsx')).SharePanel }));

export interface PanelMenuProps {
  /** What a screen reader calls it. */
  readonly name: string;
  readonly panel: Panel;
  readonly panelKey: string;
  /** Both with their variables filled in. */
  readonly title: string;
  readonly description: string;
  readonly local: VariableValues;
  readonly scope: DashboardScope;
  readonly isFull: boolean;
  readonly inspect: (tab: InspectTab) => void;
  readonly frame: RefObject<HTMLElement | null>;
  readonly top: TopSeries | undefined;
  readonly onTop: (top: TopSeries | undefined) => void;
}

const icon = { size: 15 };
/** Of many series, which to show. */
const TOPS: readonly (TopSeries & { readonly label: string })[] = [
  { label: 'The 10 highest now', limit: 10, by: 'last', envelope: true },
  { label: 'The 10 with the highest peak', limit: 10, by: 'max', envelope: true },
  { label: 'The 10 highest on average', limit: 10, by: 'mean', envelope: true },
  { label: 'The 50 highest now', limit: 50, by: 'last', envelope: true },
  { label: 'Up to 2,000', limit: 2_000, by: 'last', envelope: false },
];

/** A panel's menu, which opens as soon as it is there. */
export function OpenPanelMenu(props: PanelMenuProps): ReactElement {
  const { panel, panelKey, title, description, local, scope, isFull, inspect, frame, top, onTop } = props;
  const internal = useInternalLink();
  const hasQueries = panel.queries.length > 0;
  const drawsSeries = panel.kind === 'timeseries' || panel.kind === 'trend' || panel.kind === 'curve';
  const here = encodeURIComponent(scope.uid);
  // What a snapshot shows is asked of nobody, and has no other address.
  const isFrozen = scope.frozen !== undefined;
  const [isSharing, setIsSharing] = useState(false);
  // Not open from the first moment: a menu gives the focus back to where it was when it opened.
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const frame = requestAnimationFrame(() => setIsOpen(true));
    return () => cancelAnimationFrame(frame);
  }, []);
  const fileName = title || `panel-${panelKey}`;
  const [isPrinting, setIsPrinting] = useState(false);
  const takePicture = async (): Promise<void> => {
    const element = frame.current;
    if (element === null) return;
    const { elementPng } = await import('./element-png.ts');
    saveFile(`${fileName}.png`, await elementPng(element), 'image/png');
  };
  const menu = (
    <Menu position="bottom-end" opened={isOpen} onChange={setIsOpen}>
      <Menu.Target>
        <ActionIcon ref={takeFocus} size={24} className={classes.menu} aria-label={props.name}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {description !== '' && <p className={classes.aboutItem}>{description}</p>}
        <Menu.Item
          leftSection={isFull ? <IconArrowsMinimize {...icon} /> : <IconArrowsMaximize {...icon} />}
          onClick={() => scope.showFull(isFull ? undefined : panelKey)}
        >
          {isFull ? 'Back to all panels' : 'View full page'}
        </Menu.Item>
        {scope.mayEdit && scope.dashboard.editable && (
          <Menu.Item
            leftSection={<IconPencil {...icon} />}
            component="a"
            {...internal(withSearch(`/d/${here}/edit/${panel.id}`, scope))}
          >
            Edit
          </Menu.Item>
        )}
        {hasQueries && !isFrozen && (
          <Menu.Item
            leftSection={<IconCompass {...icon} />}
            component="a"
            {...internal(withSearch('/explore', scope, { dashboard: scope.uid, panel: panelKey }))}
          >
            Explore
          </Menu.Item>
        )}
        <Menu.Divider />
        {!isFrozen && (
          <>
            <Menu.Item leftSection={<IconShare2 {...icon} />} onClick={() => setIsSharing(true)}>
              Share…
            </Menu.Item>
            <Menu.Item leftSection={<IconLink {...icon} />} onClick={() => void copyText(scope.linkTo(panelKey))}>
              Copy link
            </Menu.Item>
            <Menu.Item leftSection={<IconClockPause {...icon} />} onClick={() => void copyText(scope.linkTo(panelKey, true))}>
              Copy link with fixed range
            </Menu.Item>
          </>
        )}
        <Menu.Item leftSection={<IconPhoto {...icon} />} onClick={() => void takePicture()}>
          Save as PNG
        </Menu.Item>
        <Menu.Item leftSection={<IconFileTypePdf {...icon} />} onClick={() => setIsPrinting(true)}>
          Save as PDF
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy {...icon} />} onClick={() => void copyText(JSON.stringify(panel, null, 2))}>
          Copy panel
        </Menu.Item>
        {drawsSeries && (
          <Menu.Sub>
            <Menu.Sub.Target>
              <Menu.Sub.Item leftSection={<IconStack2 {...icon} />}>Of many series show</Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown>
              {TOPS.map(({ label, ...choice }) => (
                <Menu.Item
                  key={label}
                  aria-checked={top?.limit === choice.limit && top.by === choice.by}
                  onClick={() => onTop(choice)}
                >
                  {label}
                </Menu.Item>
              ))}
              <Menu.Item disabled={top === undefined} onClick={() => onTop(undefined)}>
                As usual
              </Menu.Item>
            </Menu.Sub.Dropdown>
          </Menu.Sub>
        )}
        <Menu.Divider />
        {hasQueries && (
          <>
            <Menu.Item leftSection={<IconTable {...icon} />} onClick={() => inspect('data')}>
              Data as a table
            </Menu.Item>
            {!isFrozen && (
              <>
                <Menu.Item leftSection={<IconCode {...icon} />} onClick={() => inspect('query')}>
                  Query
                </Menu.Item>
                <Menu.Item leftSection={<IconClockPlay {...icon} />} onClick={() => inspect('trace')}>
                  Why slow?
                </Menu.Item>
              </>
            )}
          </>
        )}
        <Menu.Item leftSection={<IconBraces {...icon} />} onClick={() => inspect('json')}>
          JSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <>
      {menu}
      {isPrinting && (
        <Suspense fallback={null}>
          <PrintPanel {...{ panel, panelKey, local, scope }} title={fileName} onDone={() => setIsPrinting(false)} />
        </Suspense>
      )}
      {isSharing && (
        <Suspense fallback={null}>
          <SharePanel {...{ panel, panelKey, local, scope }} title={fileName} onClose={() => setIsSharing(false)} />
        </Suspense>
      )}
    </>
  );
}

/** Its button takes the place of the one that was pressed. */
const takeFocus = (button: HTMLButtonElement | null): void => button?.focus({ preventScroll: true });

/** An address of this server that shows the same range and values as this page. */
function withSearch(path: string, scope: DashboardScope, more: Readonly<Record<string, string>> = {}): string {
  const params = new URLSearchParams(new URL(scope.linkTo(undefined)).search);
  for (const [name, value] of Object.entries(more)) params.set(name, value);
  const search = params.toString();
  return search === '' ? path : `${path}?${search}`;
}
