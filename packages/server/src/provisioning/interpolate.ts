/**
 * Fills in `$NAME` and `${NAME}` from the environment; `$$` is a dollar sign. What is not set is "", and `onMissing` is told.
 */
export function interpolate(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  onMissing: (name: string) => void,
): string {
  return text.replaceAll(/\$\$|\$\{(\w+)\}|\$([A-Za-z_]\w*)/g, (found, braced?: string, bare?: string) => {
    if (found === '$$') return '$';
    const name = (braced ?? bare) as string;
    const value = env[name];
    if (value === undefined) onMissing(name);
    return value ?? '';
  });
}
