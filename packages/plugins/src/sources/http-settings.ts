import { BadRequest } from '@vitrine/model/bad-request.ts';
import { readDurationMs } from '@vitrine/model/duration.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { SettingControl } from '../contract.ts';

/** How a server behind HTTP is reached. */
export interface HttpSettings {
  /** What people call the data source, for sentences. */
  readonly name: string;
  /** Ends with a slash, so that paths stand behind it. Without user and password: they travel in a header. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_MS = 600_000;
/** A header's name, and a value that cannot end the header. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,10000}$/;

/**
 * Reads what Grafana saves of any source behind HTTP: name, url, basicAuth, basicAuthUser, jsonData.httpHeaderName1, …,
 * jsonData.timeout (seconds) or queryTimeout (a duration), and of `secrets` basicAuthPassword and httpHeaderValue1, ….
 * `example` is an address such as this kind of server has. Throws BadRequest that names the setting.
 */
export function parseHttpSettings(input: unknown, example: string): HttpSettings {
  const settings = new Read('', input);
  const more = moreOf(settings);
  const url = parseUrl(settings.at('url'), example);
  const headers = parseHeaders(settings, more, url);
  url.username = '';
  url.password = '';
  const asked = more.at('queryTimeout').or(undefined, (it) => it) ?? more.at('timeout');
  return {
    name: settings.at('name').or(example, (it) => it.string()),
    url,
    headers,
    timeoutMs: Math.min(MAX_TIMEOUT_MS, readDuration(asked, DEFAULT_TIMEOUT_MS)),
  };
}

/** Where Grafana keeps what only one kind of source has. */
export function moreOf(settings: Read): Read {
  return settings.at('jsonData').or(new Read('jsonData', {}), (it) => it);
}

/** A duration such as 15s, or a number of seconds. */
export function readDuration(read: Read, otherwise: number): number {
  const text = read.or('', (it) => String(it.value)).trim();
  if (text === '') return otherwise;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : readDurationMs(text);
  return ms !== undefined && ms > 0 ? ms : read.fail(`"${text.slice(0, 100)}" is not a duration such as 15s`);
}

function parseUrl(read: Read, example: string): URL {
  const text = read.or('', (it) => it.string()).trim();
  if (text === '') throw new BadRequest('url', `is empty; give an address such as ${example}`);
  if (!URL.canParse(text)) throw new BadRequest('url', `"${text.slice(0, 200)}" is not an address such as ${example}`);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new BadRequest('url', 'begins with http:// or https://');
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Basic authentication, and the headers httpHeaderName1, httpHeaderValue1, …: a bearer token is one of them. */
function parseHeaders(settings: Read, more: Read, url: URL): Record<string, string> {
  const secrets = settings.at('secrets').or({}, (it) => it.object());
  const headers: Record<string, string> = {};
  const isBasic = settings.at('basicAuth').value === true;
  const user = isBasic ? settings.at('basicAuthUser').or('', (it) => it.string()) : decoded(url.username);
  const password = isBasic ? textOf(secrets['basicAuthPassword']) : decoded(url.password);
  if (user !== '' || password !== '') headers['authorization'] = `Basic ${base64(`${user}:${password}`)}`;
  for (const key of Object.keys(more.object())) {
    const number = /^httpHeaderName(\d+)$/.exec(key)?.[1];
    if (number === undefined) continue;
    const name = more.at(key).string().trim();
    // One that was taken back in the form.
    if (name === '') continue;
    const value = textOf(secrets[`httpHeaderValue${number}`]);
    if (!HEADER_NAME.test(name)) more.at(key).fail('is not the name of an HTTP header');
    if (!HEADER_VALUE.test(value))
      throw new BadRequest(`secrets.httpHeaderValue${number}`, 'holds characters that no HTTP header may');
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BadRequest('url', `"${part.slice(0, 100)}" before the @ holds a % that stands for nothing; write it %25`);
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const isBasic = (read: (path: string) => unknown) => read('basicAuth') === true;

/** The settings that every source behind HTTP has. */
export function httpControls(example: string): readonly SettingControl[] {
  return [
    {
      path: 'url',
      label: 'Address',
      group: 'Connection',
      input: { kind: 'text', placeholder: example },
      otherwise: '',
    },
    {
      path: 'jsonData.timeout',
      label: 'Time limit',
      group: 'Connection',
      hint: 'Seconds until a question is given up.',
      input: { kind: 'number', min: 1, max: MAX_TIMEOUT_MS / 1_000, placeholder: '30' },
      otherwise: undefined,
    },
    { path: 'basicAuth', label: 'User and password', group: 'Sign-in', input: { kind: 'switch' }, otherwise: false },
    { path: 'basicAuthUser', label: 'User', group: 'Sign-in', input: { kind: 'text' }, otherwise: '', when: isBasic },
    {
      path: 'secureJsonData.basicAuthPassword',
      label: 'Password',
      group: 'Sign-in',
      input: { kind: 'secret' },
      otherwise: '',
      when: isBasic,
    },
    ...headerControls(),
    {
      path: 'jsonData.tlsSkipVerify',
      label: 'Any certificate will do',
      group: 'TLS',
      hint: 'Whoever stands between could read and change the answers.',
      input: { kind: 'switch' },
      otherwise: false,
    },
    { path: 'jsonData.tlsAuthWithCACert', label: 'Own authority', group: 'TLS', input: { kind: 'switch' }, otherwise: false },
    {
      path: 'secureJsonData.tlsCACert',
      label: 'Its certificate',
      group: 'TLS',
      input: { kind: 'secret', lines: 4, placeholder: '-----BEGIN CERTIFICATE-----' },
      otherwise: '',
      when: (read) => read('jsonData.tlsAuthWithCACert') === true,
    },
    { path: 'jsonData.tlsAuth', label: 'Client certificate', group: 'TLS', input: { kind: 'switch' }, otherwise: false },
    {
      path: 'secureJsonData.tlsClientCert',
      label: 'Certificate',
      group: 'TLS',
      input: { kind: 'secret', lines: 4, placeholder: '-----BEGIN CERTIFICATE-----' },
      otherwise: '',
      when: (read) => read('jsonData.tlsAuth') === true,
    },
    {
      path: 'secureJsonData.tlsClientKey',
      label: 'Key',
      group: 'TLS',
      input: { kind: 'secret', lines: 4, placeholder: '-----BEGIN PRIVATE KEY-----' },
      otherwise: '',
      when: (read) => read('jsonData.tlsAuth') === true,
    },
    {
      path: 'jsonData.serverName',
      label: 'Name in the certificate',
      group: 'TLS',
      hint: 'Where it is not that of the address.',
      input: { kind: 'text' },
      otherwise: '',
    },
  ];
}

/** As many as the form offers; files may have more. */
const MOST_HEADERS = 10;

/** A name and a value each: the next pair is offered where the one before has a name. */
function headerControls(): readonly SettingControl[] {
  return Array.from({ length: MOST_HEADERS }, (_, at) => at + 1).flatMap((number): SettingControl[] => {
    const nameOf = (read: (path: string) => unknown, which: number): string => textOf(read(`jsonData.httpHeaderName${which}`));
    return [
      {
        path: `jsonData.httpHeaderName${number}`,
        label: number === 1 ? 'Header' : `Header ${number}`,
        group: 'Sign-in',
        ...(number === 1 ? { hint: 'Sent with every question; Authorization with “Bearer …” signs in by a token.' } : {}),
        input: { kind: 'text', placeholder: number === 1 ? 'Authorization' : 'X-Scope-OrgID' },
        otherwise: '',
        ...(number === 1 ? {} : { when: (read) => nameOf(read, number - 1) !== '' || nameOf(read, number) !== '' }),
      },
      {
        path: `secureJsonData.httpHeaderValue${number}`,
        label: number === 1 ? 'Its value' : `Value of header ${number}`,
        group: 'Sign-in',
        input: { kind: 'secret', placeholder: number === 1 ? 'Bearer …' : '' },
        otherwise: '',
        when: (read) => nameOf(read, number) !== '',
      },
    ];
  });
}
