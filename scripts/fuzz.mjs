/**
 * Damaged files for the readers, for as long as one likes: each must open or be refused with a tag, within a second and
 * 256 MB, and so must statistics, exports, runs, comparisons and gradients of what it holds.
 *
 * node scripts/fuzz.mjs [target…] [--minutes N of each target | --seconds N of all] [--seed S]
 *
 * Targets are those of test/property/fuzz/targets.ts. Inputs that fail are written to out/fuzz; one that is mended goes
 * to test/fixtures/fuzz, where the suite opens it from then on.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./lib/process.mjs";
import { transpile } from "./lib/transpile.mjs";
import { root } from "./lib/tree.mjs";

const OUT = `out/fuzz-${process.pid}`;

process.on("exit", () => rmSync(join(root, OUT), { recursive: true, force: true }));
const broken = await transpile(
  ["src", "test/unit/formats", "test/unit/support", "test/property"],
  OUT,
);
if (broken.length > 0) throw new Error(`does not compile: ${broken.join(", ")}`);
const main = join(root, OUT, "test/property/fuzz/main.js");
const options = ["--disable-warning=ExperimentalWarning", "--enable-source-maps"];
const { code } = await run(process.execPath, [...options, main, ...process.argv.slice(2)], {
  cwd: root,
});
process.exitCode = code;
