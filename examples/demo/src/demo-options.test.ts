import { expect, test } from 'vitest';
import { parseDemoOptions } from './demo-options.ts';

test.for([
  { note: 'nothing', args: [], want: { untilAlerts: false, port: undefined, seed: 1 } },
  {
    note: 'everything',
    args: ['--until-alerts', '--port', '0', '--seed', '7'],
    want: { untilAlerts: true, port: 0, seed: 7 },
  },
])('$note is understood', ({ args, want }) => {
  expect(parseDemoOptions(args)).toEqual({ ok: true, options: want });
});

test.for(['--help', '-h'])('%s is answered', (flag) => {
  expect(parseDemoOptions([flag])).toEqual({
    ok: true,
    help: expect.stringContaining('usage: npm start -- [--until-alerts]'),
  });
});

test.for([
  { args: ['--port', '70000'], says: '--port' },
  { args: ['--port', 'x'], says: '--port' },
  { args: ['--seed', '-1'], says: 'seed' },
  { args: ['--what'], says: '--what' },
])('$args is refused with the usage', ({ args, says }) => {
  const parsed = parseDemoOptions(args);
  expect(parsed).toMatchObject({ ok: false });
  expect(JSON.stringify(parsed)).toContain(says);
  expect(JSON.stringify(parsed)).toContain('usage: npm start');
});
