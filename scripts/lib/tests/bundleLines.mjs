/** Which lines of the sources the bundles executed in VS Code's processes and pages, as V8 counted it. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { mergeScriptCovs } from "@bcoe/v8-coverage";
import { eachMapping, TraceMap } from "@jridgewell/trace-mapping";
import v8ToIstanbul from "v8-to-istanbul";
import { root } from "../tree.mjs";

const SOURCE = /^(src|webview)\/.*(?<!\.d|\.generated)\.ts$/;

/** What V8 counted of each bundle, one entry for each process and page. */
function countedScripts(folder) {
  const scripts = new Map();
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), "utf8"));
    for (const script of result) {
      const bundle = basename(script.url);
      scripts.set(bundle, [...(scripts.get(bundle) ?? []), script]);
    }
  }
  return scripts;
}

/** The lines of each source that a bundle has code of, counted from 1: what it leaves out has none. */
function linesIn(sourceMap, folder) {
  const lines = new Map();
  eachMapping(new TraceMap(sourceMap), ({ source, originalLine }) => {
    if (source === null) return;
    const path = relative(root, resolve(folder, source));
    const known = lines.get(path) ?? new Set();
    lines.set(path, known.add(originalLine));
  });
  return lines;
}

async function readBundle(bundle, scripts) {
  const folder = join(root, "dist");
  const file = join(folder, bundle);
  const sourcemap = JSON.parse(readFileSync(`${file}.map`, "utf8"));
  const sources = { source: readFileSync(file, "utf8"), sourceMap: { sourcemap } };
  const converter = v8ToIstanbul(file, 0, sources);
  await converter.load();
  converter.applyCoverage(mergeScriptCovs(scripts)?.functions ?? []);
  const lines = linesIn(sourcemap, folder);
  return Object.entries(converter.toIstanbul())
    .map(([path, { s, b }]) => ({ path: relative(root, path), s, b }))
    .filter(({ path }) => SOURCE.test(path) && lines.has(path))
    .map(({ path, s, b }) => ({
      path,
      counts: Object.values(s),
      branches: Object.values(b).flat(),
      has: lines.get(path),
    }));
}

/**
 * What each bundle executed of each source, by the source's path: `counts` of its lines, `branches`, and the lines
 * that the bundle `has` code of; to the others V8's counts say nothing.
 */
export async function readBundles(folder) {
  const bySource = new Map();
  for (const [bundle, scripts] of countedScripts(folder)) {
    for (const { path, ...counted } of await readBundle(bundle, scripts)) {
      bySource.set(path, [...(bySource.get(path) ?? []), counted]);
    }
  }
  return bySource;
}
