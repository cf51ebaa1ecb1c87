/**
 * Packages the extension, installs it into a fresh VS Code and drives it in a browser.
 *
 * node scripts/e2e.mjs [--coverage] [path filter…]
 * VSCODE_TEST_HOST=minimum takes the oldest supported VS Code. A failed test leaves its picture in test-results/.
 */
import { countsLine, noCounts } from "./lib/tests/counts.mjs";
import { runE2e } from "./lib/tests/e2eTests.mjs";
import { filterPaths, listFiles } from "./lib/tree.mjs";

async function main() {
  const tests = listFiles("test/e2e", (name) => name.endsWith(".test.ts"));
  const options = process.argv.slice(2);
  const files = filterPaths(
    tests,
    options.filter((option) => !option.startsWith("--")),
  );
  if (files.length === 0) throw new Error("no test file matches");
  return runE2e(files, { coverage: options.includes("--coverage") });
}

const counts = await main().catch((error) => {
  console.log(error instanceof Error ? error.message : error);
  return { ...noCounts, failed: 1 };
});
console.log(countsLine(counts));
process.exit(counts.failed === 0 ? 0 : 1);
