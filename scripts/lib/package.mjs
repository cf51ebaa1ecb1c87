/** Packages the extension as it would be published. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { run } from "./process.mjs";
import { root } from "./tree.mjs";

const LIMIT_MS = 2 * 60_000;
const SHIPPED = ".vscodeignore";

/** What stands at the top of the tree and holds something that is shipped, with the list itself. */
function shippedEntries() {
  const kept = readFileSync(join(root, SHIPPED), "utf8").match(/(?<=^!)[^/*\n]+/gm);
  return readdirSync(root).filter(
    (name) => name === SHIPPED || kept.some((start) => name.startsWith(start)),
  );
}

/** Writes the .vsix file from what dist/ holds. */
export async function packageExtension(file) {
  mkdirSync(dirname(file), { recursive: true });
  // vsce holds every file below it against every pattern: for the whole tree, with VS Code in it, that takes seconds.
  const folder = mkdtempSync(join(tmpdir(), "unroll-package-"));
  try {
    for (const name of shippedEntries()) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    const { code, output } = await run(
      process.execPath,
      [
        join(root, "node_modules/@vscode/vsce/vsce"),
        "package",
        "--no-dependencies",
        "--allow-missing-repository",
        "--no-rewrite-relative-links",
        "-o",
        resolve(file),
      ],
      { cwd: folder, echo: false, limitMs: LIMIT_MS },
    );
    if (code !== 0) throw new Error(`vsce could not package the extension:\n${output}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
