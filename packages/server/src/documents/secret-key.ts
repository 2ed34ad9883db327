import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError } from '../start-error.ts';

/** Enciphers what is kept of secrets that must be read again, such as a data source's password. */
export interface SecretKey {
  /** `purpose` says whose secret it is and what it is called: it can be read again as that only. */
  seal(purpose: readonly string[], text: string): string;
  /** undefined where it was sealed with another key or for another purpose, or was changed since. */
  open(purpose: readonly string[], sealed: string): string | undefined;
}

const KEY_BYTES = 32;
/** As NIST SP 800-38D recommends for GCM; random ones are safe for 2^32 secrets under one key. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = '1.';

/** AES-256-GCM with the key of a file, which is made where `path` is in the data folder and there is none. Throws StartError. */
export function openSecretKey(path: string, mayMake: boolean): SecretKey {
  if (!existsSync(path)) {
    if (!mayMake)
      throw new StartError(`sources.key-file: there is no file ${path}. Make one with: openssl rand -base64 32 > ${path}`);
    makeKey(path);
  } else if (mayMake) chmodSync(path, 0o600);
  return secretKey(readKey(path));
}

function makeKey(path: string): void {
  const fresh = join(dirname(path), `.secrets-${randomBytes(6).toString('hex')}`);
  const file = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    // A key that is lost with the power takes every secret with it.
    fsyncSync(file);
    // Of two processes that start at once one makes the key, and both read it.
    linkSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(file);
    rmSync(fresh, { force: true });
  }
}

function readKey(path: string): Buffer {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new StartError(`The key to data sources’ secrets in ${path} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES || !/^[A-Za-z0-9+/_=-]+$/.test(text))
    throw new StartError(
      `${path} holds no key: expected ${KEY_BYTES} bytes as base64 or hexadecimal. Put the right file back; without it, move this one away and enter the data sources’ secrets anew.`,
    );
  return key;
}

function secretKey(key: Buffer): SecretKey {
  const bound = (purpose: readonly string[]): Buffer => Buffer.from(JSON.stringify(purpose));
  return {
    seal(purpose, text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(bound(purpose));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `${VERSION}${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(purpose, sealed) {
      if (!sealed.startsWith(VERSION)) return undefined;
      const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      try {
        const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
        cipher.setAAD(bound(purpose)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        return Buffer.concat([cipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), cipher.final()]).toString('utf8');
      } catch {
        // What does not authenticate is not ours to read; whoever asks says so for the source that it belongs to.
        return undefined;
      }
    },
  };
}
