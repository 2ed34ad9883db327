import { MlflowError } from '../../runs/mlflow/mlflow-error.ts';
import type { Endpoint } from './endpoint.ts';

/** Vitrine keeps no model registry: clients that look into it find it empty, and those that write are told. */
export function registryEndpoints(): Endpoint[] {
  const empty = (method: Endpoint['method'], path: string, name: string): Endpoint => ({
    method,
    path,
    access: 'read',
    summary: 'Nothing: there is no model registry',
    answer: async () => ({ [name]: [] }),
  });
  const absent = (path: string): Endpoint => ({
    method: 'GET',
    path,
    access: 'read',
    summary: 'Nothing: there is no model registry',
    async answer(fields) {
      throw new MlflowError(
        'RESOURCE_DOES_NOT_EXIST',
        `Registered Model with name=${(fields.text('name') ?? '').slice(0, 200)} not found`,
      );
    },
  });
  const refused = (path: string): Endpoint => ({
    method: 'POST',
    path,
    access: 'ingest',
    summary: 'Refused: there is no model registry',
    async answer() {
      throw new MlflowError(
        'NOT_IMPLEMENTED',
        'Vitrine keeps no model registry. Log the model without registered_model_name, or set MLFLOW_REGISTRY_URI to a server that keeps one.',
      );
    },
  });
  return [
    empty('GET', '/registered-models/search', 'registered_models'),
    empty('POST', '/registered-models/search', 'registered_models'),
    empty('GET', '/model-versions/search', 'model_versions'),
    empty('POST', '/registered-models/get-latest-versions', 'model_versions'),
    absent('/registered-models/get'),
    absent('/model-versions/get'),
    refused('/registered-models/create'),
    refused('/model-versions/create'),
  ];
}
