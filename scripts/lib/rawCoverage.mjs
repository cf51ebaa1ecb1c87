/** Where the suites leave what V8 saw executed: scripts/coverage.mjs makes one report of it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./tree.mjs";

/** Folders for sources that plain Node loads file by file, and for bundles inside VS Code. */
export const rawCoverage = { node: "coverage/tmp/node", bundles: "coverage/tmp/bundles" };

const dist = `${pathToFileURL(join(root, "dist"))}/`;

/** Keeps what the extension host's processes wrote into `folder` about dist/; the rest is VS Code's own. */
export function keepBundleCoverage(folder) {
  const out = join(root, rawCoverage.bundles);
  mkdirSync(out, { recursive: true });
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const { result } = JSON.parse(readFileSync(join(folder, name), "utf8"));
    const own = result.filter(({ url }) => url.startsWith(dist));
    if (own.length > 0) writeFileSync(join(out, name), JSON.stringify({ result: own }));
  }
}
