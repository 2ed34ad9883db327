/** What the address of the health catalogue says: whose settings are shown; the newest project's where it does not say. */
export interface HealthSearch {
  readonly project?: string | undefined;
}

export function readHealthSearch(raw: Readonly<Record<string, unknown>>): HealthSearch {
  const { project } = raw;
  // A project called "7" reads as a number.
  const name = typeof project === 'number' ? String(project) : project;
  return typeof name === 'string' && name !== '' ? { project: name.slice(0, 1_000) } : {};
}
