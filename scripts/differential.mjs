/**
 * Thousands of random runs against the PyTorch that is installed, through every engine.
 *
 * node scripts/differential.mjs [--cases=N] [--seed=S] [--case=K]
 *
 * Prints for each kind of module the largest errors against float64, ours and PyTorch's, and the worst case with the
 * command that repeats it alone; ends with 1 when one is farther off than the rule allows.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./lib/process.mjs";
import { transpile } from "./lib/transpile.mjs";
import { root } from "./lib/tree.mjs";

const OUT = `out/differential-${process.pid}`;

process.on("exit", () => rmSync(join(root, OUT), { recursive: true, force: true }));
const broken = await transpile(["src", "test/unit/support", "test/differential"], OUT);
if (broken.length > 0) throw new Error(`does not compile: ${broken.join(", ")}`);
const report = join(root, OUT, "test/differential/random/report.js");
const { code } = await run(process.execPath, [report, ...process.argv.slice(2)], { cwd: root });
process.exitCode = code;
