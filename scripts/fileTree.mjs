/** Prints every source file with the first sentence of its header: node scripts/fileTree.mjs [folder…] */
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { listFiles, root } from "./lib/tree.mjs";

/** The first sentence of a file's header comment. */
function summaryOf(path) {
  const [, comment = ""] =
    /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(root, path), "utf8")) ?? [];
  const [paragraph] = comment
    .replace(/\n \* ?/g, "\n")
    .trim()
    .split("\n\n");
  const [sentence] = paragraph.replaceAll("\n", " ").split(/(?<=[a-z)\]`.…])\. /);
  return sentence.replace(/\.$/, "").trim();
}

const asked = process.argv.slice(2);
let folder = "";
for (const path of (asked.length === 0 ? ["src", "webview"] : asked).flatMap((each) =>
  listFiles(each, (name) => name.endsWith(".ts") && !name.endsWith(".generated.ts")),
)) {
  if (dirname(path) !== folder) console.log(`${(folder = dirname(path))}/`);
  console.log(`  ${basename(path).padEnd(22)} ${summaryOf(path)}`);
}
