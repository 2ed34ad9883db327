import { HEALTH_WORDS } from '@vitrine/compute/run-filter/health-words.ts';
import type { RunField } from '@vitrine/compute/run-filter/run-field.ts';
import type { RunRow } from '@vitrine/model/run-api.ts';
import { RUN_SOURCES, RUN_STATUSES } from '@vitrine/model/run.ts';
import type { Run } from '@vitrine/model/run.ts';

/** Values that a field can be compared with: all there are where they are few and known, else those of the rows that are there. */
export function filterValues(
  field: RunField,
  rows: readonly Pick<RunRow, 'run'>[],
  projects: readonly { readonly name: string }[],
): readonly string[] {
  switch (field.kind) {
    case 'metric':
      return [];
    case 'param':
      return ofRows(rows, ({ params }) => [params[field.name]]);
    case 'tag':
      return ofRows(rows, ({ tags }) => [tags[field.name]]);
    case 'attribute':
      break;
  }
  const { name } = field;
  switch (name) {
    case 'status':
      return RUN_STATUSES;
    case 'health':
      return HEALTH_WORDS;
    case 'source':
      return RUN_SOURCES;
    case 'project':
      return projects.map((project) => project.name);
    case 'host':
      return ofRows(rows, ({ hosts }) => hosts);
    case 'group':
    case 'user':
      return ofRows(rows, (run) => [run[name]]);
    default:
      return [];
  }
}

/** Each once, in order: numbers by what they are, the rest by their letters. */
function ofRows(
  rows: readonly Pick<RunRow, 'run'>[],
  valuesOf: (run: Run) => readonly (string | undefined)[],
): readonly string[] {
  const values = new Set(rows.flatMap(({ run }) => valuesOf(run)));
  return [...values]
    .filter((value): value is string => value !== undefined && value !== '')
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
