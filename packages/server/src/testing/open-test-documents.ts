import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentStore } from '../documents/document-store.ts';
import { openDocumentStore } from '../documents/open-document-store.ts';

let emptyTables: Promise<Buffer> | undefined;

/**
 * A document store with nothing in it, in `folder`. Its tables are those of one that was brought up to date before: to make them
 * anew takes a hundred statements, and longer than most tests.
 */
export async function openTestDocuments(folder: string): Promise<DocumentStore> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'documents.sqlite'), await (emptyTables ??= makeTables()));
  return openDocumentStore(folder);
}

async function makeTables(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-documents-'));
  try {
    await (await openDocumentStore(folder)).close();
    return readFileSync(join(folder, 'documents.sqlite'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
