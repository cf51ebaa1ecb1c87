/**
 * Unit, property and differential tests in plain Node.
 *
 * node scripts/unit.mjs [--coverage] [path filter…]
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addCounts, countsLine, noCounts, parseCounts } from "./lib/counts.mjs";
import { ensureGenerated } from "./lib/generated.mjs";
import { run } from "./lib/process.mjs";
import { transpile } from "./lib/transpile.mjs";
import { filterPaths, listFiles, root } from "./lib/tree.mjs";

/** Of this run alone, so that runs at the same time do not disturb each other. */
const OUT = `out/unit-${process.pid}`;
const TEST_FOLDERS = ["test/unit", "test/property", "test/differential"];
const RUN_LIMIT_MS = 15 * 60_000;
/** Lines of the parts whose errors would be wrong numbers. */
const MIN_LINE_PERCENT = 95;
const MEASURED = ["formats", "model", "engine", "statistics", "analysis", "run"];
/** Files that need VS Code, that begin to work when they are loaded, or that are AssemblyScript. */
const STARTING =
  /^src\/(host\/|extension\.ts|cli\.ts|node\/(worker|archiveWorker|kernelThread)\.ts|engine\/wasm\/kernel\/(?!layout\/)|.*\.d\.ts$)/;

const options = process.argv.slice(2);
const coverage = options.includes("--coverage");
const filters = options.filter((option) => !option.startsWith("--"));
const nodeOptions = {
  cwd: root,
  env: {
    ...process.env,
    // Dependencies that are ES modules only are loaded by require(), which Node 20 still announces.
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --disable-warning=ExperimentalWarning --enable-source-maps`,
  },
};

function mochaArguments(files) {
  const out = files.map((path) => join(root, OUT, path.replace(/\.ts$/, ".js")));
  const mocha = join(root, "node_modules/mocha/bin/mocha.js");
  const reporter = join(root, "scripts/lib/mochaReporter.cjs");
  return [mocha, "--config", join(root, ".mocharc.json"), "--reporter", reporter, ...out];
}

/** Loads every source file, so that those no test imports count too, and files of types alone do not. */
function loadAll() {
  const file = join(root, OUT, "loadAll.js");
  const sources = listFiles("src", (name) => name.endsWith(".ts")).filter(
    (path) => !STARTING.test(path),
  );
  const lines = sources.map((path) => `require("./${path.replace(/\.ts$/, ".js")}");`);
  writeFileSync(file, lines.join("\n"));
  return file;
}

const c8 = (command, options) =>
  run(
    process.execPath,
    [
      join(root, "node_modules/c8/bin/c8.js"),
      ...[command, "--temp-directory", "coverage/tmp", "--exclude-after-remap", "--src", "src"],
      ...options,
    ],
    nodeOptions,
  );

/** Prints the coverage table and checks the threshold; counts as one test. */
async function checkCoverage() {
  await c8("report", [
    ...["--include", "src/**", "--exclude", "src/host/**", "--exclude", "src/extension.ts"],
    ...["--reporter", "text", "--reporter", "lcov", "--reports-dir", "coverage"],
  ]);
  const { code } = await c8("report", [
    ...MEASURED.flatMap((folder) => ["--include", `src/${folder}/**`]),
    ...["--reporter", "text-summary", "--check-coverage", "--lines", String(MIN_LINE_PERCENT)],
  ]);
  const passed = code === 0;
  const verdict = passed ? "at least" : "less than";
  console.log(`${MEASURED.join(", ")}: ${verdict} ${MIN_LINE_PERCENT} % of lines covered`);
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

/** Runs mocha on the compiled files and returns its counts. */
async function runMocha(files) {
  const args = mochaArguments(files);
  const env = { ...nodeOptions.env };
  if (coverage) {
    rmSync(join(root, "coverage"), { recursive: true, force: true });
    args.push("--require", loadAll());
    env.NODE_V8_COVERAGE = join(root, "coverage/tmp");
  }
  const limits = { cwd: root, env, limitMs: RUN_LIMIT_MS };
  const { code, output, timedOut } = await run(process.execPath, args, limits);
  if (timedOut) console.log(`the tests were ended after ${RUN_LIMIT_MS / 60_000} minutes`);
  const counts = parseCounts(output) ?? noCounts;
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function main() {
  await ensureGenerated();
  const broken = await transpile(["src", "webview", ...TEST_FOLDERS], OUT);
  for (const path of broken) console.log(`does not compile: ${path}`);
  let counts = { ...noCounts, failed: broken.length };
  const tests = TEST_FOLDERS.flatMap((folder) =>
    listFiles(folder, (name) => name.endsWith(".test.ts")),
  );
  const files = filterPaths(tests, filters).filter((path) => !broken.includes(path));
  if (files.length === 0) {
    console.log(`no test file matches ${filters.join(", ") || TEST_FOLDERS.join(", ")}`);
    counts = addCounts(counts, { ...noCounts, failed: 1 });
  } else {
    counts = addCounts(counts, await runMocha(files));
    if (coverage) counts = addCounts(counts, await checkCoverage());
  }
  console.log(countsLine(counts));
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

process.on("exit", () => rmSync(join(root, OUT), { recursive: true, force: true }));
await main();
