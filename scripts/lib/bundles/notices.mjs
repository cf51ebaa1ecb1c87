/** The licences of the packages whose code is shipped, as one file beside the bundles. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tree.mjs";

const OUT = "dist/THIRD-PARTY-NOTICES.txt";
const RULE = "=".repeat(80);

/** Bundled by way of a generated file, so that the bundler does not see it. */
const GENERATED_FROM = ["h5wasm"];

/** What was done to a package before it was bundled, where its licence asks for saying so. */
const CHANGES = new Map([
  [
    "h5wasm",
    "Changed for Unroll on 2026-11-28: the WebAssembly binary has a smaller maximum of its memory, and its loops count " +
      "down a limit; the JavaScript around it no longer holds the binary.",
  ],
]);

/** Writes the licences of the packages among the inputs of bundles; the name of one where a package has no file of it. */
export function writeNotices(inputs) {
  const packages = new Set(GENERATED_FROM);
  for (const path of inputs) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (name !== undefined) packages.add(name);
  }
  const notices = [...packages].sort().map(noticeOf);
  const intro = "Unroll contains code of these packages, under their own licences.\n";
  writeFileSync(join(root, OUT), [intro, ...notices].join(`\n${RULE}\n\n`));
}

function noticeOf(name) {
  const folder = join(root, "node_modules", name);
  const { version, license, author } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  const changes = CHANGES.get(name);
  const licence =
    file === undefined
      ? `${license} licence, ${author?.name ?? author ?? name}`
      : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version}\n\n${changes === undefined ? "" : `${changes}\n\n`}${licence}\n`;
}
