import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RunRow, RunTableAnswer } from '@vitrine/model/run-api.ts';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { askAgain } from './ask-again.ts';
import { useRunNotices } from './run-feed.ts';
import type { RunNotice } from './run-feed.ts';
import { RUN_TABLE_KEY, runTableQuery } from './runs-queries.ts';
import type { TableQuestion } from './runs-queries.ts';

/** Rows that come together. */
const PAGE = 100;
/** Groups are made of so many runs at most: all of what one answer may hold. */
const MOST_GROUPED = 2_000;
/** What grows each step is looked at so often: the table tells numbers, the charts draw them. */
const GROWTH_MS = 2_000;
const CHANGE_MS = 250;

export interface RunRows {
  /** What the first rows came with: total, names of metrics and parameters. undefined until it is there. */
  readonly head: RunTableAnswer | undefined;
  readonly error: Error | null;
  /** What is shown answers another question than the one now asked, or is being renewed after a failure. */
  readonly isOld: boolean;
  /** undefined where it has not come yet. */
  readonly rowAt: (index: number) => RunRow | undefined;
  /** The rows that are there, in order, up to the first one that is not. */
  readonly rows: readonly RunRow[];
  /** The table tells which rows are seen. */
  readonly onSeen: (from: number, to: number) => void;
  readonly again: () => void;
}

/** The rows of the table, asked for as they come into view; all at once where they are grouped. */
export function useRunRows(question: TableQuestion, isGrouped: boolean): RunRows {
  const size = isGrouped ? MOST_GROUPED : PAGE;
  const [told, setTold] = useState({ question, first: 0, last: 0 });
  // Another question begins at its first row.
  const seen = told.question === question ? told : NOTHING_SEEN;
  const first = useQuery({ ...runTableQuery(question, 0, size), placeholderData: keepPreviousData });
  // A question that is refused leaves what the one before was answered.
  const [known, setKnown] = useState(first.data);
  if (first.data !== undefined && first.data !== known) setKnown(first.data);
  const head = first.data ?? known;
  const total = head?.total ?? 0;
  const lastPage = Math.max(0, Math.ceil(total / PAGE) - 1);
  const [firstPage, endPage] = isGrouped ? [0, -1] : [Math.max(1, seen.first), Math.min(seen.last, lastPage)];
  // The same questions as long as they ask the same: others would be asked about anew on each render.
  const queries = useMemo(
    () =>
      range(firstPage, endPage).map((page) => ({
        ...runTableQuery(question, page * PAGE, PAGE),
        select: ({ rows }: RunTableAnswer): PageRows => ({ page, rows }),
      })),
    [question, firstPage, endPage],
  );
  const loaded = useQueries({ queries, combine: loadedPages });
  const more = useMemo(() => new Map(loaded.map(({ page, rows }) => [page, rows])), [loaded]);

  const onSeen = useCallback(
    (from: number, to: number) => {
      const next = { first: Math.floor(from / PAGE), last: Math.floor(Math.max(from, to - 1) / PAGE) };
      setTold((now) =>
        now.question === question && now.first === next.first && now.last === next.last ? now : { question, ...next },
      );
    },
    [question],
  );

  const rowAt = useCallback(
    (index: number) => {
      if (index < size) return head?.rows[index];
      return more.get(Math.floor(index / PAGE))?.[index % PAGE];
    },
    [head, more, size],
  );
  const rows = head?.rows ?? NO_ROWS;
  useRowNotices();
  return useMemo(
    () => ({
      head,
      error: first.error,
      isOld: first.isPlaceholderData || (first.error !== null && head !== undefined),
      rowAt,
      rows,
      onSeen,
      again: () => void first.refetch(),
    }),
    [first, head, rowAt, rows, onSeen],
  );
}

const NO_ROWS: readonly RunRow[] = [];
const NOTHING_SEEN = { first: 0, last: 0 };

interface PageRows {
  readonly page: number;
  readonly rows: readonly RunRow[];
}

function loadedPages(answers: readonly { readonly data: PageRows | undefined }[]): readonly PageRows[] {
  return answers.flatMap(({ data }) => (data === undefined ? [] : [data]));
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** Asks again for what is seen when runs change: soon when there is a new one, now and then when curves grow. */
function useRowNotices(): void {
  const client = useQueryClient();
  const due = useRef<{ atMs: number; timer: ReturnType<typeof setTimeout> } | undefined>(undefined);
  useEffect(() => () => clearTimeout(due.current?.timer), []);
  useRunNotices(
    useCallback(
      (notice: RunNotice) => {
        const isChange = notice === 'all' || notice.changed.length > 0 || notice.findings.length > 0;
        const atMs = performance.now() + (isChange ? CHANGE_MS : GROWTH_MS);
        if (due.current !== undefined && due.current.atMs <= atMs) return;
        clearTimeout(due.current?.timer);
        const ask = (): void => {
          due.current = undefined;
          void askAgain(client, RUN_TABLE_KEY);
        };
        due.current = { atMs, timer: setTimeout(ask, atMs - performance.now()) };
      },
      [client],
    ),
  );
}
