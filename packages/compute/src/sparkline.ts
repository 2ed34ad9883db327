/**
 * A curve as a small drawing needs it: lowest and highest finite value of each of `count / 2` equal stretches of steps, in order of step,
 * at most `count` points. A run that was started again is one line.
 */
export function sparkline(
  { steps, values, length }: { readonly steps: Float64Array; readonly values: Float64Array; readonly length: number },
  count: number,
): { readonly steps: number[]; readonly values: number[] } {
  const stretches = Math.max(1, Math.floor(count / 2));
  let from = Infinity;
  let to = -Infinity;
  for (let i = 0; i < length; i++) {
    if (!Number.isFinite(values[i])) continue;
    const step = steps[i]!;
    if (step < from) from = step;
    if (step > to) to = step;
  }
  const low = new Int32Array(stretches).fill(-1);
  const high = new Int32Array(stretches).fill(-1);
  const perStep = to > from ? stretches / (to - from) : 0;
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    const at = Math.min(stretches - 1, Math.floor((steps[i]! - from) * perStep));
    if (low[at] === -1 || value < values[low[at]!]!) low[at] = i;
    if (high[at] === -1 || value > values[high[at]!]!) high[at] = i;
  }
  const line = { steps: [] as number[], values: [] as number[] };
  const add = (index: number): void => {
    line.steps.push(steps[index]!);
    line.values.push(values[index]!);
  };
  for (let at = 0; at < stretches; at++) {
    const [a, b] = [low[at]!, high[at]!];
    if (a === -1) continue;
    if (a === b) add(a);
    else if (steps[a]! < steps[b]! || (steps[a] === steps[b] && a < b)) [a, b].forEach(add);
    else [b, a].forEach(add);
  }
  return line;
}
