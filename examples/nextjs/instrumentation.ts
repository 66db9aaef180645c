/** Next.js calls this once when its server starts; the edge runtime has nothing that could be loaded. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('@tokenmeter/node');
}
