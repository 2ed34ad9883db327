export interface Shape {
  readonly name: string;
  readonly expr: string;
  /** Equal values may come from either of two series: answers are compared by rank at each time, not by series. */
  readonly byRank?: true;
}

/** The eight query shapes: what dashboards of an inference fleet ask. Each selects all series of one metric of inferenceFleet(). */
export const SHAPES: readonly Shape[] = [
  { name: 'rate', expr: 'rate(inference_requests_total[5m])' },
  { name: 'sum by rate', expr: 'sum by (model) (rate(inference_requests_total[5m]))' },
  { name: 'ratio', expr: 'sum(rate(inference_requests_total{code="500"}[5m])) / sum(rate(inference_requests_total[5m]))' },
  { name: 'avg over 1 h', expr: 'avg_over_time(inference_latency_seconds[1h])' },
  { name: 'topk', expr: 'topk(5, inference_latency_seconds)', byRank: true },
  { name: 'quantile', expr: 'quantile(0.99, inference_latency_seconds)' },
  { name: 'regex', expr: 'max by (zone) (inference_latency_seconds{instance=~"pod-[0-9]*[02468]"})' },
  { name: 'raw', expr: 'inference_latency_seconds' },
];
