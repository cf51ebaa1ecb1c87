/**
 * One report of what the suites executed: a table by folder, coverage/lcov.info, and whether the floors are held.
 *
 * node scripts/coverage.mjs [suite…]
 * The suites are those that ran with --coverage before: only what they reach is checked.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "./lib/process.mjs";
import { rawCoverage } from "./lib/rawCoverage.mjs";
import { listFiles, root } from "./lib/tree.mjs";

/** Lines in percent, and the suite that reaches them: the first entry that fits a folder counts. */
const FLOORS = [
  { folders: /^src\/$/, lines: 90, suite: "newest" },
  { folders: /^src\/host\//, lines: 93, suite: "newest" },
  { folders: /^src\/worker\//, lines: 90, suite: "e2e" },
  { folders: /^src\/diagnosis\//, lines: 97, suite: "unit" },
  { folders: /^src\/formats\//, lines: 96, suite: "unit" },
  { folders: /^src\/statistics\//, lines: 97, suite: "unit" },
  // Parts of these run in other processes and in threads, which the unit tests' report does not see.
  { folders: /^src\/(cli|node|reference|report)\//, lines: 95, suite: "unit" },
  { folders: /^src\/session\//, lines: 97, suite: "unit" },
  { folders: /^src\//, lines: 98, suite: "unit" },
  { folders: /^webview\//, lines: 97, suite: "e2e" },
];
/** What works in threads of VS Code, or with a page's styles, only: plain Node loads it, and runs little of it. */
const IN_BUNDLES = ["src/worker/**", "webview/shared/theme.ts"];
const EXCLUDED = ["**/*.d.ts", "**/*.generated.ts", "**/kernel/!(layout)/**", "**/kernel/*"];

const suites = process.argv.slice(2);

/** The figures of each file by its path, out of what is in a raw folder. */
async function report(raw, excluded) {
  const out = raw.replace("/tmp/", "/");
  const { code, output } = await run(
    process.execPath,
    [
      join(root, "node_modules/c8/bin/c8.js"),
      ...["report", "--temp-directory", raw, "--exclude-after-remap"],
      ...["--include", "src/**", "--include", "webview/**"],
      ...[...EXCLUDED, ...excluded].flatMap((pattern) => ["--exclude", pattern]),
      ...["--reporter", "json-summary", "--reporter", "lcovonly", "--reports-dir", out],
    ],
    { cwd: root, echo: false },
  );
  if (code !== 0) throw new Error(output);
  const summary = readFileSync(join(root, out, "coverage-summary.json"), "utf8");
  return Object.entries(JSON.parse(summary))
    .filter(([path]) => path !== "total")
    .map(([path, figures]) => [relative(root, path), figures]);
}

/** The bundles do not name their source maps, so c8 is given them as Node's own cache of such maps. */
function writeMaps() {
  const cache = {};
  for (const path of listFiles("dist", (name) => name.endsWith(".js"))) {
    const map = join(root, `${path}.map`);
    if (!existsSync(map)) continue;
    const lines = readFileSync(join(root, path), "utf8").split("\n");
    cache[pathToFileURL(join(root, path))] = {
      lineLengths: lines.map(({ length }) => length),
      data: JSON.parse(readFileSync(map, "utf8")),
      url: null,
    };
  }
  const file = join(root, rawCoverage.bundles, "coverage-maps.json");
  writeFileSync(file, JSON.stringify({ result: [], "source-map-cache": cache }));
}

/** Sums of figures by folder: two levels of src, two of webview. */
function byFolder(files) {
  const folders = new Map();
  for (const [path, { lines, branches }] of files) {
    const name = `${dirname(path).split("/").slice(0, 2).join("/")}/`;
    const sum = folders.get(name) ?? { lines: [0, 0], branches: [0, 0] };
    for (const [key, { covered, total }] of Object.entries({ lines, branches })) {
      sum[key] = [sum[key][0] + covered, sum[key][1] + total];
    }
    folders.set(name, sum);
  }
  return [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
}

const percent = ([covered, total]) => (total === 0 ? 100 : (100 * covered) / total);
const shown = (counts) => `${percent(counts).toFixed(1).padStart(6)} %`;

function check(figures) {
  let held = true;
  for (const [name, { lines, branches }] of figures) {
    const floor = FLOORS.find(({ folders }) => folders.test(name));
    const isChecked = suites.includes(floor.suite);
    const isLow = isChecked && percent(lines) < floor.lines;
    if (isLow) held = false;
    const note = isLow
      ? `  LESS THAN ${floor.lines} %`
      : isChecked
        ? ""
        : `  (${floor.suite} did not run)`;
    console.log(`${name.padEnd(24)} lines ${shown(lines)}  branches ${shown(branches)}${note}`);
  }
  return held;
}

for (const folder of Object.values(rawCoverage)) mkdirSync(join(root, folder), { recursive: true });
writeMaps();
// A file that plain Node loads is measured there: code that a bundle leaves out would count as executed.
const inNode = await report(rawCoverage.node, IN_BUNDLES);
const inBundles = await report(
  rawCoverage.bundles,
  inNode.map(([path]) => path),
);
const infos = Object.values(rawCoverage).map((raw) =>
  join(root, raw.replace("/tmp/", "/"), "lcov.info"),
);
writeFileSync(
  join(root, "coverage/lcov.info"),
  infos.map((file) => readFileSync(file, "utf8")).join(""),
);
if (!check(byFolder([...inNode, ...inBundles]))) process.exitCode = 1;
