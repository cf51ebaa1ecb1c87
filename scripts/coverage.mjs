/**
 * One report of what the suites executed: a table by folder, coverage/lcov.info, and whether the floors are held.
 *
 * node scripts/coverage.mjs [suite…]
 * The suites are those that ran with --coverage before: only what they reach is checked.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { readBundles } from "./lib/tests/bundleLines.mjs";
import { run } from "./lib/process.mjs";
import { rawCoverage } from "./lib/tests/rawCoverage.mjs";
import { root } from "./lib/tree.mjs";

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
const EXCLUDED = ["**/*.d.ts", "**/*.generated.ts", "**/kernel/!(layout)/**", "**/kernel/*"];

const suites = process.argv.slice(2);

/** What plain Node executed of each source, by the source's path. */
async function readNode() {
  const out = join(root, "coverage/node");
  const { code, output } = await run(
    process.execPath,
    [
      join(root, "node_modules/c8/bin/c8.js"),
      ...["report", "--temp-directory", rawCoverage.node, "--exclude-after-remap"],
      ...["--include", "src/**", "--include", "webview/**"],
      ...EXCLUDED.flatMap((pattern) => ["--exclude", pattern]),
      ...["--reporter", "json", "--reports-dir", out],
    ],
    { cwd: root, echo: false },
  );
  if (code !== 0) throw new Error(output);
  const files = JSON.parse(readFileSync(join(out, "coverage-final.json"), "utf8"));
  return new Map(
    Object.entries(files).map(([path, { s, b }]) => [
      relative(root, path),
      { counts: Object.values(s), branches: Object.values(b).flat() },
    ]),
  );
}

/**
 * Which lines of a source were executed, in plain Node or in a bundle.
 *
 * A line without code in a bundle, as a brace or a comment, is taken with the one above it: but not
 * below one that Node executed, where code may begin that the bundle leaves out.
 */
function executedLines(inNode, inBundles) {
  const isExecuted = inNode?.counts.map((count) => count > 0) ?? [];
  for (const { counts, has } of inBundles) {
    let isAbove = inNode === undefined;
    counts.forEach((count, index) => {
      const isNew = inNode === undefined || inNode.counts[index] === 0;
      isAbove = isNew && (has.has(index + 1) ? count > 0 : isAbove);
      isExecuted[index] = isExecuted[index] === true || isAbove;
    });
  }
  return isExecuted;
}

/** The lines and branches of every source that a suite loaded. */
function mergeSources(inNode, inBundles) {
  return [...new Set([...inNode.keys(), ...inBundles.keys()])].sort().map((path) => {
    const bundles = inBundles.get(path) ?? [];
    const counted = inNode.get(path);
    const branches = counted?.branches ?? bundles.flatMap((bundle) => bundle.branches);
    return { path, lines: executedLines(counted, bundles), branches };
  });
}

/** The report in the format of lcov, which editors show beside the code. */
function lcov(sources) {
  const lineOf = (isExecuted, index) => `DA:${index + 1},${isExecuted ? 1 : 0}`;
  return sources
    .map(({ path, lines }) => [`SF:${path}`, ...lines.map(lineOf), "end_of_record", ""].join("\n"))
    .join("");
}

/** Sums of figures by folder: two levels of src, two of webview. */
function byFolder(sources) {
  const folders = new Map();
  const covered = (list) => list.filter((count) => Number(count) > 0).length;
  for (const { path, lines, branches } of sources) {
    const name = `${dirname(path).split("/").slice(0, 2).join("/")}/`;
    const sum = folders.get(name) ?? { lines: [0, 0], branches: [0, 0] };
    for (const [key, list] of Object.entries({ lines, branches })) {
      sum[key] = [sum[key][0] + covered(list), sum[key][1] + list.length];
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
const sources = mergeSources(await readNode(), await readBundles(join(root, rawCoverage.bundles)));
writeFileSync(join(root, "coverage/lcov.info"), lcov(sources));
if (!check(byFolder(sources))) process.exitCode = 1;
