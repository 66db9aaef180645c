export { renderAll } from './render-all.ts';
