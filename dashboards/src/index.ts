export { DASHBOARDS_FOLDER } from './dashboards-folder.ts';
