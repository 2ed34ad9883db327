import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

import { FEATURES, FeatureWindow, featuresOf } from './features.ts';

const WINDOW_PICTURES = 200;

const REQUEST_SECONDS = [0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const CONFIDENCES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

export interface ServedModel {
  readonly model: string;
  readonly version: string;
  /** Trained numbers in it. */
  readonly parameters: number;
}

/** The Prometheus metrics of a model behind HTTP. */
export class InferenceMetrics {
  readonly #served: { model: string; version: string };
  readonly #requests: Counter<'model' | 'version' | 'code'>;
  readonly #seconds: Histogram<'model' | 'version'>;
  readonly #inFlight: Gauge<'model' | 'version'>;
  readonly #confidence: Histogram<'model' | 'version'>;
  readonly #predictions: Counter<'model' | 'version' | 'predicted' | 'actual'>;
  readonly #errors: Counter<'model' | 'version' | 'reason'>;
  readonly #window = new FeatureWindow(WINDOW_PICTURES);

  constructor(registry: Registry, { model, version, parameters }: ServedModel) {
    const registers = [registry];
    const servedLabels = ['model', 'version'] as const;
    this.#served = { model, version };
    this.#requests = new Counter({
      name: 'inference_requests_total',
      help: 'Prediction requests answered, by HTTP status code.',
      labelNames: [...servedLabels, 'code'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'inference_request_duration_seconds',
      help: 'Time from the request head to the end of the answer.',
      labelNames: servedLabels,
      buckets: REQUEST_SECONDS,
      registers,
    });
    this.#inFlight = new Gauge({
      name: 'inference_in_flight',
      help: 'Prediction requests being answered.',
      labelNames: servedLabels,
      registers,
    });
    this.#confidence = new Histogram({
      name: 'inference_confidence',
      help: 'Probability that the model gave to the class it chose.',
      labelNames: servedLabels,
      buckets: CONFIDENCES,
      registers,
    });
    this.#predictions = new Counter({
      name: 'inference_predictions_total',
      help: 'Digits classified, by the class chosen and the class that the sender says it was; actual="unknown" where it did not say.',
      labelNames: [...servedLabels, 'predicted', 'actual'],
      registers,
    });
    this.#errors = new Counter({
      name: 'inference_errors_total',
      help: 'Requests that got no prediction, by reason.',
      labelNames: [...servedLabels, 'reason'],
      registers,
    });
    const served = this.#served;
    const window = this.#window;
    for (const statistic of ['mean', 'standardDeviation'] as const) {
      const gauge = new Gauge({
        name: statistic === 'mean' ? 'inference_feature_mean' : 'inference_feature_stddev',
        help: `${statistic === 'mean' ? 'Mean' : 'Standard deviation'} of a feature over the last ${WINDOW_PICTURES} pictures.`,
        labelNames: [...servedLabels, 'feature'] as const,
        registers: [],
        collect() {
          this.reset();
          for (const feature of FEATURES) {
            const statistics = window.of(feature);
            if (statistics !== undefined) this.set({ ...served, feature }, statistics[statistic]);
          }
        },
      });
      registry.registerMetric(gauge);
    }
    new Gauge({
      name: 'inference_model_info',
      help: 'Always 1: which model is served.',
      labelNames: [...servedLabels, 'parameters', 'framework'],
      registers,
    }).set({ ...served, parameters: String(parameters), framework: 'tensorflow.js' }, 1);
    this.#inFlight.set(served, 0);
  }

  /** A request came; call what this returns, with the status code, when it is answered: it answers after how many seconds. */
  began(): (code: number) => number {
    const stop = this.#seconds.startTimer(this.#served);
    this.#inFlight.inc(this.#served);
    return (code) => {
      const seconds = stop();
      this.#inFlight.dec(this.#served);
      this.#requests.inc({ ...this.#served, code: String(code) });
      return seconds;
    };
  }

  predicted(pixels: Float32Array, digit: number, confidence: number, actual: number | undefined): void {
    this.#window.add(featuresOf(pixels));
    this.#confidence.observe(this.#served, confidence);
    this.#predictions.inc({
      ...this.#served,
      predicted: String(digit),
      actual: actual === undefined ? 'unknown' : String(actual),
    });
  }

  failed(reason: string): void {
    this.#errors.inc({ ...this.#served, reason });
  }
}
