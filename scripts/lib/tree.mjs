/** Where things lie in this repository, and how its files are listed. */
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** Paths of the files below `folder` (relative to the root) whose names match, relative to the root, sorted. */
export function listFiles(folder, matches) {
  const start = join(root, folder);
  if (!existsSync(start)) {
    return [];
  }
  const found = [];
  const visit = (relative) => {
    for (const entry of readdirSync(join(root, relative), { withFileTypes: true })) {
      const path = `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules") visit(path);
      } else if (matches(entry.name)) {
        found.push(path);
      }
    }
  };
  visit(folder);
  return found.sort();
}

/** The files of `paths` that contain one of the filters; all of them when there is no filter. */
export function filterPaths(paths, filters) {
  const wanted = filters.map((filter) => filter.replaceAll("\\", "/").replace(/^\.\//, ""));
  return wanted.length === 0
    ? paths
    : paths.filter((path) => wanted.some((filter) => path.includes(filter)));
}
