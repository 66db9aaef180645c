import type { OttlLeftOut } from '@tokenmeter/pricing';

const REASONS: Readonly<Record<OttlLeftOut['reason'], string>> = {
  name: 'its name holds a quote, a backslash, a dollar sign or a control character',
  conditions: 'it holds for a deployment, region or tier only',
  pattern: 'it prices names by a pattern; of those only the known names are there',
  price: 'nothing prices it',
};

/** What of a price book is not in the Collector's data, in one line. */
export function describeLeftOut({ layer, row, name, reason }: OttlLeftOut): string {
  // Names of price files may hold what a terminal obeys.
  const id = row.replaceAll(/\p{C}/gu, '�');
  const what = name === undefined ? id : `${id}, name ${JSON.stringify(name)}`;
  return `left out: ${what} (${layer}): ${REASONS[reason]}`;
}
