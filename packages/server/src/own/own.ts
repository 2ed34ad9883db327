import { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata, SampleStore } from '@vitrine/model/sample-store.ts';
import type { FastifyRequest } from 'fastify';
import type { AnnotationDocuments } from '../documents/annotations.ts';
import { HttpError } from '../http/errors.ts';
import type { Sources } from '../query/sources.ts';
import { labelNotHad } from '../runs/run-owner.ts';
import type { Runs } from '../runs/runs.ts';
import { ownAnnotations } from './own-annotations.ts';
import { checkOwnProject, type OwnRuns, ownRuns } from './own-runs.ts';
import { type OwnSamples, ownSamples } from './own-samples.ts';

/**
 * What a caller may see of what the server keeps: to a token with labels there is only what has them. Of samples, metadata and runs routes
 * read nothing else (RouteNeeds); to write they have WritableRuns.
 */
export interface Own {
  readonly samples: OwnSamples;
  readonly runs: OwnRuns;
  /** Throws HttpError where others have runs in the project too: then it is not the caller's to change. */
  checkProject(id: number): Promise<void>;
  readonly sources: Sources;
  readonly annotations: AnnotationDocuments;
  /** What senders said of their metrics, in any order; a metric may stand there several times with different texts. */
  metadata(): Iterable<MetricMetadata>;
  /** Whether what has these labels is among it. */
  has(labels: Readonly<Record<string, string>>): boolean;
}

export type OwnOf = (request: Asker) => Own;

type Asker = Pick<FastifyRequest, 'caller'>;

/** What senders said of their metrics. */
export interface MetadataSource {
  /** What those said who have the labels; all that is known where they are none. */
  metadata(labels: Labels): Iterable<MetricMetadata>;
}

export interface OwnNeeds {
  readonly samples: SampleStore;
  readonly runs: Runs;
  readonly sources: Sources;
  readonly documents: { readonly annotations: AnnotationDocuments };
  readonly metadata: MetadataSource;
}

export function ownOf({ samples, runs, sources, documents: { annotations }, metadata }: OwnNeeds): OwnOf {
  const of = (labels: Labels): Own => {
    const own = { samples: ownSamples(samples, labels), runs: ownRuns(runs, labels) };
    const isAll = labels.size === 0;
    return {
      ...own,
      sources: isAll ? sources : sources.within(labels, own),
      annotations: isAll ? annotations : ownAnnotations(annotations, own.runs),
      checkProject: (id) => checkOwnProject(runs, labels, id),
      metadata: () => metadata.metadata(labels),
      has: (known) => labelNotHad({ labels: known }, { labels }) === undefined,
    };
  };
  const all = of(Labels.empty);
  return (request) => {
    const labels = labelsOf(request);
    return labels.size === 0 ? all : of(labels);
  };
}

/** For what tells of everybody's at once. Throws HttpError for a caller that may see some only. */
export function refuseLabelled(request: Asker): void {
  if (labelsOf(request).size > 0)
    throw new HttpError('not_allowed', 'This token sees the series of its own labels only, and this tells of all.');
}

function labelsOf({ caller }: Asker): Labels {
  return caller?.kind === 'token' ? caller.labels : Labels.empty;
}
