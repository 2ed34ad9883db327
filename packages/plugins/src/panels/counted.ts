/** "1 span is", "2 spans are": what stands behind the number, for one and for several. */
export function counted(count: number, one: string, several: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
}
