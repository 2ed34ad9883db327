import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { ThemeName } from '../theme/ink.ts';
import { FlameCanvas } from './flame-canvas.tsx';
import { changeOf, findCalls, functionsOf, sandwich } from './flame-tree.ts';
import type { FlameTree } from './flame-tree.ts';
import classes from './flame-view.module.css';
import { changeText, TopTable } from './top-table.tsx';

export interface FlameViewProps {
  readonly label: string;
  readonly tree: FlameTree;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  /** A value with its unit. */
  readonly show: (value: number) => string;
}

type Mode = 'both' | 'flame' | 'table';

const BAR = 30;
/** Less is not wide enough for both. */
const BOTH_FROM = 560;
const CAPTION = 20;

/** A profile: a flame graph beside a table of functions; of one function who calls it and what it calls. */
export function FlameView({ label, tree, width, height, theme, show }: FlameViewProps): ReactElement {
  const [mode, setMode] = useState<Mode>(width >= BOTH_FROM ? 'both' : 'flame');
  const [search, setSearch] = useState('');
  const [wide, setWide] = useState(0);
  const [inside, setInside] = useState<string>();
  const functions = useMemo(() => functionsOf(tree), [tree]);
  const found = useMemo(() => findCalls(tree, search), [tree, search]);
  const middle = inside === undefined ? -1 : tree.labels.indexOf(inside);
  const both = useMemo(() => (middle < 0 ? undefined : sandwich(tree, middle)), [tree, middle]);
  const focus = wide < tree.label.length ? wide : 0;
  const shownMode = mode === 'both' && width < BOTH_FROM ? 'flame' : mode;
  const bodyHeight = Math.max(40, height - BAR);
  const tableWidth = shownMode === 'both' ? Math.round(Math.min(460, width * 0.4)) : shownMode === 'table' ? width : 0;
  const flameWidth = width - tableWidth - (shownMode === 'both' ? 8 : 0);
  const describe = (of: FlameTree) => (row: number) => <CallWords tree={of} row={row} whole={tree} show={show} />;
  const modes: readonly Mode[] = width >= BOTH_FROM ? ['table', 'both', 'flame'] : ['table', 'flame'];
  return (
    <div className={classes.view} style={{ width, height }}>
      <div className={classes.bar} style={{ height: BAR }}>
        <input
          type="search"
          value={search}
          placeholder="Search functions"
          aria-label="Search functions"
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {found !== undefined && <span role="status">{percent(found.share)} of the whole</span>}
        {focus > 0 && both === undefined && (
          <button type="button" onClick={() => setWide(0)}>
            Whole profile
          </button>
        )}
        {inside !== undefined && (
          <button type="button" onClick={() => setInside(undefined)} title={inside}>
            ✕ Callers and callees
          </button>
        )}
        {focus > 0 && both === undefined && (
          <button type="button" onClick={() => setInside(tree.labels[tree.label[focus]!])}>
            Callers
          </button>
        )}
        <span className={classes.modes} role="group" aria-label="View">
          {modes.map((one) => (
            <button key={one} type="button" aria-pressed={shownMode === one} onClick={() => setMode(one)}>
              {{ both: 'Both', flame: 'Flame', table: 'Top' }[one]}
            </button>
          ))}
        </span>
      </div>
      <div className={classes.body}>
        {shownMode !== 'flame' && (
          <TopTable
            tree={tree}
            functions={functions}
            found={found?.labels}
            width={tableWidth}
            height={bodyHeight}
            show={show}
            onSearch={(name) => setSearch(name === search ? '' : name)}
            onSandwich={(at) => {
              setInside(tree.labels[at]);
              if (shownMode === 'table') setMode(width >= BOTH_FROM ? 'both' : 'flame');
            }}
          />
        )}
        {shownMode !== 'table' && both === undefined && (
          <FlameCanvas
            label={label}
            tree={tree}
            focus={focus}
            onFocus={setWide}
            width={flameWidth}
            height={bodyHeight}
            theme={theme}
            found={found?.labels}
            describe={describe(tree)}
          />
        )}
        {shownMode !== 'table' && both !== undefined && (
          <div style={{ width: flameWidth }}>
            {(['callers', 'callees'] as const).map((side) => (
              <Side
                key={`${side} ${inside}`}
                title={side === 'callers' ? 'Callers' : 'Callees'}
                tree={both[side]}
                upward={side === 'callers'}
                width={flameWidth}
                height={Math.floor(bodyHeight / 2)}
                theme={theme}
                search={search}
                label={`${side} of ${inside}`}
                describe={describe(both[side])}
              />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

interface SideProps {
  readonly title: string;
  readonly label: string;
  readonly tree: FlameTree;
  readonly upward: boolean;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  readonly search: string;
  readonly describe: (row: number) => ReactElement;
}

function Side({ title, search, height, ...rest }: SideProps): ReactElement {
  const [focus, setFocus] = useState(0);
  const found = useMemo(() => findCalls(rest.tree, search), [rest.tree, search]);
  return (
    <>
      <div className={classes.caption} style={{ height: CAPTION }}>
        {title}
      </div>
      <FlameCanvas {...rest} height={Math.max(20, height - CAPTION)} focus={focus} onFocus={setFocus} found={found?.labels} />
    </>
  );
}

function CallWords({
  tree,
  row,
  whole,
  show,
}: {
  tree: FlameTree;
  row: number;
  whole: FlameTree;
  show: (value: number) => string;
}): ReactElement {
  const { right } = tree;
  const [total, totalRight] = [whole.value[0] ?? 0, whole.right?.value[0] ?? 0];
  const share = (value: number, of: number) => (of > 0 ? percent(value / of) : '–');
  return (
    <>
      <div className={classes.callName}>{tree.labels[tree.label[row]!]}</div>
      {right === undefined ? (
        <>
          <div>
            Total {show(tree.value[row]!)} ({share(tree.value[row]!, total)})
          </div>
          <div>
            Self {show(tree.self[row]!)} ({share(tree.self[row]!, total)})
          </div>
        </>
      ) : (
        <>
          <div>
            Baseline {show(tree.value[row]!)} ({share(tree.value[row]!, total)})
          </div>
          <div>
            Comparison {show(right.value[row]!)} ({share(right.value[row]!, totalRight)})
          </div>
          <div>Change {changeText(changeOf(tree.value[row]!, right.value[row]!, total, totalRight))}</div>
        </>
      )}
    </>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
