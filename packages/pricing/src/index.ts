export type {
  CostClass,
  PriceableCall,
  PricedCall,
  PriceSource,
  UnpricedReason,
} from './priced-call.ts';
