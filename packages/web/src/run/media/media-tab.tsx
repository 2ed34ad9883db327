import { SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import type { RunItem } from '@vitrine/model/curve-store.ts';
import { Markdown } from '@vitrine/ui/widget/markdown.tsx';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import classes from '../run-page.module.css';
import type { RunTabProps } from '../run-page.tsx';
import { itemPath, itemTextQuery, runItemsQuery } from '../run-queries.ts';
import { MEDIA_KINDS } from '../run-tabs.ts';
import { StepSlider } from '../step-slider.tsx';
import { LoggedTable } from './logged-table.tsx';
import media from './media.module.css';
import { nearestStep } from './nearest-step.ts';

/** Tags whose steps the slider stops at; more would ask for a list each. */
const MOST_TAGS = 60;

/** Images, texts, sounds and tables over steps, all at one step. */
export function MediaTab({ answer, search, change }: RunTabProps): ReactElement {
  const words = useDeferredValue(search.q ?? '').toLowerCase();
  const [size, setSize] = useState('m');
  const found = answer.items.filter(({ kind, tag }) => MEDIA_KINDS.includes(kind) && tag.toLowerCase().includes(words));
  const shown = found.slice(0, MOST_TAGS);
  const last = Math.max(0, ...found.map(({ maxStep }) => maxStep));
  const first = Math.min(last, ...found.map(({ minStep }) => minStep));
  const step = Math.min(last, Math.max(first, search.step ?? last));
  const lists = useQueries({
    queries: shown.map(({ kind, tag }) => runItemsQuery(answer.run.id, kind, tag)),
    combine: dataOf,
  });
  const steps = useMemo(
    () => [...new Set(lists.flatMap((list) => list?.map((item) => item.step) ?? []))].toSorted((a, b) => a - b),
    [lists],
  );
  const onStep = useCallback((next: number) => change({ step: next === last ? undefined : next }), [change, last]);
  return (
    <>
      <div className={classes.toolbar}>
        <TextInput
          className={classes.search}
          aria-label="Search media"
          placeholder="Search media"
          leftSection={<IconSearch size={15} />}
          value={search.q ?? ''}
          onChange={(event) => change({ q: event.currentTarget.value === '' ? undefined : event.currentTarget.value })}
        />
        <StepSlider {...{ first, last, step, steps, onStep }} />
        <SegmentedControl
          aria-label="Size of images"
          value={size}
          onChange={setSize}
          data={[
            { value: 's', label: 'S' },
            { value: 'm', label: 'M' },
            { value: 'l', label: 'L' },
          ]}
        />
      </div>
      {found.length === 0 && <p className={classes.none}>Nothing has these letters in its name.</p>}
      <div className={media.tags} data-size={size}>
        {shown.map(({ kind, tag, count }, at) => (
          <MediaCard key={`${kind} ${tag}`} {...{ tag, count, step }} items={lists[at]} />
        ))}
      </div>
      {found.length > shown.length && (
        <p className={classes.none}>{found.length - shown.length} more. Search to narrow them down.</p>
      )}
    </>
  );
}

function dataOf<T>(answers: readonly { readonly data: T | undefined }[]): readonly (T | undefined)[] {
  return answers.map(({ data }) => data);
}

interface MediaCardProps {
  readonly tag: string;
  readonly count: number;
  readonly step: number;
  readonly items: readonly RunItem[] | undefined;
}

function MediaCard({ tag, count, step, items }: MediaCardProps): ReactElement {
  const at = items === undefined ? -1 : nearestStep(items, step);
  const found = items?.[at];
  // Of one step all are shown, by their index: a batch of pictures.
  const together = found === undefined ? [] : lastOfEach(items!.filter((item) => item.step === found.step));
  return (
    <article className={media.tag} data-kind={found?.kind} aria-label={tag}>
      <header>
        <h3 title={tag}>{tag}</h3>
        <span>
          {found === undefined ? '' : `step ${found.step.toLocaleString('en')}`}
          {count > 1 && ` · ${count.toLocaleString('en')} in all`}
        </span>
      </header>
      <div className={media.items}>
        {together.map((item) => (
          <Medium key={item.index} item={item} tag={tag} />
        ))}
      </div>
    </article>
  );
}

/** Of those logged again under one index the newest. */
function lastOfEach(items: readonly RunItem[]): readonly RunItem[] {
  return [...new Map(items.map((item) => [item.index, item])).values()].toSorted((a, b) => a.index - b.index);
}

function Medium({ item, tag }: { readonly item: RunItem; readonly tag: string }): ReactElement {
  switch (item.kind) {
    case 'image':
      return <Picture key={item.id} id={item.id} label={`${tag} at step ${item.step}, number ${item.index + 1}`} />;
    case 'audio':
      return <audio controls preload="none" src={itemPath(item.id)} aria-label={`${tag} at step ${item.step}`} />;
    default:
      return <Written item={item} />;
  }
}

function Picture({ id, label }: { readonly id: number; readonly label: string }): ReactElement {
  const [isBroken, setBroken] = useState(false);
  const [ratio, setRatio] = useState(1);
  if (isBroken)
    return (
      <p className={media.broken}>
        This image can’t be drawn: it is damaged, its file is gone, or it is of a kind that browsers don’t know.
      </p>
    );
  return (
    <a href={itemPath(id)} target="_blank" rel="noreferrer">
      <img
        src={itemPath(id)}
        alt={label}
        loading="lazy"
        decoding="async"
        style={{ width: `calc(var(--picture) * ${Math.min(10, Math.max(0.1, ratio))})`, aspectRatio: ratio }}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
          if (naturalWidth > 0 && naturalHeight > 0) setRatio(naturalWidth / naturalHeight);
        }}
        onError={() => setBroken(true)}
      />
    </a>
  );
}

function Written({ item }: { readonly item: RunItem }): ReactElement | null {
  const { data, error } = useQuery(itemTextQuery(item.id));
  if (error !== null) return <p className={media.broken}>{error.message}</p>;
  if (data === undefined) return null;
  return item.kind === 'table' ? <LoggedTable text={data} /> : <Markdown source={data} />;
}
