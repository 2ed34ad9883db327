import { IconChevronRight } from '@tabler/icons-react';
import { formatExact, formatText } from '@vitrine/model/unit.ts';
import { Sparkline } from '@vitrine/ui/chart/sparkline.tsx';
import { useRows } from '@vitrine/ui/table/use-rows.ts';
import { memo, useRef } from 'react';
import type { ReactElement } from 'react';
import { useSize } from '../dashboard/use-size.ts';
import { labelTexts, rateOf, senderName } from './arrange-senders.ts';
import type { SenderView } from './arrange-senders.ts';
import { Ago } from './ago.tsx';
import { doorTitle } from './door-title.ts';
import type { Arrival } from './ingest-queries.ts';
import classes from './sender-table.module.css';

export interface SenderTableProps {
  /** In the order in which they are shown. */
  readonly arrivals: readonly Arrival[];
  readonly sort: SenderView['sort'];
  readonly onSort: (sort: SenderView['sort']) => void;
  readonly onOpen: (id: string) => void;
}

const ROW = { wide: 48, narrow: 96 };
const HEAD = 32;
const WIDE_FROM = 1_000;
const SPARK = { wide: 108, narrow: 72, height: 26 };

const COLUMNS: readonly { readonly label: string; readonly sort?: SenderView['sort']; readonly isNumber?: boolean }[] = [
  { label: 'Door' },
  { label: 'Sender', sort: 'sender' },
  { label: 'Tenant labels' },
  { label: 'Last minute', sort: 'rate' },
  { label: 'Accepted', sort: 'accepted', isNumber: true },
  { label: 'Refused', sort: 'refused', isNumber: true },
  { label: 'Last seen', sort: 'last', isNumber: true },
];

/** Who sends: thousands cost what fits on the screen. */
export function SenderTable({ arrivals, sort, onSort, onOpen }: SenderTableProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const isWide = width >= WIDE_FROM;
  const rowHeight = isWide ? ROW.wide : ROW.narrow;
  const rows = useRows({ count: arrivals.length, rowHeight, viewHeight: height, scroller });
  return (
    <div
      className={classes.table}
      role="table"
      aria-label="Senders"
      aria-rowcount={arrivals.length}
      data-wide={isWide || undefined}
    >
      <div
        ref={scroller}
        className={classes.scroller}
        role="none"
        style={{ height: `min(${rows.total + (isWide ? HEAD : 0)}px, 60vh)` }}
      >
        <div className={classes.top} role="rowgroup">
          <div className={classes.head} role="row">
            {COLUMNS.map((column) => (
              <div key={column.label} role="columnheader" data-number={column.isNumber} aria-sort={sortState(column.sort, sort)}>
                <Head {...column} isChosen={sort === column.sort} onSort={onSort} />
              </div>
            ))}
          </div>
        </div>
        <div className={classes.rows} role="rowgroup" style={{ height: rows.total }}>
          {rows.items.map(({ index, start }) => {
            const arrival = arrivals[index];
            return (
              arrival !== undefined && (
                <div
                  key={arrival.id}
                  className={classes.row}
                  role="row"
                  aria-rowindex={index + 1}
                  style={{ transform: `translateY(${start}px)`, height: rowHeight }}
                  onClick={() => onOpen(arrival.id)}
                >
                  <Cells arrival={arrival} sparkWidth={isWide ? SPARK.wide : SPARK.narrow} onOpen={onOpen} />
                </div>
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

function sortState(
  column: SenderView['sort'] | undefined,
  sort: SenderView['sort'],
): 'none' | 'ascending' | 'descending' | undefined {
  if (column === undefined) return undefined;
  if (column !== sort) return 'none';
  return sort === 'sender' ? 'ascending' : 'descending';
}

interface HeadProps {
  readonly label: string;
  readonly sort?: SenderView['sort'];
  readonly isChosen: boolean;
  readonly onSort: (sort: SenderView['sort']) => void;
}

function Head({ label, sort, isChosen, onSort }: HeadProps): ReactElement {
  if (sort === undefined) return <>{label}</>;
  return (
    <button type="button" className={classes.sort} onClick={() => onSort(sort)}>
      {isChosen && <span aria-hidden>{sort === 'sender' ? '↑ ' : '↓ '}</span>}
      {label}
    </button>
  );
}

interface CellsProps {
  readonly arrival: Arrival;
  readonly sparkWidth: number;
  readonly onOpen: (id: string) => void;
}

/** Of one answer of the server, made once: scrolling makes only the rows that come. */
const Cells = memo(function Cells({ arrival, sparkWidth, onOpen }: CellsProps): ReactElement {
  const { id, door, name, address, labels, accepted, refused, lastMs, reasons } = arrival;
  const [latest] = reasons;
  const texts = labelTexts(labels);
  return (
    <>
      <div role="cell" className={classes.door}>
        {doorTitle(door)}
      </div>
      <div role="cell" className={classes.sender}>
        <div className={classes.names}>
          <button type="button" className={classes.name} onClick={() => onOpen(id)}>
            {senderName(arrival)}
          </button>
          {name !== '' && <span className={classes.address}>{address}</span>}
        </div>
        {latest !== undefined && (
          <span className={classes.why} title={latest.sentence}>
            {latest.sentence}
          </span>
        )}
      </div>
      <div role="cell" className={classes.labels} title={texts.join('\n')}>
        {texts.length === 0 ? <span className={classes.none}>none</span> : texts.map((text) => <code key={text}>{text}</code>)}
      </div>
      <div role="cell" className={classes.pace}>
        <Pace arrival={arrival} width={sparkWidth} />
      </div>
      <div role="cell" className={classes.accepted} data-number title={formatExact(accepted, 'none')}>
        {formatText(accepted, 'short')}
      </div>
      <div
        role="cell"
        className={classes.refused}
        data-number
        data-some={refused > 0 || undefined}
        title={formatExact(refused, 'none')}
      >
        {formatText(refused, 'short')}
      </div>
      <div role="cell" className={classes.last} data-number>
        <Ago atMs={lastMs} />
      </div>
      <IconChevronRight size={15} className={classes.chevron} aria-hidden />
    </>
  );
});

function Pace({ arrival, width }: { readonly arrival: Arrival; readonly width: number }): ReactElement {
  const { perSecond } = arrival;
  const rate = rateOf(arrival);
  const isSilent = perSecond.every((count) => count === 0);
  return (
    <>
      {isSilent ? (
        <span className={classes.silent} style={{ width }} />
      ) : (
        <Sparkline
          width={width}
          height={SPARK.height}
          xs={Float64Array.from(perSecond.keys())}
          ys={Float64Array.from(perSecond)}
          xMin={0}
          xMax={Math.max(1, perSecond.length - 1)}
          color="var(--v-accent)"
        />
      )}
      <span className={classes.rate}>{isSilent ? 'silent' : `${formatText(rate, 'short')}/s`}</span>
    </>
  );
}
