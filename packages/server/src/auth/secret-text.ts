import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, as 43 letters that may stand in a URL, a cookie and a header. */
export function newSecretText(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is kept of a secret. A plain SHA-256 is enough where the secret itself is 256 random bits: there is nothing to
 * guess. It is looked up by this hash, so that how long a comparison takes says nothing about the secret.
 */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A short public name for a secret, to list and to revoke it by. */
export function newSecretId(): string {
  return randomBytes(6).toString('hex');
}
