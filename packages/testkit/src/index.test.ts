import { expect, test } from 'vitest';
import * as testkit from './index.ts';

test('the package exports these values', () => {
  expect(Object.keys(testkit).sort()).toEqual([
    'createAlertmanagerFake',
    'createDiscordFake',
    'createPagerDutyFake',
    'createSlackApiFake',
    'createSlackWebhookFake',
    'createTeamsFake',
    'encodeOtlpProtobuf',
    'freePort',
    'listen',
    'parseOtlpProtobuf',
    'series',
    'startOtlpSink',
    'startReplayProvider',
    'takePort',
  ]);
});
