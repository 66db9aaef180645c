import type { OttlLeftOut } from '@tokenmeter/pricing';

const REASONS: Readonly<Record<OttlLeftOut['reason'], string>> = {
  name: 'its name holds a quote, a backslash, a dollar sign or a control character',
  conditions: 'it holds for a deployment, region or tier only',
  pattern: 'it prices names by a pattern; of those only the known names are there',
  price: 'nothing prices it',
};

/** What of a price book is not in the Collector's data, in one line. */
export function describeLeftOut({ layer, row, name, reason }: OttlLeftOut): string {
  const what = name === undefined ? row : `${row}, name ${JSON.stringify(name)}`;
  return `left out: ${what} (${layer}): ${REASONS[reason]}`;
}
