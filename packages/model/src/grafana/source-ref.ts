import { DASHBOARD_SOURCE_UID, EXPRESSION_SOURCE, GRAFANA_SOURCE_UID, MIXED_SOURCE_UID, type SourceRef } from '../dashboard.ts';
import { isObject, textOf, type Json } from './json.ts';
import type { Notes } from './report.ts';

/** The default source of whatever type. */
export const DEFAULT_SOURCE: SourceRef = { type: '', uid: '' };

/**
 * A data source in the words of any age of Grafana: `{ type, uid }`, its name, null or "default". A name stays as the uid: only the
 * server knows which source has it.
 */
export function readSource(value: unknown, notes: Notes): SourceRef {
  if (typeof value === 'string') {
    if (value === '' || value === 'default') return DEFAULT_SOURCE;
    if (value === EXPRESSION_SOURCE.uid) return EXPRESSION_SOURCE;
    if (value.startsWith('-- ')) return special(value);
    if (!value.startsWith('$') && !value.startsWith('[[')) {
      notes.migrated(`The data source is called by its name, "${value}"; it is looked up by name.`);
    }
    return { type: '', uid: value };
  }
  if (!isObject(value)) return DEFAULT_SOURCE;
  const spread = spreadText(value);
  if (spread !== '') {
    notes.repaired(`The data source was a text taken apart into letters; together they are "${spread}".`);
    if (textOf(value['uid']) === '') return { type: textOf(value['type']), uid: spread };
  }
  const type = textOf(value['type']);
  // Version 2 says name where version 1 says uid.
  const uid = textOf(value['uid'], textOf(value['name']));
  if (uid === '__expr__' || type === '__expr__') return EXPRESSION_SOURCE;
  if (type === 'datasource' && uid === 'grafana') return special(GRAFANA_SOURCE_UID);
  return { type, uid: uid === 'default' ? '' : uid };
}

/** Programs that copy a text as if it were an object make `{ "0": "P", "1": "1", … }` of it. */
function spreadText(value: Json): string {
  const letters = Object.entries(value).filter(([key]) => /^\d+$/.test(key));
  return letters.map(([, letter]) => textOf(letter)).join('');
}

/** null where it is the default source. */
export function writeSource({ type, uid }: SourceRef): unknown {
  if (uid === '' && type === '') return null;
  return { ...(type === '' ? {} : { type }), ...(uid === '' ? {} : { uid }) };
}

function special(uid: string): SourceRef {
  return { type: uid === GRAFANA_SOURCE_UID ? 'grafana' : 'datasource', uid };
}

export function isMixed({ uid }: SourceRef): boolean {
  return uid === MIXED_SOURCE_UID;
}

export function isOwnKind({ uid }: SourceRef): boolean {
  return uid === DASHBOARD_SOURCE_UID || uid === EXPRESSION_SOURCE.uid;
}
