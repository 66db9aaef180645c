export { bundledPriceBook } from './bundled-price-book.ts';
export { type CompiledPrices, decodeCompiledPrices } from './compiled-prices.ts';
export { type CountSemantics, decodeCounts } from './decode-counts.ts';
export { findMaker } from './find-maker.ts';
export {
  comparePrices,
  implausibleChanges,
  type ListedPrice,
  listPrices,
  type PriceChange,
  type UsdRates,
} from './list-prices.ts';
export { type JsonStep, type ParsedJson, parseJson, type TextPosition } from './parse-json.ts';
export {
  type ParsedPriceFile,
  type PriceFileOptions,
  type PriceFileProblem,
  type PriceFileValue,
  parsePriceFile,
  parsePriceFileValue,
} from './parse-price-file.ts';
export { periodAt } from './period-at.ts';
export {
  createPriceBook,
  type FoundRow,
  type PriceBook,
  type PriceLayer,
  withLayers,
} from './price-book.ts';
export { priceBookDate } from './price-book-date.ts';
export { priceCall } from './price-call.ts';
export type {
  CostClass,
  PriceableCall,
  PricedCall,
  PriceSource,
  UnpricedReason,
} from './priced-call.ts';
export { priceProvider } from './provider-ids.ts';
export type {
  CallFee,
  PriceRow,
  RateCard,
  RatePeriod,
  RateTier,
  RateVariant,
  RowConditions,
  TimeWindow,
  TokenRates,
} from './rate-card.ts';
export type { ReadyCard, ReadyPeriod, ReadyRow, ReadyTier } from './ready-row.ts';
export { renderLitellm } from './render-litellm.ts';
export { renderModelCatalog } from './render-model-catalog.ts';
export {
  type OttlLeftOut,
  type OttlPriceFile,
  type OttlPriceOptions,
  renderOttlPriceFile,
  renderOttlPrices,
} from './render-ottl.ts';
export { type OttlTableOptions, type OttlTables, renderOttlTables } from './render-ottl-tables.ts';
export { type UnknownBase, unknownBases } from './unknown-bases.ts';
