/** Maps positions in compiled files back to the TypeScript they came from. */
import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, relative, resolve } from "node:path";
import { root } from "../tree.mjs";

const maps = new Map();

function mapOf(file) {
  if (!maps.has(file)) {
    const path = `${file}.map`;
    const known = existsSync(path);
    maps.set(file, known ? new SourceMap(JSON.parse(readFileSync(path, "utf8"))) : undefined);
  }
  return maps.get(file);
}

/** The stack with every `file.js:line:column` that has a source map replaced by its origin. */
export function mapStack(stack) {
  const position = /(?:file:\/\/)?([^\s()]+\.js):(\d+):(\d+)/g;
  return stack.replace(position, (place, name, line, column) => {
    // Mocha shortens paths below the working folder.
    const file = resolve(root, name);
    const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry?.originalSource) return place;
    const source = relative(root, resolve(dirname(file), entry.originalSource));
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}
