import { CALLS, COST, general, UNPRICED } from '@tokenmeter/semconv';
import { CLOUDWATCH_NAMESPACE } from './cloudwatch-board.ts';

/** The part of CloudWatch's `PutMetricAlarm` that ours need (API 2010-08-01). */
export interface CloudwatchAlarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly ComparisonOperator: 'GreaterThanUpperThreshold' | 'GreaterThanThreshold';
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly ThresholdMetricId?: string;
  readonly Threshold?: number;
  readonly TreatMissingData: 'notBreaching';
  readonly Metrics: readonly CloudwatchMetricQuery[];
}

/** One query of an alarm. */
interface CloudwatchMetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData: boolean;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: 'Sum';
  };
}

/** Calls in half an hour below which no anomaly is told. */
const GATE_CALLS = 50;

/** USD in half an hour below which no anomaly is told. */
const GATE_USD = 0.5;

/** Alarms of one service. CloudWatch learns bands of single series, so every service has its own. */
export function cloudwatchAlarms(service: string): readonly CloudwatchAlarm[] {
  return [
    banded('calls', { service, metric: CALLS.name, gate: GATE_CALLS, runbook: 'volume' }),
    banded('spend', { service, metric: COST.name, gate: GATE_USD, runbook: 'slow-burn' }),
    {
      AlarmName: `tokenmeter-${service}-unpriced`,
      AlarmDescription: 'More than 1 % of the calls of an hour have no price. Runbook: unpriced',
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Threshold: 0.01,
      TreatMissingData: 'notBreaching',
      Metrics: [
        stat('unpriced', UNPRICED.name, service, 3600),
        stat('calls', CALLS.name, service, 3600),
        { Id: 'share', Expression: 'FILL(unpriced, 0) / calls', ReturnData: true },
      ],
    },
  ];
}

interface Banded {
  readonly service: string;
  readonly metric: string;
  readonly gate: number;
  readonly runbook: string;
}

function banded(what: string, { service, metric, gate, runbook }: Banded): CloudwatchAlarm {
  return {
    AlarmName: `tokenmeter-${service}-${what}`,
    AlarmDescription: `The ${what} of ${service} leave their weekly pattern. Runbook: ${runbook}`,
    ComparisonOperator: 'GreaterThanUpperThreshold',
    EvaluationPeriods: 2,
    DatapointsToAlarm: 2,
    ThresholdMetricId: 'band',
    TreatMissingData: 'notBreaching',
    Metrics: [
      stat('raw', metric, service, 1800),
      // Below the gate the series has no value, so the band cannot be left.
      { Id: 'gated', Expression: `IF(raw > ${gate}, raw)`, ReturnData: true },
      { Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(gated, 3)', ReturnData: true },
    ],
  };
}

function stat(id: string, metric: string, service: string, period: number): CloudwatchMetricQuery {
  return {
    Id: id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: CLOUDWATCH_NAMESPACE,
        MetricName: metric,
        Dimensions: [{ Name: general.serviceName, Value: service }],
      },
      Period: period,
      Stat: 'Sum',
    },
  };
}
