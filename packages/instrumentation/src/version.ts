/** Instrumentation scope of everything that we emit. */
export const INSTRUMENTATION_NAME = '@tokenmeter/instrumentation';

/** Version of this package; a test compares it with `package.json`. */
export const INSTRUMENTATION_VERSION = '0.1.0';
