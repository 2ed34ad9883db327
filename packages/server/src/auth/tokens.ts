import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Labels } from '@vitrine/model/labels.ts';
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
  /** Put on every series that is sent with it, over what the series says itself: the tenant's. */
  readonly labels?: Labels;
  /** undefined: never. */
  readonly expiresMs: number | undefined;
}

export interface Tokens {
  /** The token itself is answered this once and kept nowhere. Throws BadRequest for a name of more than 200 characters. */
  create(token: NewToken): Promise<{ readonly id: string; readonly token: string }>;
  list(): Promise<readonly Secret[]>;
  /** Whether there was one of that id. */
  revoke(id: string): Promise<boolean>;
  /** Whose token it is and what it may do; undefined where it is none. */
  bearer(token: string): Promise<TokenBearer | undefined>;
}

export interface TokenBearer {
  readonly id: string;
  /** What people call the token. */
  readonly name: string;
  readonly user: User;
  readonly scopes: readonly Scope[];
  readonly labels: Labels;
}

export function tokensOver(documents: DocumentStore, now: () => number = Date.now): Tokens {
  return {
    async create({ name, scopes, labels, expiresMs }) {
      if (name.length > MOST_NAME_CHARS)
        throw new BadRequest('name', `has ${name.length} letters, and the limit is ${MOST_NAME_CHARS}`);
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
        labels: labels?.toObject() ?? {},
        createdMs: now(),
        expiresMs,
      });
      return { id, token };
    },
    list: () => documents.secrets('token'),
    revoke: (id) => documents.removeSecret('token', id),
    async bearer(token) {
      const found = await documents.secret('token', hashOf(token), now());
      if (found === undefined) return undefined;
      const { id, name, user, scopes, labels } = found;
      return { id, name, user, scopes: scopes.filter(isScope), labels: Labels.from(labels) };
    },
  };
}

export function parseScopes(field: string, texts: readonly string[]): Scope[] {
  const unknown = texts.find((text) => !isScope(text));
  if (unknown !== undefined) throw new BadRequest(field, `"${unknown}" is not one of ${SCOPES.join(', ')}`);
  if (texts.length === 0) throw new BadRequest(field, `expected at least one of ${SCOPES.join(', ')}`);
  return texts.filter(isScope);
}

const MOST_NAME_CHARS = 200;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MOST_LABELS = 20;
const MOST_VALUE_CHARS = 1_000;

/** Labels that a token puts on what is sent with it. Throws BadRequest. */
export function parseTokenLabels(field: string, labels: Readonly<Record<string, string>>): Labels {
  const entries = Object.entries(labels);
  if (entries.length > MOST_LABELS) throw new BadRequest(field, `at most ${MOST_LABELS} labels may be given`);
  for (const [name, value] of entries) {
    if (!LABEL_NAME.test(name) || name.startsWith('__'))
      throw new BadRequest(field, `"${name.slice(0, 100)}" is not a name that a label may have, such as team`);
    if (value === '' || value.length > MOST_VALUE_CHARS)
      throw new BadRequest(field, `the value of ${name} must have 1 to ${MOST_VALUE_CHARS} characters`);
  }
  return Labels.from(labels);
}

/** Whether a text is made like a token, be it a good one or not. */
export function looksLikeToken(text: string): boolean {
  return text.startsWith(PREFIX);
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
