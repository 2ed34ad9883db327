import { memo, startTransition, useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';

const MOST_ROWS = 200;
/** Nobody listens faster than this, and a page of charts must not wait for its tables. */
const EVERY_MS = 1_000;

export interface SpokenTableProps {
  readonly caption: string;
  readonly head: readonly string[];
  readonly count: number;
  /** The cells of a row, its name first. */
  readonly row: (index: number) => readonly string[];
  /** Longer tables end with how many are left out. */
  readonly most?: number;
}

/** What a chart shows, in rows of words for screen readers. It follows the chart a moment later. */
export function SpokenTable(props: SpokenTableProps): ReactElement | null {
  const newest = useRef(props);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [told, setTold] = useState<SpokenTableProps>();
  useEffect(() => {
    newest.current = props;
    if (told === props) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      startTransition(() => setTold(newest.current));
    }, EVERY_MS);
  });
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return told === undefined ? null : <Rows {...told} />;
}

/** Kept while what is told is the same: its chart is drawn anew with each move of the pointer. */
const Rows = memo(function Rows({ caption, head, count, row, most = MOST_ROWS }: SpokenTableProps): ReactElement {
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((text, at) => (
            <th key={at} scope="col">
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: Math.min(count, most) }, (_, index) => (
          <tr key={index}>{row(index).map((text, at) => (at === 0 ? <th key={at}>{text}</th> : <td key={at}>{text}</td>))}</tr>
        ))}
        {count > most && (
          <tr>
            <td colSpan={head.length}>{count - most} more</td>
          </tr>
        )}
      </tbody>
    </table>
  );
});
