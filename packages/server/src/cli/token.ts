import { readDurationMs } from '@vitrine/model/duration.ts';
import { signInOver } from '../auth/sign-in.ts';
import { parseScopes, SCOPES, tokensOver } from '../auth/tokens.ts';
import type { CommandLine } from '../config/command-line.ts';
import { ConfigError, readConfig } from '../config/read-config.ts';
import { openDocumentStore } from '../documents/open-document-store.ts';
import { complain, print } from './print.ts';

/** `vitrine token …`: works on the data folder, whether or not a server runs on it. */
export async function token(line: CommandLine): Promise<number> {
  const { settings } = readConfig({
    flags: line.settings,
    env: process.env,
    file: line.options['config'],
    folder: process.cwd(),
  });
  const [action, id] = line.words;
  const documents = await openDocumentStore(settings.data);
  const tokens = tokensOver(documents);
  try {
    switch (action) {
      case 'create': {
        const created = await tokens.create({
          name: line.options['name'] ?? '',
          scopes: parseScopes('--scope', (line.options['scope'] ?? 'ingest').split(',')),
          expiresMs: expiryOf(line.options['expires']),
        });
        print(created.token);
        complain(`Token ${created.id} was made. It is shown this once; send it as "Authorization: Bearer …".`);
        return 0;
      }
      case 'list':
        for (const { id: known, name, scopes, createdMs, expiresMs } of await tokens.list()) {
          print(
            [
              known,
              scopes.join(','),
              day(createdMs),
              expiresMs === undefined ? 'never expires' : `until ${day(expiresMs)}`,
              name,
            ].join('\t'),
          );
        }
        return 0;
      case 'revoke':
        if (id === undefined)
          throw new ConfigError('vitrine token revoke: expected the token’s id; "vitrine token list" shows them.');
        if (!(await tokens.revoke(id))) throw new ConfigError(`There is no token ${id}; "vitrine token list" shows them.`);
        print(`Token ${id} was revoked.`);
        return 0;
      case 'link': {
        const { host, port } = settings.listen;
        const secret = await signInOver(documents, settings['auth.session']).newLinkSecret();
        print(
          `http://${host === '0.0.0.0' ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}/sign-in?token=${secret}`,
        );
        return 0;
      }
      default:
        complain(`vitrine token: expected create, list, revoke or link. Scopes are ${SCOPES.join(', ')}.`);
        return 1;
    }
  } finally {
    await documents.close();
  }
}

function expiryOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const lifeMs = readDurationMs(text);
  if (lifeMs === undefined || lifeMs === 0) throw new ConfigError(`--expires: "${text}" is not a duration such as 90d.`);
  return Date.now() + lifeMs;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
