import { withAttribution } from '@tokenmeter/instrumentation';
import type { NextApiRequest, NextApiResponse } from 'next';
import { ask } from '../../../ask.ts';

const ATTRIBUTION = { feature: 'answer', team: 'support', route: '/api/answers/[id]' };

/** An API route of the pages router. */
// biome-ignore lint/style/noDefaultExport: Next.js takes the handler from there
export default async function handler(
  request: NextApiRequest,
  response: NextApiResponse,
): Promise<void> {
  const text = await withAttribution(ATTRIBUTION, () => ask(`Answer ${request.query.id}`));
  response.json({ text });
}
