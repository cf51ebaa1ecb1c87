/**
 * Tests inside VS Code's extension host.
 *
 * node scripts/integration.mjs [--coverage] [newest|minimum|desktop] [path filter…]
 * The host may also come from VSCODE_TEST_HOST. `desktop` downloads VS Code through @vscode/test-electron
 * (VSCODE_TEST_VERSION: stable unless told otherwise).
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { countsLine, noCounts } from "./lib/tests/counts.mjs";
import { keepBundleCoverage } from "./lib/tests/rawCoverage.mjs";
import { followEvents } from "./lib/tests/testEvents.mjs";
import { filterPaths, listFiles, root } from "./lib/tree.mjs";
import { createProfile } from "./lib/vscode/vscodeServer.mjs";

/** Lines of each log shown for a run that did not come to its end. */
const LOG_LINES = 40;
const HOSTS = ["newest", "minimum", "desktop"];
const OUT = `out/integration-${process.pid}`;

const options = process.argv.slice(2);
const coverage = options.includes("--coverage");
const [first, ...others] = options.filter((option) => !option.startsWith("--"));
const named = HOSTS.includes(first);
const host = named ? first : (process.env.VSCODE_TEST_HOST ?? "newest");
const filters = named || first === undefined ? others : [first, ...others];

async function bundleTests() {
  const tests = listFiles("test/integration", (name) => name.endsWith(".test.ts"));
  const entryPoints = ["test/integration/index.ts", ...filterPaths(tests, filters)];
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: OUT,
    outbase: "test/integration",
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    // Mocha too: as it is, it needs a newer Node than the oldest VS Code ships.
    external: ["vscode"],
    sourcemap: true,
    logLevel: "error",
  });
  return join(root, OUT, "index.js");
}

/** A copy of the examples, which the tests may change. */
function createWorkspace(profile) {
  const folder = join(profile.folder, "workspace");
  mkdirSync(folder);
  if (existsSync(join(root, "examples"))) {
    cpSync(join(root, "examples"), folder, { recursive: true });
  }
  mkdirSync(join(folder, ".vscode"), { recursive: true });
  writeFileSync(join(folder, ".vscode/settings.json"), "{}\n");
  return folder;
}

function showLog(file) {
  if (!existsSync(file)) return;
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  // The server looks for files that its package leaves out on every start.
  const telling = lines.filter((line) => !line.startsWith("File not found")).slice(-LOG_LINES);
  console.log(`--- last lines of ${basename(file)}\n${telling.join("\n")}\n---`);
}

async function main() {
  if (!HOSTS.includes(host)) throw new Error(`${host} is none of ${HOSTS.join(", ")}`);
  if (!existsSync(join(root, "dist/extension.js"))) {
    throw new Error("dist/extension.js is missing: run npm run build first");
  }
  const tests = await bundleTests();
  const profile = createProfile();
  const events = join(profile.folder, "events.jsonl");
  const workspace = createWorkspace(profile);
  const settings = { tests, profile, workspace, env: { VSCODE_TEST_EVENTS: events } };
  settings.env.UNROLL_REPOSITORY = root;
  const executed = join(profile.folder, "coverage");
  if (coverage) settings.env.NODE_V8_COVERAGE = executed;
  const { openHost } =
    host === "desktop"
      ? await import("./lib/vscode/desktopHost.mjs")
      : await import("./lib/vscode/webHost.mjs");
  const opened = await openHost(host, settings);
  console.log(`VS Code ${opened.version} (${host})`);
  try {
    const { counts, completed } = await followEvents(events, opened.ended);
    if (!completed) opened.logs.forEach(showLog);
    return counts;
  } finally {
    await opened.close();
    if (coverage) keepBundleCoverage(executed);
    profile.dispose();
  }
}

process.on("exit", () => rmSync(join(root, OUT), { recursive: true, force: true }));
const counts = await main().catch((error) => {
  console.log(error instanceof Error ? error.message : error);
  return { ...noCounts, failed: 1 };
});
console.log(countsLine(counts));
process.exit(counts.failed === 0 ? 0 : 1);
