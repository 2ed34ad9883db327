import type { ArtifactFile } from '@vitrine/model/run-api.ts';

/** Larger files are only downloaded. */
export const MOST_BYTES = 2 * 1024 * 1024;
const MOST_IMAGE_BYTES = 32 * 1024 * 1024;

export type PreviewKind = 'image' | 'text' | 'json' | 'csv' | 'tsv' | 'markdown' | 'none';

const KINDS: Readonly<Record<string, PreviewKind>> = {
  png: 'image',
  jpg: 'image',
  jpeg: 'image',
  gif: 'image',
  webp: 'image',
  svg: 'image',
  json: 'json',
  ipynb: 'json',
  csv: 'csv',
  tsv: 'tsv',
  md: 'markdown',
};

const TEXTS =
  /^(txt|log|out|err|ya?ml|toml|ini|cfg|conf|env|py|pyi|sh|bash|js|ts|sql|xml|html?|css|jsonl|ndjson|proto|rst|tex|lock|diff|patch|requirements)$/;
/** Files whose whole name says that they are text. */
const NAMES = /^(mlmodel|license|readme|makefile|dockerfile|changelog|notice)$/;

/** How a file is looked into, by its name and size. Pure. */
export function previewOf({ path, bytes }: Pick<ArtifactFile, 'path' | 'bytes'>): PreviewKind {
  const name = path.split('/').at(-1)?.toLowerCase() ?? '';
  const dot = name.lastIndexOf('.');
  const ending = dot < 0 ? '' : name.slice(dot + 1);
  const kind = Object.hasOwn(KINDS, ending) ? KINDS[ending]! : TEXTS.test(ending) || NAMES.test(name) ? 'text' : 'none';
  return bytes > (kind === 'image' ? MOST_IMAGE_BYTES : MOST_BYTES) ? 'none' : kind;
}
