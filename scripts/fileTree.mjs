/**
 * Keeps the list of source files in CONTRIBUTING.md: one line for each, from the first sentence of its header.
 *
 * node scripts/fileTree.mjs [--write]
 * Without --write it only says whether the list is the one that the files give.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { listFiles, root } from "./lib/tree.mjs";

const DOCUMENT = join(root, "CONTRIBUTING.md");
const START = "<!-- files: node scripts/fileTree.mjs --write -->\n\n```text\n";
const END = "```\n\n<!-- /files -->";

/** The first sentence of a file's header comment, without its full stop. */
function summaryOf(path) {
  const source = readFileSync(join(root, path), "utf8");
  const comment = /\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  const paragraph = comment
    .replace(/\n \* ?/g, "\n")
    .trim()
    .split("\n\n")[0];
  const [sentence] = paragraph.replaceAll("\n", " ").split(/(?<=[a-z)\]`.…])\. /);
  return sentence.replace(/\.$/, "").trim();
}

function formatTree() {
  const files = ["src", "webview"].flatMap((folder) =>
    listFiles(folder, (name) => name.endsWith(".ts") && !name.endsWith(".generated.ts")),
  );
  const folders = [...new Set(files.map((path) => dirname(path)))].sort();
  return folders
    .map((folder) => {
      const inside = files.filter((path) => dirname(path) === folder);
      const lines = inside.map((path) => `  ${basename(path).padEnd(20)} ${summaryOf(path)}\n`);
      return `${folder}/\n${lines.join("")}`;
    })
    .join("");
}

const document = readFileSync(DOCUMENT, "utf8");
const [start, end] = [document.indexOf(START) + START.length, document.indexOf(END)];
if (start < START.length || end < start) throw new Error("CONTRIBUTING.md has no list of files");
const renewed = document.slice(0, start) + formatTree() + document.slice(end);
if (process.argv.includes("--write")) {
  writeFileSync(DOCUMENT, renewed);
} else if (renewed !== document) {
  console.log("The list of files in CONTRIBUTING.md is old: node scripts/fileTree.mjs --write");
  process.exitCode = 1;
}
