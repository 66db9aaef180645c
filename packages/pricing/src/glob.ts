/**
 * Tells whether a name fits a pattern in which `*` stands for any text. Time is bounded by pattern length × name length,
 * whatever the pattern.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let patternAt = 0;
  let starAt = -1;
  let retryAt = 0;
  while (at < name.length) {
    if (pattern.charAt(patternAt) === '*') {
      starAt = patternAt;
      retryAt = at;
      patternAt += 1;
    } else if (pattern.charAt(patternAt) === name.charAt(at)) {
      at += 1;
      patternAt += 1;
    } else if (starAt >= 0) {
      retryAt += 1;
      at = retryAt;
      patternAt = starAt + 1;
    } else return false;
  }
  while (pattern.charAt(patternAt) === '*') patternAt += 1;
  return patternAt === pattern.length;
}
