import { expect, test } from 'vitest';
import { describeOldNode } from './old-node.ts';

test.for([
  { version: '20.20.2', wanted: '>=22.15', isOld: true },
  { version: '22.14.0', wanted: '>=22.15', isOld: true },
  { version: '22.15.0', wanted: '>=22.15', isOld: false },
  { version: '24.1.0', wanted: '>=22.15', isOld: false },
  { version: '26.0.0-nightly', wanted: '>=22.15', isOld: false },
  { version: '20.20.2', wanted: undefined, isOld: false },
])('Node.js $version where $wanted is wanted', ({ version, wanted, isOld }) => {
  expect(describeOldNode(version, wanted)).toBe(
    isOld ? `this needs Node.js 22.15 or newer, and runs on ${version}` : undefined,
  );
});
