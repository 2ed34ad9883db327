import type { DatasourceWeb } from '../../contract.ts';
import { builtinWeb } from '../builtin/web.ts';
import { prometheusSpec } from './spec.ts';

/** Queries are written as those of Vitrine's own store. */
export const prometheusWeb: DatasourceWeb = { ...builtinWeb, spec: prometheusSpec };
