/** Runs test files against the packaged extension, installed into a fresh VS Code and driven in a browser. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { browserArguments, ensureChromium } from "../vscode/chromium.mjs";
import { addCounts, noCounts, parseCounts } from "./counts.mjs";
import { packageExtension } from "../package.mjs";
import { run } from "../process.mjs";
import { keepBundleCoverage, rawCoverage } from "./rawCoverage.mjs";
import { sideBySide } from "../sideBySide.mjs";
import { transpile } from "../transpile.mjs";
import { root } from "../tree.mjs";
import { ensureVSCode } from "../vscodePackage.mjs";
import { createProfile, installExtension, startServer } from "../vscode/vscodeServer.mjs";

const OUT = `out/e2e-${process.pid}`;
const LIMIT_MS = 45 * 60_000;
const TEST_LIMIT_MS = 360_000;
/** Windows at a time, each with a server and a browser of its own, which load everything anew: one keeps a core busy. */
const SHARES = Math.max(2, Math.min(3, availableParallelism()));

async function runMocha(files, { address, machineSettings }, coverage) {
  const compiled = (path) => join(root, OUT, path.replace(/\.ts$/, ".js"));
  const { code, output, timedOut } = await run(
    process.execPath,
    [
      join(root, "node_modules/mocha/bin/mocha.js"),
      ...["--config", join(root, ".mocharc.json"), "--timeout", String(TEST_LIMIT_MS)],
      ...["--reporter", join(root, "scripts/lib/tests/mochaReporter.cjs")],
      ...["--require", compiled("test/e2e/hooks.ts")],
      ...files.map(compiled),
    ],
    {
      cwd: root,
      limitMs: LIMIT_MS,
      env: {
        ...process.env,
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --enable-source-maps`,
        ...(coverage ? { UNROLL_E2E_COVERAGE: join(root, rawCoverage.bundles) } : {}),
        UNROLL_E2E_ADDRESS: address,
        UNROLL_E2E_MACHINE_SETTINGS: machineSettings,
        UNROLL_E2E_CHROMIUM: await ensureChromium(),
        UNROLL_E2E_CHROMIUM_ARGUMENTS: browserArguments.join(" "),
      },
    },
  );
  if (timedOut) console.log(`the tests were ended after ${LIMIT_MS / 1000} s`);
  const counts = parseCounts(output) ?? noCounts;
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Files with a suite that needs a window which no other one had. */
const needsFirst = (path) => /\bisFirst: true\b/.test(readFileSync(join(root, path), "utf8"));

/** The files in shares of about the same size: larger ones first, but those before that need a new window. */
function sharesOf(files) {
  const sizeOf = (path) => statSync(join(root, path)).size;
  const shares = Array.from({ length: SHARES }, () => ({ size: 0, files: [] }));
  const first = new Set(files.filter(needsFirst));
  const rank = (path) => (first.has(path) ? Infinity : sizeOf(path));
  for (const path of files.slice().sort((a, b) => rank(b) - rank(a) || sizeOf(b) - sizeOf(a))) {
    const smallest = shares.reduce((a, b) => (b.size < a.size ? b : a));
    smallest.files.push(path);
    smallest.size += sizeOf(path);
  }
  return shares.map((share) => share.files).filter(({ length }) => length > 0);
}

/** Runs test files against a server of their own that the package is installed in. */
async function runShare(files, { vscode, vsix, coverage }) {
  const profile = createProfile();
  const executed = join(profile.folder, "coverage");
  const env = coverage ? { NODE_V8_COVERAGE: executed } : {};
  try {
    await installExtension(vscode, profile, vsix);
    const server = await startServer(vscode, profile, { env });
    try {
      const { machineSettings } = profile;
      return await runMocha(files, { address: server.address, machineSettings }, coverage);
    } finally {
      await server.stop();
      if (coverage) keepBundleCoverage(executed);
    }
  } finally {
    profile.dispose();
  }
}

/** Packages what the build left in dist/, runs the files and returns how many tests passed and failed. */
export async function runE2e(files, { coverage = false } = {}) {
  if (!existsSync(join(root, "dist/extension.js"))) {
    throw new Error("dist/extension.js is missing: run npm run build first");
  }
  process.on("exit", () => rmSync(join(root, OUT), { recursive: true, force: true }));
  const vscode = await ensureVSCode(process.env.VSCODE_TEST_HOST ?? "newest");
  // The product's sources too: tests write their files with its writers.
  const broken = await transpile(["src", "test/harness", "test/e2e"], OUT);
  if (broken.length > 0) throw new Error(`does not compile: ${broken.join(", ")}`);
  if (coverage) mkdirSync(join(root, rawCoverage.bundles), { recursive: true });
  const vsix = join(root, OUT, "unroll.vsix");
  await packageExtension(vsix);
  console.log(`VS Code ${vscode.version} with the packaged extension`);
  let counts = noCounts;
  const tasks = sharesOf(files).map((share) => async () => {
    const more = await runShare(share, { vscode, vsix, coverage });
    counts = addCounts(counts, more);
  });
  await sideBySide(tasks, SHARES);
  return counts;
}
