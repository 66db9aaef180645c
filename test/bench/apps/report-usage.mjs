// Preloaded: tells what the process used when it ends.
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write(`peak-kilobytes ${maxRSS} cpu-micros ${userCPUTime + systemCPUTime}\n`);
});
