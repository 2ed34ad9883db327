import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { DocumentStore, Secret, User } from '../documents/document-store.ts';
import { hashOf, newSecretId, newSecretText } from './secret-text.ts';

/** ingest: send samples. read: query and see dashboards. admin: everything. */
export const SCOPES = ['ingest', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Stands before every token, so that scanners for leaked secrets can tell what it is. */
const PREFIX = 'vitrine_';

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** undefined: never. */
  readonly expiresMs: number | undefined;
}

export interface Tokens {
  /** The token itself is answered this once and kept nowhere. */
  create(token: NewToken): Promise<{ readonly id: string; readonly token: string }>;
  list(): Promise<readonly Secret[]>;
  /** Whether there was one of that id. */
  revoke(id: string): Promise<boolean>;
  /** Whose token it is and what it may do; undefined where it is none. */
  bearer(token: string): Promise<TokenBearer | undefined>;
}

export interface TokenBearer {
  /** What people call the token. */
  readonly name: string;
  readonly user: User;
  readonly scopes: readonly Scope[];
}

export function tokensOver(documents: DocumentStore, now: () => number = Date.now): Tokens {
  return {
    async create({ name, scopes, expiresMs }) {
      const owner = await documents.ensureUser('owner', 'admin', now());
      const token = PREFIX + newSecretText();
      const id = newSecretId();
      await documents.addSecret({
        id,
        kind: 'token',
        hash: hashOf(token),
        name,
        userId: owner.id,
        scopes,
        createdMs: now(),
        expiresMs,
      });
      return { id, token };
    },
    list: () => documents.secrets('token'),
    revoke: (id) => documents.removeSecret('token', id),
    async bearer(token) {
      const found = await documents.secret('token', hashOf(token), now());
      return found === undefined ? undefined : { name: found.name, user: found.user, scopes: found.scopes.filter(isScope) };
    },
  };
}

export function parseScopes(field: string, texts: readonly string[]): Scope[] {
  const unknown = texts.find((text) => !isScope(text));
  if (unknown !== undefined) throw new BadRequest(field, `"${unknown}" is not one of ${SCOPES.join(', ')}`);
  if (texts.length === 0) throw new BadRequest(field, `expected at least one of ${SCOPES.join(', ')}`);
  return texts.filter(isScope);
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
