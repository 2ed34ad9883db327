import { BadRequest } from '@vitrine/model/bad-request.ts';

import type { Run } from './transformation.ts';

/** Which lists of places there are. */
export const GAZETTEERS = ['countries', 'usa-states', 'airports'] as const;
export type GazetteerId = (typeof GAZETTEERS)[number];

/** A place and where it is written on a map, in degrees. */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly lat: number;
  readonly lng: number;
}

/** Places by their codes and names, whatever the letter case. */
export interface Gazetteer {
  find(key: string): Place | undefined;
}

/**
 * The list that an option names: "countries", or Grafana's path of it, `public/gazetteer/countries.json`. Throws BadRequest for any
 * other: nothing is fetched.
 */
export function requireGazetteer(key: string, named: string, run: Pick<Run, 'gazetteer'>): Gazetteer {
  const name = named === '' ? 'countries' : named.trim().replace(/^\/?(?:public\/)?gazetteer\/([\w-]+)\.(?:geo)?json$/, '$1');
  const id = GAZETTEERS.find((known) => known === name);
  if (id === undefined) {
    throw new BadRequest(
      key,
      `"${named}" is none of ${GAZETTEERS.join(', ')}; lists from elsewhere are not fetched: join with a query that has the places`,
    );
  }
  const gazetteer = run.gazetteer(id);
  if (gazetteer === undefined) throw new BadRequest(key, `the list of ${id} is not at hand here`);
  return gazetteer;
}
