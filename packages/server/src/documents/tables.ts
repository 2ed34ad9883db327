import type { Generated } from 'kysely';
import type { Role, SecretKind } from './document-store.ts';

/** The tables of documents.sqlite, as the newest migration leaves them. */
export interface Tables {
  settings: { name: string; value: string };
  users: { id: Generated<number>; name: string; role: Role; created_ms: number };
  secrets: {
    id: string;
    kind: SecretKind;
    hash: string;
    name: string;
    user_id: number;
    /** Separated by spaces. */
    scopes: string;
    created_ms: number;
    used_ms: number | null;
    expires_ms: number | null;
  };
  dashboards: { uid: string; json: string; updated_ms: number };
}
