/** Where the suites leave what V8 saw executed: scripts/coverage.mjs makes one report of it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../tree.mjs";

/** Folders for sources that plain Node loads file by file, and for bundles inside VS Code. */
export const rawCoverage = { node: "coverage/tmp/node", bundles: "coverage/tmp/bundles" };

/** A bundle of ours, where the build left it or where VS Code installed the package: other extensions have a dist, too. */
const BUNDLE = /\/unroll\.unroll-rnn-[^/]+\/dist\/([^/]+\.js)$/;
const dist = `${pathToFileURL(join(root, "dist"))}/`;

/** Keeps what the extension host's processes wrote into `folder` about our bundles; the rest is VS Code's own. */
export function keepBundleCoverage(folder) {
  const out = join(root, rawCoverage.bundles);
  mkdirSync(out, { recursive: true });
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const { result } = JSON.parse(readFileSync(join(folder, name), "utf8"));
    const own = result.flatMap((script) => {
      if (script.url.startsWith(dist)) return [script];
      const bundle = BUNDLE.exec(script.url)?.[1];
      return bundle === undefined ? [] : [{ ...script, url: `${dist}${bundle}` }];
    });
    if (own.length > 0) writeFileSync(join(out, name), JSON.stringify({ result: own }));
  }
}
