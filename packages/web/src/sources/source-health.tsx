import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { sourceHealthQuery } from './source-queries.ts';
import type { SavedSource, SourceAnswer } from './source-queries.ts';
import classes from './sources.module.css';

/** How a source in the list is, in a few words; the whole sentence on hover and to screen readers. */
export function SourceHealth({ source }: { readonly source: SavedSource }): ReactElement {
  const isOwn = source.type === 'builtin';
  const { data, error } = useQuery({
    ...sourceHealthQuery(source.uid),
    enabled: source.supported && !isOwn,
  });
  if (isOwn) return <State status="healthy" words="Always there" />;
  if (!source.supported) return <State status="unknown" words="Not supported" title={source.notice} />;
  if (error !== null) return <State status="unknown" words="Not known" title={error.message} />;
  if (data === undefined) return <State status="unknown" words="Asking…" />;
  if (data.ok) return <State status="healthy" words={productOf(data)} />;
  const { answeredMs } = source.health ?? {};
  const last = answeredMs === undefined ? '' : ` It answered last at ${new Date(answeredMs).toLocaleString()}.`;
  return <State status="critical" words="Does not answer" says={`${data.sentence}${last}`} />;
}

/** "Prometheus 2.42.0". */
export function productOf({ product, version }: Extract<SourceAnswer, { readonly ok: true }>): string {
  return [product || 'It', version].filter((word) => word !== '').join(' ');
}

interface StateProps {
  readonly status: 'healthy' | 'critical' | 'unknown';
  readonly words: string;
  readonly title?: string;
  /** Below the line of the source, in full. */
  readonly says?: string;
}

function State({ status, words, title, says }: StateProps): ReactElement {
  return (
    <>
      <span className={classes.health} title={title}>
        <StatusShape status={status} />
        {words}
      </span>
      {says !== undefined && <p className={classes.why}>{says}</p>}
    </>
  );
}
