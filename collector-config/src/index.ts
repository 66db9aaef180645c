export { CONFIG_FOLDER } from './config-folder.ts';
