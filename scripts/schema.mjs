/** Writes schema/run.schema.json from src/run/spec/schema.ts: node scripts/schema.mjs */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { format } from "prettier";
import { root } from "./lib/tree.mjs";

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
const json = await format(JSON.stringify(runSchema()), { parser: "json", printWidth: 100 });
writeFileSync(join(root, "schema/run.schema.json"), json);
