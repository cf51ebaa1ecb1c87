/** Runs test files against the packaged extension, installed into a fresh VS Code and driven in a browser. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { browserArguments, ensureChromium } from "./chromium.mjs";
import { noCounts, parseCounts } from "./counts.mjs";
import { packageExtension } from "./package.mjs";
import { run } from "./process.mjs";
import { transpile } from "./transpile.mjs";
import { root } from "./tree.mjs";
import { ensureVSCode } from "./vscodePackage.mjs";
import { createProfile, installExtension, startServer } from "./vscodeServer.mjs";

const OUT = `out/e2e-${process.pid}`;
const LIMIT_MS = 20 * 60_000;
const TEST_LIMIT_MS = 180_000;

async function runMocha(files, server) {
  // The product's sources too: tests write their files with its writers.
  const broken = await transpile(["src", "test/harness", "test/e2e"], OUT);
  if (broken.length > 0) throw new Error(`does not compile: ${broken.join(", ")}`);
  const compiled = (path) => join(root, OUT, path.replace(/\.ts$/, ".js"));
  const { code, output, timedOut } = await run(
    process.execPath,
    [
      join(root, "node_modules/mocha/bin/mocha.js"),
      ...["--config", join(root, ".mocharc.json"), "--timeout", String(TEST_LIMIT_MS)],
      ...["--reporter", join(root, "scripts/lib/mochaReporter.cjs")],
      ...["--require", compiled("test/e2e/hooks.ts")],
      ...files.map(compiled),
    ],
    {
      cwd: root,
      limitMs: LIMIT_MS,
      env: {
        ...process.env,
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --enable-source-maps`,
        UNROLL_E2E_ADDRESS: server.address,
        UNROLL_E2E_CHROMIUM: await ensureChromium(),
        UNROLL_E2E_CHROMIUM_ARGUMENTS: browserArguments.join(" "),
      },
    },
  );
  if (timedOut) console.log(`the tests were ended after ${LIMIT_MS / 1000} s`);
  const counts = parseCounts(output) ?? noCounts;
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Packages what the build left in dist/, runs the files and returns how many tests passed and failed. */
export async function runE2e(files) {
  if (!existsSync(join(root, "dist/extension.js"))) {
    throw new Error("dist/extension.js is missing: run npm run build first");
  }
  process.on("exit", () => rmSync(join(root, OUT), { recursive: true, force: true }));
  const vscode = await ensureVSCode(process.env.VSCODE_TEST_HOST ?? "newest");
  const profile = createProfile();
  const vsix = join(profile.folder, "unroll.vsix");
  await packageExtension(vsix);
  await installExtension(vscode, profile, vsix);
  const server = await startServer(vscode, profile);
  console.log(`VS Code ${vscode.version} with the packaged extension`);
  try {
    return await runMocha(files, server);
  } finally {
    await server.stop();
    profile.dispose();
  }
}
