import { withAttribution } from '@tokenmeter/instrumentation';
import { ask } from '../../../../ask.ts';

const ATTRIBUTION = { feature: 'summary', team: 'reading', route: '/api/summaries/[id]' };

/** A route handler of the app router. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return Response.json({ text: await withAttribution(ATTRIBUTION, () => ask(`Summarise ${id}`)) });
}
