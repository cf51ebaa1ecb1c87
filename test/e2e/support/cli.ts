/** The command line of the same build, to hold the panel's numbers against. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

/** Runs it and returns what it prints; a word on stderr fails the test. */
export function cli(...options: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, ["dist/cli.js", ...options], {
    encoding: "utf8",
  });
  assert.equal(stderr, "");
  return stdout;
}
