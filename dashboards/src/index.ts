export { BOARDS, type BoardEntry } from './boards/boards.ts';
export { DIMENSIONS, type Dimension } from './boards/filters.ts';
export { createNaming, NAMING_STYLES, type Naming, type NamingStyle } from './naming.ts';
export { type BoardQuery, queriesOf } from './queries.ts';
export { renderAll } from './render-all.ts';
export { recordingRules } from './rules/recording-rules.ts';
export { renderPrometheusRules } from './rules/render-prometheus.ts';
