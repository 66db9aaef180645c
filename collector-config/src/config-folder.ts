/** Folder of the configuration files that this package carries. */
export const CONFIG_FOLDER: URL = new URL('../', import.meta.url);
