/** Packages what dist/ holds: node scripts/package.mjs [file.vsix] */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageExtension } from "./lib/package.mjs";
import { root } from "./lib/tree.mjs";

const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const file = resolve(process.argv[2] ?? join(root, `${name}-${version}.vsix`));
await packageExtension(file);
console.log(file);
