import { formatDuration, formatTime } from '@vitrine/compute/time.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useState } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import classes from '../list.module.css';
import { useAsked } from '../use-asked.ts';
import { pathOfListed, readListed, stretchOf } from './listed.ts';
import type { Listed } from './listed.ts';
import { annolist } from './spec.ts';
import type { AnnotationListOptions } from './spec.ts';

const EVERY_MS = 30_000;

function AnnotationList({ options, width, height, title, context }: PanelProps<AnnotationListOptions>): ReactElement {
  const [tag, setTag] = useState<string>();
  const path = pathOfListed(options, tag, context);
  const { answers, problem } = useAsked(context.ask, [path], EVERY_MS);
  // A range that moves on asks anew: what was there stays until the answer is.
  const [kept, setKept] = useState<unknown>();
  const answer = answers.get(path);
  if (answer !== undefined && answer !== kept) setKept(answer);
  const listed = readListed(answer ?? kept);
  if (context.ask === undefined) {
    return <NoData width={width} height={height} text="Lists of annotations are not part of a snapshot" hint="" />;
  }
  if (listed.length === 0 && tag === undefined && problem === undefined) {
    if (answer === undefined) return <div style={{ width, height }} />;
    return (
      <NoData
        width={width}
        height={height}
        text="Nothing was written down"
        hint="Annotations come from the page, or from a POST to /api/annotations: a deployment is one curl."
      />
    );
  }
  return (
    <div
      className={classes.list}
      style={{ width, height }}
      role="region"
      aria-label={title === '' ? 'Annotations' : title}
      tabIndex={0}
    >
      {problem !== undefined && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {tag !== undefined && (
        <p className={classes.quiet}>
          Only with{' '}
          <button
            type="button"
            className={classes.tag}
            aria-pressed
            aria-label={`${tag}: show all again`}
            onClick={() => setTag(undefined)}
          >
            {tag} ✕
          </button>
        </p>
      )}
      <ul>
        {listed.map((one) => (
          <li key={one.id} className={classes.row}>
            <Happening one={one} options={options} context={context} />
            {options.showTags &&
              one.tags.map((name) => (
                <button
                  key={name}
                  type="button"
                  className={classes.tag}
                  aria-pressed={name === tag}
                  title={`Only annotations with the tag ${name}`}
                  onClick={() => setTag(name === tag ? undefined : name)}
                >
                  {name}
                </button>
              ))}
            {options.showUser && one.user !== '' && <span className={classes.aside}>{one.user}</span>}
            {options.showTime && (
              <time className={classes.aside} dateTime={new Date(one.timeMs).toISOString()}>
                {formatTime(one.timeMs, context.timeZone)}
                {one.endMs > one.timeMs && `, for ${formatDuration(one.endMs - one.timeMs)}`}
              </time>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A click goes to its time, and where it stands on another dashboard, there. */
function Happening({
  one,
  options,
  context,
}: { readonly one: Listed } & Pick<PanelProps<AnnotationListOptions>, 'options' | 'context'>) {
  const { from, to } = stretchOf(one, options);
  const text = one.text === '' ? 'No text' : one.text;
  if (one.dashboardUid !== '' && one.dashboardUid !== context.dashboard?.uid) {
    const panel = options.navigateToPanel && one.panelId > 0 ? `&viewPanel=${one.panelId}` : '';
    return (
      <a className={classes.main} href={`/d/${encodeURIComponent(one.dashboardUid)}?from=${from}&to=${to}${panel}`}>
        {text}
      </a>
    );
  }
  return (
    <button type="button" className={classes.main} onClick={() => context.zoomTo(from, to)}>
      {text}
    </button>
  );
}

export const annolistWeb: PanelWeb<AnnotationListOptions> = { spec: annolist, Component: AnnotationList };
