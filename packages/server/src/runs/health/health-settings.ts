import { OWN_ROLES } from '@vitrine/compute/detect/roles.ts';
import { parseDetectorSettings } from '@vitrine/compute/detect/thresholds.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { HealthSettings } from '@vitrine/model/run-api.ts';
import type { DocumentStore } from '../../documents/document-store.ts';

const MAX_METRIC = 1_000;

/** What projects have set for their detectors. */
export interface HealthSettingsStore {
  of(projectId: number): Promise<Saved>;
  /** Throws BadRequest that names the field. */
  save(projectId: number, input: Saved): Promise<Saved>;
}

type Saved = Pick<HealthSettings, 'detectors' | 'roles'>;

const NOTHING: Saved = { detectors: {}, roles: {} };

export function healthSettingsOver(documents: Pick<DocumentStore, 'setting' | 'setSetting'>): HealthSettingsStore {
  // One process writes them.
  const known = new Map<number, Saved>();
  return {
    async of(projectId) {
      const cached = known.get(projectId);
      if (cached !== undefined) return cached;
      const text = await documents.setting(nameOf(projectId));
      const saved = text === undefined ? NOTHING : (JSON.parse(text) as Saved);
      known.set(projectId, saved);
      return saved;
    },
    async save(projectId, { detectors, roles }) {
      const saved: Saved = { detectors: parseDetectorSettings(detectors), roles: parseRoles(roles) };
      await documents.setSetting(nameOf(projectId), JSON.stringify(saved));
      known.set(projectId, saved);
      return saved;
    },
  };
}

function nameOf(projectId: number): string {
  return `runs.health.${projectId}`;
}

function parseRoles(roles: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const known: readonly string[] = OWN_ROLES;
  for (const [role, metric] of Object.entries(roles)) {
    if (!known.includes(role)) throw new BadRequest(`roles.${role}`, `there is no such role; there are ${known.join(', ')}`);
    if (metric.length > MAX_METRIC)
      throw new BadRequest(`roles.${role}`, `has ${metric.length} characters, and the limit is ${MAX_METRIC}`);
  }
  return Object.fromEntries(Object.entries(roles).filter(([, metric]) => metric !== ''));
}
