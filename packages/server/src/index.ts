export type {
  AlertView,
  ApiProblem,
  GroupBy,
  LiveEvent,
  Overview,
  SpendSeries,
  SpendTotal,
  SqlResult,
} from './api.ts';
