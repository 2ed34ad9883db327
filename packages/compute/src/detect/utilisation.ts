/**
 * Utilisation in percent: DCGM, NVML and MLflow say 0 to 100, Triton and DCGM's profiling metrics 0 to 1. The name tells where
 * it can; else values that never pass 1 and are not all whole are shares.
 */
export function asPercent(metric: string, values: Float64Array): Float64Array {
  if (/percent|DCGM_FI_DEV/i.test(metric)) return values;
  const shares =
    /DCGM_FI_PROF|^nv_gpu_utilization/.test(metric) ||
    (values.every((value) => value <= 1) && values.some((value) => !Number.isInteger(value)));
  return shares ? values.map((value) => value * 100) : values;
}
