import type { DatasourceWeb } from '../contract.ts';

/** The data sources that plugins from outside brought to this page, by kind and by their other names. See addDatasource() of web.ts. */
export const addedDatasources = new Map<string, DatasourceWeb>();
