export type {
  Contributor,
  ExpectedRange,
  Finding,
  RuleName,
  Severity,
} from './finding.ts';
export type { Gap, SeriesLabels, UsageMinute } from './usage-minute.ts';
