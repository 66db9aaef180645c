// biome-ignore lint/style/noDefaultExport: Next.js reads its configuration from there
export default {
  // Loaded by Node itself, not bundled: the meter must be one for the whole process.
  serverExternalPackages: ['@tokenmeter/node', '@tokenmeter/instrumentation'],
};
