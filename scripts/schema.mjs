/**
 * Keeps schema/run.schema.json what src/run/spec/schema.ts says.
 *
 * node scripts/schema.mjs [--write]
 * Without --write it only says whether the file is the one that the source gives.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { format } from "prettier";
import { root } from "./lib/tree.mjs";

const FILE = join(root, "schema/run.schema.json");

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ["src/run/spec/schema.ts"],
  bundle: true,
  format: "esm",
  platform: "node",
  write: false,
});
const source = Buffer.from(outputFiles[0].contents).toString("base64");
const { runSchema } = await import(`data:text/javascript;base64,${source}`);
const renewed = await format(JSON.stringify(runSchema()), {
  ...{ parser: "json", printWidth: 100 },
});
if (process.argv.includes("--write")) {
  writeFileSync(FILE, renewed);
} else if (renewed !== readFileSync(FILE, "utf8")) {
  console.log("schema/run.schema.json is old: node scripts/schema.mjs --write");
  process.exitCode = 1;
}
