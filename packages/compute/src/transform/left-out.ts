import type { TransformationKind } from './transformation.ts';

export const fieldLookup = leftOut(
  'fieldLookup',
  'Lookup fields from resource',
  'the list of countries and airports that it looks things up in is not part of Vitrine; join with a query that has them',
);
export const spatial = leftOut('spatial', 'Spatial operations', 'there are no shapes on maps here');

/** One that dashboards may hold and that does nothing here but say so. */
function leftOut(id: string, title: string, why: string): TransformationKind {
  return {
    id,
    title,
    description: `Not available: ${why}.`,
    defaults: {},
    apply(frames, _options, run) {
      run.notice('warning', `is left out: ${why}. The data are shown without it`);
      return frames;
    },
  };
}
