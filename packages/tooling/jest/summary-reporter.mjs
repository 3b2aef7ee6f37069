/** Says at the very end, alone on a line, what people and CI look for: `N passed, N failed`. */
export default class SummaryReporter {
  onRunComplete(_tests, results) {
    // Jest adds its own summary after every custom reporter, and global teardowns come later still.
    process.once('exit', () => console.log(`\n${summaryLine(results)}`));
  }
}

/** A file that could not be run at all counts as one failure: its tests are unknown. */
export function summaryLine({
  numPassedTests,
  numFailedTests,
  numRuntimeErrorTestSuites,
  numPendingTests,
  numTodoTests,
}) {
  const skipped = numPendingTests + numTodoTests;
  const counts = [`${numPassedTests} passed`, `${numFailedTests + numRuntimeErrorTestSuites} failed`];
  return [...counts, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', ');
}
