/** Names that old panels gave to the ways of making one number of many. */
const REDUCERS: Readonly<Record<string, string>> = {
  avg: 'mean',
  current: 'lastNotNull',
  total: 'sum',
  first: 'firstNotNull',
  last_time: 'lastNotNull',
  name: 'lastNotNull',
};

export function reducerOf(old: string): string {
  return REDUCERS[old] ?? old;
}
