export type {
  AlertView,
  ApiProblem,
  Estimates,
  GroupBy,
  KnownModels,
  LiveEvent,
  Overview,
  RepricedModel,
  RepricedTotal,
  RepriceReport,
  SpendSeries,
  SpendTotal,
  SqlResult,
} from './api.ts';
export { LedgerError } from './ledger-error.ts';
export { PortInUseError } from './listen.ts';
export type { Logger } from './logger.ts';
export { queryLedger } from './query-ledger.ts';
export type { RepriceFilters, RepriceOrder, RepriceOutcome } from './reprice-calls.ts';
export { repriceLedger } from './reprice-ledger.ts';
export { SqlError } from './run-sql.ts';
export type { ServerOptions } from './server-options.ts';
export { type Server, startServer } from './start-server.ts';
export { readUsageRow, renderUsageSql } from './usage-sql.ts';
export {
  readUserContributorRows,
  renderUserContributorsSql,
  type SqlWriter,
} from './user-contributors-sql.ts';
