import { z } from 'zod';

/** Whose HTTP shapes are answered, for clients that look before they ask. */
export const GRAFANA_VERSION = '11.6.0';

/** Vitrine is one organisation. */
export const ORG = { id: 1, name: 'Main Org.' };

/** One value or several of one name in an address. */
export const many = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value))
  .default([]);

/** A flag in an address. */
export const flag = z
  .enum(['true', 'false', '1', '0', ''])
  .default('false')
  .transform((value) => value === 'true' || value === '1');

/** What a client leaves out, it may also send as null. */
export function optional<T extends z.ZodType>(type: T) {
  return type.nullish().transform((value): z.output<T> | undefined => value ?? undefined);
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** The readable part of an address: "vLLM (EU)" is "vllm-eu"; a title without Latin letters or digits has its bytes in base64. */
export function slug(title: string): string {
  const short = title.slice(0, 100);
  const words = short
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return words === '' ? Buffer.from(short).toString('base64url') : words;
}

export function dashboardUrl(uid: string, title: string): string {
  return `/d/${uid}/${slug(title)}`;
}

export function folderUrl(uid: string, title: string): string {
  return `/dashboards/f/${uid}/${slug(title)}`;
}
