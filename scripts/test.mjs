/**
 * Runs every suite, from a fresh clone on, and ends with one line: `N passed, N failed`.
 *
 * npm test                    all suites
 * npm test -- lint unit e2e   some of them; `static` and `integration` stand for groups
 */
import { join } from "node:path";
import { addCounts, countsLine, noCounts, parseCounts } from "./lib/counts.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { run } from "./lib/process.mjs";
import { root } from "./lib/tree.mjs";

const SUITE_LIMIT_MS = 30 * 60_000;
/** Static checks run side by side: each keeps one core busy. */
const SIDE_BY_SIDE = 2;

const bin = (path) => join(root, "node_modules", path);
const tsc = bin("typescript/bin/tsc");
const script = (name, ...options) => [join(root, "scripts", name), ...options];

/** Checks that either pass or fail: each counts as one test. */
const checks = [
  { name: "lint", args: [bin("eslint/bin/eslint.js"), "--max-warnings", "0", "."] },
  { name: "types", args: [tsc, "--noEmit", "-p", "tsconfig.json"] },
  { name: "types-view", args: [tsc, "--noEmit", "-p", "webview/tsconfig.json"] },
  { name: "types-view-tests", args: [tsc, "--noEmit", "-p", "test/unit/webview/tsconfig.json"] },
  { name: "types-e2e", args: [tsc, "--noEmit", "-p", "test/e2e/tsconfig.json"] },
  { name: "format", args: [bin("prettier/bin/prettier.cjs"), "--check", "--log-level=warn", "."] },
  {
    name: "imports",
    args: [
      bin("dependency-cruiser/bin/dependency-cruise.mjs"),
      ...["--config", ".dependency-cruiser.cjs", "src", "webview"],
    ],
  },
  { name: "unused", args: [bin("knip/bin/knip.js"), "--no-progress"] },
  { name: "l10n", args: script("l10n.mjs") },
  { name: "file-list", args: script("fileTree.mjs") },
];
const buildCheck = { name: "build", args: script("build.mjs") };

/** Suites that count their own tests. */
function suites() {
  const host = process.env.VSCODE_TEST_HOST;
  const hosts = host ? [host] : ["newest", "minimum"];
  return [
    { name: "unit", args: script("unit.mjs", "--coverage") },
    ...hosts.map((each) => ({
      name: each,
      args: script("integration.mjs", each),
      needsBuild: true,
    })),
    { name: "e2e", args: script("e2e.mjs"), needsBuild: true },
  ];
}

/** The names asked for, with groups taken apart; undefined for all. */
function chosenNames(all, hosts) {
  const groups = { static: checks.map(({ name }) => name), integration: hosts };
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
  rows.push(`${name.padEnd(12)} ${countsLine(counts)}  (${seconds} s)`);
}

const environment = process.env;
const runNode = (args, echo) =>
  run(process.execPath, args, {
    cwd: root,
    env: environment,
    echo,
    ownScript: true,
    limitMs: SUITE_LIMIT_MS,
  });

async function runCheck({ name, args }) {
  const startedAt = Date.now();
  const { code, output } = await runNode(args, false);
  const passed = code === 0;
  console.log(`── ${name}: ${passed ? "passed" : "FAILED"}`);
  if (!passed) console.log(output.trimEnd());
  record(name, { ...noCounts, [passed ? "passed" : "failed"]: 1 }, startedAt);
  return passed;
}

async function runChecks(list) {
  const queue = [...list];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await runCheck(next);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
}

async function runSuite({ name, args }) {
  const startedAt = Date.now();
  console.log(`── ${name}`);
  const { code, output, timedOut } = await runNode(args, true);
  if (timedOut) console.log(`${name} was ended after ${SUITE_LIMIT_MS / 60_000} minutes`);
  const counts = parseCounts(output) ?? noCounts;
  const silent = code !== 0 && counts.failed === 0;
  if (silent) console.log(`${name} ended with code ${code}`);
  record(name, silent ? { ...counts, failed: 1 } : counts, startedAt);
}

async function main() {
  const counted = suites();
  const hosts = counted.slice(1, -1).map(({ name }) => name);
  const all = [...checks, buildCheck, ...counted].map(({ name }) => name);
  const chosen = chosenNames(all, hosts);
  await ensureInstalled();
  // Its compiler is one of the packages.
  await (await import("./lib/generated.mjs")).ensureGenerated();
  await runChecks(checks.filter(({ name }) => chosen.includes(name)));
  const wanted = counted.filter(({ name }) => chosen.includes(name));
  const build = chosen.includes("build") || wanted.length > 0;
  const built = build && (await runCheck(buildCheck));
  for (const suite of wanted) {
    if (suite.needsBuild && !built) {
      console.log(`── ${suite.name}: skipped, because the build failed`);
      record(suite.name, { ...noCounts, skipped: 1 }, Date.now());
    } else {
      await runSuite(suite);
    }
  }
}

await main().catch((error) => {
  console.log(error instanceof Error ? error.message : error);
  total = addCounts(total, { ...noCounts, failed: 1 });
});
console.log(`\n${rows.join("\n")}\n`);
console.log(countsLine(total));
process.exit(total.failed === 0 ? 0 : 1);
