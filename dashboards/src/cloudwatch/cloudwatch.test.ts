import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { type CloudwatchAlarm, cloudwatchAlarms } from './cloudwatch-alarms.ts';
import { cloudwatchBoard } from './cloudwatch-board.ts';

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

test('alarms have the type that the AWS SDK sends', () => {
  const alarms: Mutable<CloudwatchAlarm>[] = JSON.parse(JSON.stringify(cloudwatchAlarms('shop')));
  // The assignment is the test: it does not compile when a field is wrong.
  const inputs: PutMetricAlarmCommandInput[] = alarms;
  expect(inputs.map(({ AlarmName }) => AlarmName)).toEqual([
    'tokenmeter-shop-calls',
    'tokenmeter-shop-spend',
    'tokenmeter-shop-unpriced',
  ]);
});

test('an alarm returns one series, or one and its band', () => {
  for (const { Metrics, ThresholdMetricId, Threshold } of cloudwatchAlarms('shop')) {
    const returned = Metrics.filter(({ ReturnData }) => ReturnData).map(({ Id }) => Id);
    expect(returned).toHaveLength(ThresholdMetricId === undefined ? 1 : 2);
    expect((ThresholdMetricId === undefined) !== (Threshold === undefined)).toBe(true);
    expect(new Set(Metrics.map(({ Id }) => Id)).size).toBe(Metrics.length);
  }
});

test('widgets lie within 24 columns, name the region and read the namespace of the backend', () => {
  for (const { x, width, properties } of cloudwatchBoard('eu-central-1').widgets) {
    expect(x + width).toBeLessThanOrEqual(24);
    expect(properties.region).toBe('eu-central-1');
    expect(JSON.stringify(properties.metrics)).toMatch(/SEARCH\('\{Tokenmeter,/);
  }
});
