/** Uids of the boards; links and alert rules name them, so they never change. */
export const BOARD_UIDS = {
  spend: 'tokenmeter-spend',
  efficiency: 'tokenmeter-efficiency',
  pipeline: 'tokenmeter-pipeline',
  article: 'tokenmeter-article',
} as const;
