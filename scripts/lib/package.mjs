/** Packages the extension as it would be published. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./process.mjs";
import { root } from "./tree.mjs";

const LIMIT_MS = 2 * 60_000;

/** Writes the .vsix file from what dist/ holds. */
export async function packageExtension(file) {
  mkdirSync(dirname(file), { recursive: true });
  const { code, output } = await run(
    process.execPath,
    [
      join(root, "node_modules/@vscode/vsce/vsce"),
      "package",
      "--no-dependencies",
      "--allow-missing-repository",
      "--no-rewrite-relative-links",
      "-o",
      file,
    ],
    { cwd: root, echo: false, limitMs: LIMIT_MS },
  );
  if (code !== 0) throw new Error(`vsce could not package the extension:\n${output}`);
}
