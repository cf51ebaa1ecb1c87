/** Installs the project's own packages where that is needed. Uses nothing that would have to be installed. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./process.mjs";
import { root } from "./tree.mjs";

const LIMIT_MS = 15 * 60_000;

const readPackages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

/** Whether node_modules holds what package-lock.json asks for; optional packages may be missing. */
function isInstalled() {
  const installedFile = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return false;
  const installed = readPackages(installedFile);
  return Object.entries(readPackages(join(root, "package-lock.json"))).every(
    ([path, { version, optional, devOptional }]) =>
      path === "" ||
      installed[path]?.version === version ||
      (!(path in installed) && (optional || devOptional)),
  );
}

/**
 * Runs `npm ci` when node_modules is missing or older than the lock file.
 *
 * @throws Error with npm's output when it fails.
 */
export async function ensureInstalled() {
  if (isInstalled()) return;
  console.log("Installing the project's packages (npm ci) …");
  const windows = process.platform === "win32";
  const { code, output } = await run(
    windows ? "npm.cmd" : "npm",
    ["ci", "--no-audit", "--no-fund", "--loglevel=error"],
    { cwd: root, echo: false, limitMs: LIMIT_MS, shell: windows },
  );
  if (code !== 0) throw new Error(`npm ci failed:\n${output}`);
}
