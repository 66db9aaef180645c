/** Folder of the rendered dashboards and rules that this package carries. */
export const DASHBOARDS_FOLDER: URL = new URL('../', import.meta.url);
