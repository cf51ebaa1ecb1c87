/** Mocha reporter: only failures in full (all tests with UNROLL_TEST_VERBOSE), then a line of counts for the script that started it. */
const { reporters } = require("mocha");

class QuietReporter extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const verbose = Boolean(process.env.UNROLL_TEST_VERBOSE);
    const tell = (mark, test) => {
      if (verbose) console.log(`  ${mark} ${test.fullTitle()} (${test.duration ?? 0} ms)`);
    };
    runner.on("pass", (test) => {
      counts.passed += 1;
      tell("✓", test);
    });
    runner.on("fail", (test) => {
      counts.failed += 1;
      tell("✗", test);
    });
    runner.on("pending", (test) => {
      counts.skipped += 1;
      console.log(`  skipped: ${test.fullTitle()}`);
    });
    runner.once("end", () => {
      if (this.failures.length > 0) reporters.Base.list(this.failures);
      const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
      console.log(`mocha: ${counts.passed} passed, ${counts.failed} failed${skipped}`);
    });
  }
}

module.exports = QuietReporter;
