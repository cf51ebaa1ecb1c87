/**
 * Takes the pictures of docs/gallery anew, from the packaged extension in VS Code: each view in each theme at three sizes.
 *
 * node scripts/gallery.mjs [VIEW…]
 * Run it after `npm run build`; with names of views the other pictures stay as they are.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runE2e } from "./lib/tests/e2eTests.mjs";
import { root } from "./lib/tree.mjs";

const FOLDER = join(root, "docs/gallery");
const views = process.argv.slice(2);
if (views.length > 0) process.env.UNROLL_GALLERY = views.join(",");
const { passed, failed } = await runE2e(["test/e2e/gallery.ts"]);

/** A page that shows all of it, a row for each view and theme. */
function writeIndex() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".webp"));
  const rows = new Map();
  for (const name of names.sort()) {
    const row = name.replace(/-\d+\.webp$/, "");
    rows.set(row, [...(rows.get(row) ?? []), name]);
  }
  const width = (name) => Number(/(\d+)\.webp$/.exec(name)?.[1]);
  const lines = [...rows].map(([row, files]) => {
    const sorted = files.sort((a, b) => width(b) - width(a));
    const images = sorted.map((file) => `<img src="${file}" height="300" alt="${row}">`);
    return `## ${row}\n\n${images.join("\n")}\n`;
  });
  const head =
    "# Gallery\n\nEvery view in four themes at three widths; `node scripts/gallery.mjs`.\n";
  writeFileSync(join(FOLDER, "README.md"), `${head}\n${lines.join("\n")}`);
}

writeIndex();
console.log(failed === 0 ? `${passed} views taken` : `${failed} views could not be taken`);
process.exit(failed === 0 ? 0 : 1);
