import { stringify } from 'yaml';

/** Uid of the data source that provisioning creates. */
export const DATASOURCE_UID = 'tokenmeter-metrics';

/** Folder of boards and rules in Grafana. */
export const GRAFANA_FOLDER = 'Tokenmeter';

/** A data source for Grafana's provisioning folder; its URL comes from the environment of Grafana. */
export function renderDatasource(comment: string): string {
  return `${comment}\n${stringify({
    apiVersion: 1,
    datasources: [
      {
        name: 'Tokenmeter metrics',
        uid: DATASOURCE_UID,
        type: 'prometheus',
        access: 'proxy',
        url: `\${TOKENMETER_PROMETHEUS_URL}`,
        jsonData: { timeInterval: '1m', httpMethod: 'POST' },
      },
    ],
  })}`;
}

/** A provider that loads the boards of a folder. */
export function renderBoardProvider(comment: string): string {
  return `${comment}\n${stringify({
    apiVersion: 1,
    providers: [
      {
        name: 'tokenmeter',
        folder: GRAFANA_FOLDER,
        type: 'file',
        allowUiUpdates: false,
        options: { path: '/var/lib/grafana/dashboards/tokenmeter' },
      },
    ],
  })}`;
}
