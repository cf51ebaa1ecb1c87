/**
 * Turns TypeScript files into CommonJS files one by one, in the same tree below an output folder.
 *
 * Not bundled, so that every source file is one script: coverage of bundles counts removed functions as
 * covered, and module state (a browser shared by test files) must exist once.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { listFiles, root } from "./tree.mjs";

const isCode = (name) => name.endsWith(".ts") && !name.endsWith(".d.ts");
/** AssemblyScript, which scripts/lib/bundles/kernel.mjs compiles; its layout is TypeScript as well. */
const isKernel = (path) =>
  path.startsWith("src/engine/wasm/kernel/") && !path.startsWith("src/engine/wasm/kernel/layout/");

/**
 * Compiles all TypeScript below the given folders into `outFolder` (relative to the root).
 *
 * Returns the paths that do not compile; everything else is written all the same.
 */
export async function transpile(folders, outFolder) {
  const outdir = join(root, outFolder);
  rmSync(outdir, { recursive: true, force: true });
  let entryPoints = folders
    .flatMap((folder) => listFiles(folder, isCode))
    .filter((path) => !isKernel(path));
  const broken = [];
  while (entryPoints.length > 0) {
    const failed = await build({
      absWorkingDir: root,
      entryPoints,
      outdir,
      outbase: ".",
      format: "cjs",
      platform: "node",
      target: "node20",
      // As in the bundles: what is loaded later is loaded by require().
      supported: { "dynamic-import": false },
      sourcemap: true,
      logLevel: "error",
    }).then(
      () => [],
      (error) => (error.errors ?? []).map((each) => each.location?.file),
    );
    if (failed.length === 0) break;
    broken.push(...failed);
    const rest = entryPoints.filter((path) => !failed.includes(path));
    if (rest.length === entryPoints.length) throw new Error("esbuild failed without naming a file");
    entryPoints = rest;
  }
  return broken;
}
