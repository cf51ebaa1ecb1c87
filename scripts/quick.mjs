/**
 * The quickest check of a change: types, and the unit tests nearest to the changed files.
 *
 * npm run test:quick [-- BRANCH]
 * A file is changed when it differs from the commit where this branch left BRANCH (main by default), committed or not.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { countsLine, noCounts, addCounts, parseCounts } from "./lib/tests/counts.mjs";
import { ensureGenerated } from "./lib/bundles/generated.mjs";
import { run } from "./lib/process.mjs";
import { listFiles, root } from "./lib/tree.mjs";
import { typeChecks } from "./lib/typeChecks.mjs";

/** Test files that run, those with the fewest imports between them and a change first, and the long ones last. */
const MOST_TESTS = 30;
/** How a file says that it takes seconds: it tells mocha so, or asks for Python. */
const LONG = /\b(slow|describePython)\(/;

const git = (...args) =>
  execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);

function changedFiles(branch) {
  let base = "HEAD";
  try {
    [base] = git("merge-base", "HEAD", branch);
  } catch {
    console.log(`there is no ${branch} here: changed is what is not committed`);
  }
  return [
    ...git("diff", "--name-only", "--diff-filter=d", base),
    ...git("ls-files", "--others", "--exclude-standard"),
  ];
}

/** For each file those that import it, of everything that the tests import. */
async function importersOf(tests) {
  const { metafile } = await build({
    absWorkingDir: root,
    // All in one bundle: a bundle for each would be written out hundreds of times.
    stdin: { contents: tests.map((path) => `import "./${path}";`).join("\n"), resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    packages: "external",
    logLevel: "silent",
  });
  const importers = new Map();
  for (const [path, { imports }] of Object.entries(metafile.inputs)) {
    for (const { path: imported } of imports) {
      importers.set(imported, [...(importers.get(imported) ?? []), path]);
    }
  }
  return importers;
}

/** Everything that imports a changed file, over however many others, in the order of their number. */
function affectedBy(changed, importers) {
  const found = new Set(changed);
  for (const path of found) for (const importer of importers.get(path) ?? []) found.add(importer);
  return [...found];
}

async function runTests(changed) {
  // Those of other folders run against Python, or on random inputs: they take longer.
  const tests = listFiles("test/unit", (name) => name.endsWith(".test.ts"));
  const affected = affectedBy(changed, await importersOf(tests)).filter((path) =>
    tests.includes(path),
  );
  const isLong = (path) => LONG.test(readFileSync(join(root, path), "utf8"));
  const byLength = [...affected.filter((path) => !isLong(path)), ...affected.filter(isLong)];
  const nearest = byLength.slice(0, MOST_TESTS);
  console.log(
    `${changed.length} files changed; ${nearest.length} of ${affected.length} test files that they reach`,
  );
  if (nearest.length === 0) return noCounts;
  const script = join(root, "scripts/unit.mjs");
  const { code, output } = await run(process.execPath, [script, ...nearest], {
    cwd: root,
    ownScript: true,
    echo: false,
  });
  process.stdout.write(output);
  return parseCounts(output) ?? { ...noCounts, failed: code };
}

async function runTypes({ name, args }) {
  const { code, output } = await run(process.execPath, args, { cwd: root, echo: false });
  console.log(`── ${name}: ${code === 0 ? "passed" : `FAILED\n${output.trimEnd()}`}`);
  return { ...noCounts, [code === 0 ? "passed" : "failed"]: 1 };
}

await ensureGenerated();
const changed = changedFiles(process.argv[2] ?? "main");
const projects = typeChecks.filter(({ folders }) =>
  folders.some((folder) => changed.some((path) => path.startsWith(folder))),
);
const results = await Promise.all([runTests(changed), ...projects.map(runTypes)]);
const counts = results.reduce(addCounts, noCounts);
console.log(countsLine(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
