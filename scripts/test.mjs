/**
 * Runs every suite, from a fresh clone on, and ends with one line: `N passed, N failed`.
 *
 * npm test                    all suites
 * npm test -- lint unit e2e   some of them; `static` and `integration` stand for groups
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { addCounts, countsLine, noCounts, parseCounts } from "./lib/tests/counts.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { run } from "./lib/process.mjs";
import { sideBySide } from "./lib/sideBySide.mjs";
import { root } from "./lib/tree.mjs";
import { CACHE, typeChecks } from "./lib/typeChecks.mjs";

const SUITE_LIMIT_MS = 60 * 60_000;
/** Checks at a time beside the suites: each keeps one core busy. */
const CHECKS_AT_A_TIME = 2;

const bin = (path) => join(root, "node_modules", path);
const script = (name, ...options) => [join(root, "scripts", name), ...options];
const cached = (name) => ["--cache", "--cache-location", `${CACHE}/${name}`];
/** Checks that either pass or fail: each counts as one test. */
const checks = [
  {
    name: "lint",
    // A cache misses errors in a file that come from types of another one: CI begins without.
    args: [
      ...[bin("eslint/bin/eslint.js"), "--max-warnings", "0", "."],
      ...[...cached("lint"), "--cache-strategy", "content"],
    ],
  },
  ...typeChecks,
  {
    name: "format",
    args: [
      bin("prettier/bin/prettier.cjs"),
      ...["--check", "--log-level=warn", ...cached("format"), "."],
    ],
  },
  {
    name: "imports",
    args: [
      bin("dependency-cruiser/bin/dependency-cruise.mjs"),
      ...["--config", ".dependency-cruiser.cjs", "--cache", `${CACHE}/imports`, "src", "webview"],
    ],
  },
  { name: "unused", args: [bin("knip/bin/knip.js"), "--no-progress", ...cached("unused")] },
  { name: "l10n", args: script("l10n.mjs") },
];

/** Suites that count their own tests. */
const unit = { name: "unit", args: script("unit.mjs", "--coverage"), isMeasured: true };
const host = process.env.VSCODE_TEST_HOST;
/** Suites that need what the build leaves in dist/. */
const inEditor = (host ? [host] : ["newest", "minimum"]).map((name) => ({
  name,
  args: script("integration.mjs", name, ...(name === "newest" ? ["--coverage"] : [])),
  isMeasured: name === "newest",
}));
const e2e = { name: "e2e", args: script("e2e.mjs", "--coverage"), isMeasured: true };

const buildCheck = { name: "build", args: script("build.mjs") };

/** The names asked for, with groups taken apart; all without any. */
function chosenNames() {
  const names = (list) => list.map(({ name }) => name);
  const groups = {
    static: names(checks),
    integration: names(inEditor),
  };
  const all = [...names(checks), "build", "unit", ...names(inEditor), "e2e"];
  const asked = process.argv.slice(2).flatMap((name) => groups[name] ?? [name]);
  const unknown = asked.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.log(`unknown: ${unknown.join(", ")}; there are ${all.join(", ")}, static, integration`);
    process.exit(2);
  }
  return asked.length === 0 ? all : asked;
}

const rows = [];
let total = noCounts;

function record(name, counts, startedAt) {
  total = addCounts(total, counts);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  rows.push(`${name.padEnd(16)} ${countsLine(counts)}  (${seconds} s)`);
}

/** Runs a script of the list above; what it wrote is passed on at its end, since several run at a time. */
const runNode = (args) =>
  run(process.execPath, args, { cwd: root, echo: false, ownScript: true, limitMs: SUITE_LIMIT_MS });

async function runCheck({ name, args }, isShown = false) {
  const startedAt = Date.now();
  const { code, output } = await runNode(args);
  const passed = code === 0;
  console.log(`── ${name}: ${passed ? "passed" : "FAILED"}`);
  if (!passed || isShown) console.log(output.trimEnd());
  record(name, { ...noCounts, [passed ? "passed" : "failed"]: 1 }, startedAt);
  return passed;
}

async function runSuite({ name, args }) {
  const startedAt = Date.now();
  const { code, output, timedOut } = await runNode(args);
  console.log(`── ${name}\n${output.trimEnd()}`);
  if (timedOut) console.log(`${name} was ended after ${SUITE_LIMIT_MS / 60_000} minutes`);
  const counts = parseCounts(output) ?? noCounts;
  const silent = code !== 0 && counts.failed === 0;
  if (silent) console.log(`${name} ended with code ${code}`);
  record(name, silent ? { ...counts, failed: 1 } : counts, startedAt);
}

/** The build, and then one after another what runs what it made: these wait for VS Code more than they compute. */
async function runBuilt(suites, isAsked) {
  if (suites.length === 0 && !isAsked) return;
  const isBuilt = await runCheck(buildCheck);
  for (const suite of suites) {
    if (isBuilt) {
      await runSuite(suite);
    } else {
      console.log(`── ${suite.name}: skipped, because the build failed`);
      record(suite.name, { ...noCounts, skipped: 1 }, Date.now());
    }
  }
}

/** The checks side by side, then the unit tests. */
async function runUnbuilt(chosenChecks, isUnitChosen) {
  await sideBySide(
    chosenChecks.map((check) => () => runCheck(check)),
    CHECKS_AT_A_TIME,
  );
  if (isUnitChosen) await runSuite(unit);
}

async function main() {
  const chosen = chosenNames();
  const isChosen = ({ name }) => chosen.includes(name);
  await ensureInstalled();
  // Its compiler is one of the packages.
  await (await import("./lib/bundles/generated.mjs")).ensureGenerated();
  rmSync(join(root, "coverage"), { recursive: true, force: true });
  const built = [...inEditor, e2e].filter(isChosen);
  await Promise.all([
    runBuilt(built, isChosen(buildCheck)),
    runUnbuilt(checks.filter(isChosen), isChosen(unit)),
  ]);
  const measured = [unit, ...built].filter((suite) => suite.isMeasured && isChosen(suite));
  if (measured.length > 0) {
    const args = script("coverage.mjs", ...measured.map(({ name }) => name));
    await runCheck({ name: "coverage", args }, true);
  }
}

await main().catch((error) => {
  console.log(error instanceof Error ? error.message : error);
  total = addCounts(total, { ...noCounts, failed: 1 });
});
console.log(`\n${rows.join("\n")}\n`);
console.log(countsLine(total));
process.exit(total.failed === 0 ? 0 : 1);
