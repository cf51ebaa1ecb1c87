/**
 * Unit, property and differential tests in plain Node.
 *
 * node scripts/unit.mjs [--coverage] [path filter…]
 * --coverage writes what was executed for scripts/coverage.mjs.
 */
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { rawCoverage } from "./lib/tests/rawCoverage.mjs";
import { addCounts, countsLine, noCounts, parseCounts } from "./lib/tests/counts.mjs";
import { ensureGenerated } from "./lib/bundles/generated.mjs";
import { run } from "./lib/process.mjs";
import { sideBySide } from "./lib/sideBySide.mjs";
import { transpile } from "./lib/transpile.mjs";
import { filterPaths, listFiles, root } from "./lib/tree.mjs";

/** Of this run alone, so that runs at the same time do not disturb each other. */
const OUT = `out/unit-${process.pid}`;
const TEST_FOLDERS = ["test/unit", "test/property", "test/differential"];
const RUN_LIMIT_MS = 40 * 60_000;
/** Processes at a time: each has more than one thread where tests start workers. */
const LANES = Math.max(2, Math.min(4, availableParallelism()));
/** Sources that begin to work when they are loaded; those that need VS Code fail, and are covered inside of it. */
const STARTING = /\bparentPort\b|\bprocess\.argv\b/;

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
  const reporter = join(root, "scripts/lib/tests/mochaReporter.cjs");
  return [mocha, "--config", join(root, ".mocharc.json"), "--reporter", reporter, ...out];
}

/** Loads every source file, so that those no test imports count too, and files of types alone do not. */
function loadAll() {
  const file = join(root, OUT, "loadAll.js");
  const isKernel = (path) => /\/kernel\/(?!layout\/)/.test(path);
  const sources = listFiles(
    "src",
    (name) => name.endsWith(".ts") && !name.endsWith(".d.ts"),
  ).filter((path) => !isKernel(path) && !STARTING.test(readFileSync(join(root, path), "utf8")));
  const names = sources.map((path) => `./${path.replace(/\.ts$/, ".js")}`);
  const load = "try { require(name); } catch (error) { if (!/vscode/.test(error)) throw error; }";
  writeFileSync(file, `for (const name of ${JSON.stringify(names)}) ${load}\n`);
  return file;
}

/** The folders with the longest tests: each has a process. */
const LONGEST = ["differential", "formats", "property", "engine", "diagnosis", "cli"];
/** What it executes the unit tests execute as well: it repeats it so often that counting would take longest there. */
const NOT_COUNTED = ["differential"];
/** As many processes as lanes for so few files: to start one takes longer than most tests. */
const FEW_FILES = 40;

/** Test files in groups by name, a process for each: the other folders share one, which begins first, since it takes longest. */
function groupsOf(files) {
  if (files.length <= FEW_FILES) {
    const size = Math.ceil(files.length / LANES);
    const share = (lane) => files.slice(lane * size, (lane + 1) * size);
    return Array.from({ length: LANES }, (_, lane) => ({ name: "few", files: share(lane) }));
  }
  const groups = new Map(["others", ...LONGEST].map((name) => [name, []]));
  for (const path of files) {
    const [, kind, folder] = path.split("/");
    const name = kind === "unit" ? folder : kind;
    (groups.get(name) ?? groups.get("others")).push(path);
  }
  return [...groups].map(([name, paths]) => ({ name, files: paths }));
}

/** ONNX Runtime's binary lies beside the thread that reads it, as the build puts it. */
function linkOnnxRuntime() {
  const folder = join(root, OUT, "src/node");
  const name = "ort-wasm-simd-threaded.wasm";
  if (!existsSync(folder) || existsSync(join(folder, name))) return;
  symlinkSync(join(root, "node_modules/onnxruntime-web/dist", name), join(folder, name));
}

/** Runs mocha on some of the compiled files and returns its counts; prints what it wrote at its end. */
async function runMocha(files, coverageOptions) {
  const env = {
    ...nodeOptions.env,
    ...(coverageOptions === null ? {} : { NODE_V8_COVERAGE: join(root, rawCoverage.node) }),
  };
  const limits = { cwd: root, env, limitMs: RUN_LIMIT_MS, echo: false };
  const args = [...mochaArguments(files), ...(coverageOptions ?? [])];
  const { code, output, timedOut } = await run(process.execPath, args, limits);
  process.stdout.write(output.replace(/^mocha: .*\n/gm, ""));
  if (timedOut) console.log(`the tests were ended after ${RUN_LIMIT_MS / 60_000} minutes`);
  const counts = parseCounts(output) ?? noCounts;
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function runGroups(files) {
  let counts = noCounts;
  const groups = groupsOf(files).filter((group) => group.files.length > 0);
  const counted = groups.filter(({ name }) => coverage && !NOT_COUNTED.includes(name));
  const tasks = groups.map((group) => async () => {
    const first = group === counted[0] ? ["--require", loadAll()] : [];
    const more = await runMocha(group.files, counted.includes(group) ? first : null);
    counts = addCounts(counts, more);
  });
  await sideBySide(tasks, LANES);
  return counts;
}

async function main() {
  await ensureGenerated();
  const broken = await transpile(["src", "webview", ...TEST_FOLDERS], OUT);
  linkOnnxRuntime();
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
    counts = addCounts(counts, await runGroups(files));
  }
  console.log(countsLine(counts));
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

process.on("exit", () => rmSync(join(root, OUT), { recursive: true, force: true }));
await main();
