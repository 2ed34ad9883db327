/** Reads "tenant=vision, site=lab"; "" is none. Throws a sentence. What names and values may be is the server's to say. */
export function readLabels(text: string): Readonly<Record<string, string>> {
  const labels: [string, string][] = [];
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim();
    if (name === '') throw new Error(`“${pair.trim().slice(0, 100)}” is no label such as tenant=vision.`);
    if (labels.some(([other]) => other === name)) throw new Error(`The label ${name.slice(0, 100)} is given twice.`);
    labels.push([name, pair.slice(at + 1).trim()]);
  }
  return Object.fromEntries(labels);
}
