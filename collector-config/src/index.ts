export { buildCollector, type CollectorBuild, collectorBinary } from './build-collector.ts';
export {
  type CollectorChoice,
  type CollectorComposition,
  type CollectorVariable,
  type ComposedCollector,
  composeCollector,
  type ReadConfigFile,
} from './compose-collector.ts';
export { listConfigNames, readConfigFile } from './config-files.ts';
export { CONFIG_FOLDER } from './config-folder.ts';
export type { ConfigMap, ConfigValue } from './config-value.ts';
export {
  type IncludedFile,
  includedFiles,
  renderConfigArguments,
  renderMergedConfig,
} from './render-collector.ts';
export {
  type CollectorData,
  type CollectorDataFile,
  renderCollectorData,
} from './render-collector-data.ts';
export { renderScopePattern } from './render-scope-pattern.ts';
