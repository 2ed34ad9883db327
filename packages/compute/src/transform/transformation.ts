import type { Frame, Notice } from '@vitrine/model/frame.ts';

import type { Gazetteer, GazetteerId } from './gazetteer.ts';
import type { Options } from './options.ts';

/** What transformations know of the panel besides its frames. */
export interface TransformContext {
  /** Fills in `$name` and `${name:format}`. Texts of the options are passed through it before a transformation reads them. */
  replace(text: string): string;
  /** Of the page: an IANA zone, "browser" or "UTC". */
  readonly timeZone: string;
  /** The list of places of that name, read when first asked for. Absent where there are none, such as on the page. */
  readonly gazetteer?: (id: GazetteerId) => Gazetteer;
}

/** What a transformation may use while it runs. */
export interface Run extends Pick<TransformContext, 'timeZone'> {
  /** Undefined where it is not at hand. */
  gazetteer(id: GazetteerId): Gazetteer | undefined;
  /** Tells the reader of the panel something about the result. */
  notice(level: Notice['level'], text: string): void;
  /**
   * Asked before so many cells, in so many columns, are made: throws LimitExceeded where that is more than a panel may hold.
   * `what` begins the sentence.
   */
  allow(cells: number, what: string, columns?: number): void;
}

/** One kind of step between the answers of a panel's queries and what it draws. Pure: never changes what it is given. */
export interface TransformationKind {
  /** Stands in the saved dashboard: "organize". */
  readonly id: string;
  /** What people call it. */
  readonly title: string;
  /** One sentence for the list from which people choose. */
  readonly description: string;
  /** What a new one starts with. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Throws BadRequest for options that it cannot read, LimitExceeded where the result would be too large. */
  apply(frames: readonly Frame[], options: Options, run: Run): readonly Frame[];
}
