/**
 * The diagnosis on thousands of references whose mistake is known; writes docs/diagnosis.md.
 *
 * node scripts/diagnosis.mjs [--seed=S] [--share=F] [--folder=FOLDER] [--out=FILE]
 *
 * Takes ten minutes of two idle cores; --share=0.1 makes a tenth of the cases. --folder keeps the cases, and takes those
 * that are there. Prints every case whose diagnosis is not the mistake that was made.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./lib/process.mjs";
import { transpile } from "./lib/transpile.mjs";
import { root } from "./lib/tree.mjs";

const OUT = `out/diagnosis-${process.pid}`;
const optionOf = (name) =>
  process.argv.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3);
const seed = Number(optionOf("seed") ?? 11);
const share = Number(optionOf("share") ?? 1);
const kept = optionOf("folder");
const folder = kept ?? mkdtempSync(join(tmpdir(), "unroll-mistakes-"));

/** Sets of cases: how many of each kind, and how they are drawn. Each has a seed of its own. */
const sets = [
  { title: "random", name: "right", kinds: "correct,other", count: 300 },
  { title: "random", name: "pairs", kinds: "pair", count: 400 },
  { title: "random", name: "singles", kinds: "single", count: 2016 },
  { title: "trained", name: "trained", kinds: "single", count: 336, options: ["--trained"] },
  {
    title: "trained",
    name: "trained-rest",
    kinds: "pair,correct,other",
    count: 30,
    options: ["--trained"],
  },
  { title: "large", name: "large", kinds: "single", count: 12, options: ["--large", "--shuffled"] },
];

/** The folder of a set, made where it is not there. */
async function makeSet({ name, kinds, count, options = [] }, index) {
  const out = join(folder, name);
  if (existsSync(join(out, "truth.json"))) return out;
  const script = join(root, "test/fixtures/generate/mistakes.py");
  const number = String(Math.ceil(count * share));
  const own = ["--out", out, "--seed", String(seed + index), "--kinds", kinds, "--count", number];
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const python = process.env.UNROLL_PYTHON ?? "python3";
  const { code } = await run(python, [script, ...own, ...options], { cwd: root, env });
  if (code !== 0) throw new Error(`${name} could not be made`);
  return out;
}

process.on("exit", () => {
  rmSync(join(root, OUT), { recursive: true, force: true });
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
});
const broken = await transpile(["src", "test/unit/support", "test/differential"], OUT);
if (broken.length > 0) throw new Error(`does not compile: ${broken.join(", ")}`);
const report = createRequire(import.meta.url)(
  join(root, OUT, "test/differential/mistakes/mistakesReport.js"),
);
// A set is made while the one before it is judged.
let made = makeSet(sets[0], 0);
const judged = [await report.judgeSet("fixtures", join(root, "test/fixtures/mistakes"))];
for (const [index, { title }] of sets.entries()) {
  const cases = await made;
  if (index + 1 < sets.length) made = makeSet(sets[index + 1], index + 1);
  judged.push(await report.judgeSet(title, cases));
}
await report.writeReport(optionOf("out") ?? join(root, "docs/diagnosis.md"), judged);
