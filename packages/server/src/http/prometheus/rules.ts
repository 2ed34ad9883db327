import type { Routes } from '../routes.ts';

/** /rules, /alerts and /alertmanagers: none. */
export function ruleRoutes(app: Routes): void {
  const get = (url: string, summary: string, data: unknown): void => {
    app.route({
      method: 'GET',
      url,
      config: { access: 'read' },
      schema: { summary, tags: ['prometheus'] },
      handler: async () => ({ status: 'success', data }),
    });
  };
  get('/rules', 'Recording and alerting rules: none', { groups: [] });
  get('/alerts', 'Alerts: none', { alerts: [] });
  get('/alertmanagers', 'Alertmanagers: none', { activeAlertmanagers: [], droppedAlertmanagers: [] });
}
