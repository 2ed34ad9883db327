import type { ResolvedLink } from '@vitrine/compute/field/links.ts';

/** A graph ready to be drawn: everything is text and colours. */
export interface GraphModel {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** What the colours of arcs say. */
  readonly legend: readonly { readonly name: string; readonly color: string }[];
}

export interface GraphNode {
  readonly id: string;
  readonly title: string;
  readonly subTitle: string;
  readonly mainStat: string;
  readonly secondaryStat: string;
  /** CSS pixels at scale 1. */
  readonly radius: number;
  /** Of the rim where there are no arcs. */
  readonly color: string;
  /** Shares of the rim, from the top clockwise; 0 to 1 in all. */
  readonly arcs: readonly { readonly share: number; readonly color: string }[];
  readonly highlighted: boolean;
  readonly details: readonly (readonly [name: string, value: string])[];
}

export interface GraphEdge {
  readonly id: string;
  /** Indices of nodes. */
  readonly source: number;
  readonly target: number;
  readonly mainStat: string;
  readonly secondaryStat: string;
  readonly thickness: number;
  readonly color: string | undefined;
  /** Lengths of dashes and gaps; empty is solid. */
  readonly dash: readonly number[];
  readonly highlighted: boolean;
  readonly details: readonly (readonly [name: string, value: string])[];
}

/** What is pointed at or chosen. */
export interface GraphPick {
  readonly kind: 'node' | 'edge';
  readonly index: number;
}

/** Links of what was picked, made when they are shown. */
export type LinksOf = (pick: GraphPick) => readonly ResolvedLink[];
