import type { DocumentStore, User } from '../documents/document-store.ts';
import { hashOf, newSecretId, newSecretText } from './secret-text.ts';

/** How long a printed sign-in link is good for. */
const LINK_LIFE_MS = 60 * 60_000;
/** A session is prolonged at most this often, so that reading a page does not write to the disk each time. */
const EXTEND_EVERY_MS = 60 * 60_000;

export interface SignIn {
  /** A secret that signs its bearer in once, as the owner of this server. */
  newLinkSecret(): Promise<string>;
  /** Uses a link up: a new session's secret, or undefined where the link is unknown, used or too old. */
  redeem(linkSecret: string): Promise<string | undefined>;
  /** Who a session's secret belongs to. Using it prolongs it. */
  userOf(sessionSecret: string): Promise<User | undefined>;
  signOut(sessionSecret: string): Promise<void>;
  readonly sessionMs: number;
}

/** The owner: whoever can read the terminal that the server was started in. */
const OWNER = 'owner';

export function signInOver(documents: DocumentStore, sessionMs: number, now: () => number = Date.now): SignIn {
  return {
    sessionMs,
    async newLinkSecret() {
      await documents.removeExpiredSecrets(now());
      const owner = await documents.ensureUser(OWNER, 'admin', now());
      const secret = newSecretText();
      await documents.addSecret({
        id: newSecretId(),
        kind: 'link',
        hash: hashOf(secret),
        name: '',
        userId: owner.id,
        scopes: [],
        labels: {},
        createdMs: now(),
        expiresMs: now() + LINK_LIFE_MS,
      });
      return secret;
    },
    async redeem(linkSecret) {
      const link = await documents.takeSecret('link', hashOf(linkSecret), now());
      if (link === undefined) return undefined;
      const secret = newSecretText();
      await documents.addSecret({
        id: newSecretId(),
        kind: 'session',
        hash: hashOf(secret),
        name: '',
        userId: link.user.id,
        scopes: [],
        labels: {},
        createdMs: now(),
        expiresMs: now() + sessionMs,
      });
      return secret;
    },
    async userOf(sessionSecret) {
      const session = await documents.secret('session', hashOf(sessionSecret), now());
      if (session === undefined) return undefined;
      if (now() - (session.usedMs ?? session.createdMs) > EXTEND_EVERY_MS) {
        await documents.extendSecret(session.id, now() + sessionMs, now());
      }
      return session.user;
    },
    async signOut(sessionSecret) {
      const session = await documents.secret('session', hashOf(sessionSecret), now());
      if (session !== undefined) await documents.removeSecret('session', session.id);
    },
  };
}
