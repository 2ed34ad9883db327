import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import { formatText } from '@vitrine/model/unit.ts';
import type { ReactElement } from 'react';

import type { TraceSpan, TraceTag } from './trace-model.ts';
import classes from './trace-view.module.css';

export interface SpanDetailsProps {
  readonly span: TraceSpan;
  readonly height: number;
  /** When the trace began. */
  readonly sinceMs: number;
  readonly timeText: (atMs: number) => string;
  readonly links: readonly ResolvedLink[];
  readonly onClose: () => void;
}

const MOST_LOGS = 200;

/** All that is known of one span. */
export function SpanDetails({ span, height, sinceMs, timeText, links, onClose }: SpanDetailsProps): ReactElement {
  const facts: readonly TraceTag[] = [
    ['Service', span.service],
    ['Start', `${formatText(span.startMs - sinceMs, 'ms')} (${timeText(span.startMs)})`],
    ['Duration', formatText(span.durationMs, 'ms')],
    ...(span.kind === '' ? [] : [['Kind', span.kind] as const]),
    ...(span.isError || span.statusText !== ''
      ? [['Status', [span.isError ? 'Error' : '', span.statusText].filter(Boolean).join(': ')] as const]
      : []),
    ['Span', span.id],
  ];
  return (
    <section className={classes.details} style={{ height }} aria-label={`Details of ${span.name}`} tabIndex={0}>
      <header>
        <strong>{span.name}</strong>
        {links.map(({ title, href, targetBlank }) =>
          href === undefined ? (
            <span key={title}>{title}</span>
          ) : (
            <a key={`${title} ${href}`} href={href} {...(targetBlank ? { target: '_blank', rel: 'noopener noreferrer' } : {})}>
              {title}
            </a>
          ),
        )}
        <button type="button" aria-label="Close details" onClick={onClose}>
          ✕
        </button>
      </header>
      <Tags title="" tags={facts} />
      <Tags title="Attributes" tags={span.tags} />
      <Tags title="Resource" tags={span.serviceTags} />
      {span.logs.length > 0 && <h4>Events ({span.logs.length})</h4>}
      {span.logs.slice(0, MOST_LOGS).map(({ atMs, fields }, index) => (
        // By place: events have no names.
        <Tags key={index} title={`at ${formatText(atMs - sinceMs, 'ms')}`} tags={fields} />
      ))}
    </section>
  );
}

function Tags({ title, tags }: { readonly title: string; readonly tags: readonly TraceTag[] }): ReactElement | null {
  if (tags.length === 0) return null;
  return (
    <>
      {title !== '' && <h4>{title}</h4>}
      <dl>
        {tags.map(([key, value], index) => (
          // By place: keys may come twice.
          <div key={index}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
