import type { DataLink } from '@vitrine/model/field-config.ts';

import { formatValue } from '../variable/format.ts';
import type { FieldScope } from './field-builtin.ts';

/** A link ready to be shown. */
export interface ResolvedLink {
  readonly title: string;
  /** undefined where the address is none that a page may open: then only the title is shown. */
  readonly href: string | undefined;
  readonly targetBlank: boolean;
}

/** Fills in all references of a text; a panel's context has one. */
export type Replace<Scope> = (text: string, scope: Scope) => string;

/** A page is never given more links of one value than a menu can show. */
const MOST_LINKS = 100;

/** References as compute/variable/replace.ts reads them. */
const REFERENCE = /\$(?:\w+|\{[^{}]*\})|\[\[\w+(?::[^[\]]*)?\]\]/g;
/** An address up to somewhere in its host. */
const AUTHORITY = /^[a-z]+:\/\/[^/]*$/i;
/** What writes itself as it belongs into an address. */
const ENCODES_ITSELF =
  /^\$\{?(?:__url_time_range|__all_variables)\b|:(?:queryparam|customqueryparam\b[^}]*|percentencode|uriencode|raw)[}\]]/;

/**
 * Links of a value, a panel or a dashboard with their references filled in. What is filled in is encoded for its place in the
 * address, so that a value cannot add parameters; only http, https, mailto and this origin's own paths become an `href`.
 */
export function resolveLinks<Scope extends FieldScope>(
  links: readonly DataLink[],
  scope: Scope,
  replace: Replace<Scope>,
): ResolvedLink[] {
  return links.slice(0, MOST_LINKS).map(({ title, url, targetBlank }) => {
    const href = safeHref(fillUrl(url, scope, replace));
    const text = replace(title, scope).trim();
    return { title: text || (href ?? url), href, targetBlank };
  });
}

function fillUrl<Scope>(url: string, scope: Scope, replace: Replace<Scope>): string {
  return url.trim().replace(REFERENCE, (reference, at: number) => {
    const filled = replace(reference, scope);
    if (filled === reference || ENCODES_ITSELF.test(reference)) return filled;
    // A value that is the whole address, or its beginning, keeps what addresses are made of.
    if (at === 0) return filled.trim();
    const encoded = formatValue({ name: '', value: filled, text: filled, timeZone: 'UTC' }, 'percentencode');
    const before = url.trim().slice(0, at);
    if (/[?#]/.test(before)) return encoded;
    // Hosts have ports, and paths their slashes.
    const readable = encoded.replaceAll('%3A', ':').replaceAll('%2C', ',');
    return AUTHORITY.test(before) ? readable : readable.replaceAll('%2F', '/');
  });
}

/** The address where a page may open it: http, https, mailto, or a path on this origin; else undefined. */
export function safeHref(url: string): string | undefined {
  // Browsers leave control characters out of an address, and read a backslash as a slash.
  const clean = Array.from(url.trim())
    .filter((char) => char >= ' ' && char !== '\u007f')
    .join('');
  if (clean === '' || clean.includes('\\')) return undefined;
  if (/^https?:\/\/[^/]/i.test(clean)) return URL.canParse(clean) ? clean : undefined;
  if (/^mailto:[^\s]+$/i.test(clean)) return clean;
  // "//evil" leaves this origin; "name:" is a scheme.
  if (clean.startsWith('//') || /^[^/?#]*:/.test(clean)) return undefined;
  return clean;
}
