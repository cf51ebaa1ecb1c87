/** The one line every suite ends with, and the sum of such lines. */

/** `{passed, failed, skipped}` as a line: `3 passed, 0 failed`, with the skipped ones only when there are any. */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** The counts of the last such line of a program's output (mocha's own have a mark), or undefined without one. */
export function parseCounts(output) {
  const lines = [
    ...output.matchAll(/^(?:mocha: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/gm),
  ];
  const last = lines.at(-1);
  return (
    last && { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) }
  );
}

/** The sum of two counts. */
export function addCounts(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** No tests at all. */
export const noCounts = { passed: 0, failed: 0, skipped: 0 };
