import { clientEnv, METERED, median, run, withProvider } from './processes.mjs';

const PAIRS = 3;
const MEGABYTE = 1024 * 1024;

/** Heap and resident memory that 10,000 abandoned streams leave behind, bare and metered in turn. */
export function memory(progress) {
  return withProvider(async (origin) => {
    const env = clientEnv(origin);
    const bare = [];
    const metered = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      progress(`pair ${pair + 1} of ${PAIRS}`);
      bare.push(await run('abandon.mjs', { args: ['--expose-gc'], env }));
      metered.push(await run('abandon.mjs', { args: ['--expose-gc', ...METERED], env }));
    }
    const extra = (key) =>
      median(metered.map((each, index) => each[key] - bare[index][key])) / MEGABYTE;
    const grown = (runs, key) => (median(runs.map((each) => each[key])) / MEGABYTE).toFixed(2);
    const row = (key, name, more) => ({
      name,
      value: extra(key),
      unit: 'MB',
      note: `grew by ${grown(bare, key)} bare, ${grown(metered, key)} metered; 10,000 streams left`,
      ...more,
    });
    return [
      row('heapBytes', 'abandoned streams: heap growth over bare', {
        target: 2,
        isLowerBetter: true,
      }),
      row('rssBytes', 'abandoned streams: RSS growth over bare'),
    ];
  });
}
