import type { Gazetteer, GazetteerId, Place } from '@vitrine/compute/transform/gazetteer.ts';
import { readFileSync } from 'node:fs';

const known = new Map<GazetteerId, Gazetteer>();

/** The list of places of that name; its file, at most 170 kB, is read when it is first asked for. */
export function gazetteer(id: GazetteerId): Gazetteer {
  let found = known.get(id);
  if (found === undefined) {
    found = parseGazetteer(readFileSync(new URL(`gazetteers/${id}.csv`, import.meta.url), 'utf8'));
    known.set(id, found);
  }
  return found;
}

/** Lines of `id,other,lat,lng,name|another name`; those that begin with # say where the places come from. Ids go before names. */
function parseGazetteer(text: string): Gazetteer {
  const places = new Map<string, Place>();
  const rows = text.split('\n').flatMap((line) => {
    const [, id, other, lat, lng, names] = /^([^#,]+),([^,]*),([^,]+),([^,]+),(.+)$/.exec(line) ?? [];
    if (id === undefined || other === undefined || names === undefined) return [];
    const called = names.split('|');
    return [{ place: { id, name: called[0]!, lat: Number(lat), lng: Number(lng) }, codes: [id, other], called }];
  });
  const add = (keys: readonly string[], place: Place): void => {
    for (const key of keys) if (key !== '' && !places.has(key.toLowerCase())) places.set(key.toLowerCase(), place);
  };
  for (const { place, codes } of rows) add(codes, place);
  for (const { place, called } of rows) add(called, place);
  return { find: (key) => places.get(key.trim().toLowerCase()) };
}
