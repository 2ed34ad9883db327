import { readDurationMs } from '@vitrine/model/duration.ts';
import type { Labels } from '@vitrine/model/labels.ts';
import { signInOver } from '../auth/sign-in.ts';
import { parseScopes, parseTokenLabels, SCOPES, tokensOver } from '../auth/tokens.ts';
import type { CommandLine } from '../config/command-line.ts';
import type { Address } from '../config/keys.ts';
import { listeningUrl, SERVED_AT } from '../config/listening-url.ts';
import { ConfigError, readConfig } from '../config/read-config.ts';
import { openDocumentStore } from '../documents/open-document-store.ts';
import { isServed } from '../plugins/install-plugin.ts';
import { complain, print } from './print.ts';

/** `vitrine token …`: works on the data folder, whether or not a server runs on it. */
export async function token(line: CommandLine): Promise<number> {
  const { settings } = readConfig({
    flags: line.settings,
    env: process.env,
    file: line.options['config'],
    folder: process.cwd(),
  });
  const [action, idOrName] = line.words;
  const documents = await openDocumentStore(settings.data, settings['sources.key-file']);
  const tokens = tokensOver(documents);
  try {
    switch (action) {
      case 'create': {
        const created = await tokens.create({
          name: line.options['name'] ?? '',
          scopes: parseScopes('--scope', (line.options['scope'] ?? 'ingest').split(',')),
          labels: labelsOf(line.options['labels']),
          expiresMs: expiryOf(line.options['expires']),
        });
        print(created.token);
        complain(
          `Token ${created.id} was made for the server on ${settings.data}. It is shown this once; send it as "Authorization: Bearer …".`,
        );
        return 0;
      }
      case 'list': {
        const known = await tokens.list();
        if (known.length === 0) complain(`There are no tokens in ${settings.data}.`);
        for (const { id, name, scopes, labels, createdMs, expiresMs } of known) {
          print(
            [
              id,
              scopes.join(','),
              day(createdMs),
              expiresMs === undefined ? 'never expires' : `until ${day(expiresMs)}`,
              name,
              ...Object.entries(labels).map(([label, value]) => `${label}=${value}`),
            ].join('\t'),
          );
        }
        return 0;
      }
      case 'revoke': {
        if (idOrName === undefined)
          throw new ConfigError('vitrine token revoke: expected the token’s id or name; "vitrine token list" shows them.');
        const id = idOf(idOrName, await tokens.list());
        if (id === undefined || !(await tokens.revoke(id)))
          throw new ConfigError(`There is no token ${idOrName} in ${settings.data}; "vitrine token list" shows them.`);
        print(`Token ${id} was revoked.`);
        return 0;
      }
      case 'link': {
        const secret = await signInOver(documents, settings['auth.session']).newLinkSecret();
        const runs = isServed(settings.data);
        const url = (runs ? await documents.setting(SERVED_AT) : undefined) ?? urlOf(settings.listen);
        print(`${url}/sign-in?token=${secret}`);
        if (!runs)
          complain(
            `No server runs on ${settings.data} just now. The link is good once one does, at the address that it then says.`,
          );
        if (url.endsWith(':PORT')) complain('Write the port at which the server listens in place of PORT.');
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

/** Where a server that is not known to run would answer; its port is not known where the system chooses it. */
function urlOf({ host, port }: Address): string {
  return listeningUrl(host, port === 0 ? 'PORT' : port);
}

/** An id counts before a name. Throws ConfigError where several tokens have the name. */
function idOf(idOrName: string, tokens: readonly { readonly id: string; readonly name: string }[]): string | undefined {
  if (tokens.some(({ id }) => id === idOrName)) return idOrName;
  const named = tokens.filter(({ name }) => name === idOrName);
  if (named.length > 1)
    throw new ConfigError(`${named.length} tokens are called ${idOrName}: give the id of one, which "vitrine token list" shows.`);
  return named[0]?.id;
}

/** Reads team=vision,site=lab. */
function labelsOf(text: string | undefined): Labels {
  const pairs = (text ?? '').split(',').filter((pair) => pair !== '');
  return parseTokenLabels(
    '--labels',
    Object.fromEntries(
      pairs.map((pair) => {
        const at = pair.indexOf('=');
        if (at < 1) throw new ConfigError(`--labels: "${pair}" is not NAME=VALUE, such as team=vision.`);
        return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      }),
    ),
  );
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
