/** Shorter ones stand in every other word, and guessing them needs no leak. */
const SHORTEST = 4;
const MAX_CAUSES = 10;

/** Takes secrets out of texts that a data source's server or a library wrote: either may repeat what it was sent. */
export interface Redact {
  (text: string): string;
  /** The same error; its message, stack and causes hold no secret. */
  error(error: unknown): unknown;
}

/** `secrets` and the forms in which they travel. */
export function redactor(secrets: readonly string[]): Redact {
  const forms = [
    ...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])),
  ]
    .filter((form) => form.length >= SHORTEST)
    // The longest first: one may be part of another.
    .toSorted((a, b) => b.length - a.length);
  const redact = (text: string): string => forms.reduce((clean, form) => clean.replaceAll(form, '…'), text);
  return Object.assign(redact, {
    error(error: unknown): unknown {
      if (forms.length === 0) return error;
      let at = error;
      for (let depth = 0; depth < MAX_CAUSES && at instanceof Error; depth++) {
        if (redact(at.message) !== at.message) at.message = redact(at.message);
        if (at.stack !== undefined && redact(at.stack) !== at.stack) at.stack = redact(at.stack);
        at = at.cause;
      }
      return error;
    },
  });
}
