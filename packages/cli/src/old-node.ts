/**
 * Why this Node.js is too old, or undefined when it is not. `wanted` is `engines.node` of a manifest in the form
 * `>=22.15`; without it nothing is too old.
 */
export function describeOldNode(version: string, wanted: unknown): string | undefined {
  const [, major = '0', minor = '0'] = /^>=(\d+)(?:\.(\d+))?/.exec(String(wanted)) ?? [];
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  const isOld =
    ownMajor < Number(major) || (ownMajor === Number(major) && ownMinor < Number(minor));
  return isOld
    ? `this needs Node.js ${major}.${minor} or newer, and runs on ${version}`
    : undefined;
}
