import { HEALTH_WORDS } from '@vitrine/compute/run-filter/health-words.ts';
import { attributeType } from '@vitrine/compute/run-filter/run-field.ts';
import type { RunField } from '@vitrine/compute/run-filter/run-field.ts';
import { RUN_SOURCES, RUN_STATUSES } from '@vitrine/model/run.ts';

/** Values that a field can be compared with, where all that there can be are known; "asked" where the server knows which there are. */
export function knownValues(field: RunField): readonly string[] | 'asked' {
  switch (field.kind) {
    case 'metric':
      return [];
    case 'param':
    case 'tag':
      return 'asked';
    case 'attribute':
      break;
  }
  switch (field.name) {
    case 'status':
      return RUN_STATUSES;
    case 'health':
      return HEALTH_WORDS;
    case 'source':
      return RUN_SOURCES;
    case 'notes':
      return [];
    default: {
      const type = attributeType(field.name);
      return type === 'text' || type === 'texts' ? 'asked' : [];
    }
  }
}
