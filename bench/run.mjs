/**
 * Measures the forward against other engines, and what else takes time; writes docs/benchmarks.md.
 *
 * npm run bench [-- WHAT…] [-- --cells=rnn,lstm] [-- --peers=web,torch] [-- --python=a,b] [-- --seconds=N]
 *     [-- --no-install] [-- --print]
 * WHAT: tiny small long medium large footprint archives statistics diagnosis embedded view; without one everything but
 * the view is measured, with some the other sections of the document stay as they are. `embedded` and `view` need
 * `npm run build` before them. --seconds is for each case; --python names interpreters with
 * a PyTorch each. --print leaves the document as it is.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { ensureGenerated } from "../scripts/lib/bundles/generated.mjs";
import { measureArchives } from "./lib/archives.mjs";
import { cells, describeSize, sizes, writeCase } from "./lib/cases.mjs";
import { measureDiagnosis } from "./lib/diagnosis.mjs";
import { measureEmbedded } from "./lib/embedded.mjs";
import { makeEngines } from "./lib/engines.mjs";
import { measureMemory, measurePacking, measureStart } from "./lib/footprint.mjs";
import { measureForward } from "./lib/forward.mjs";
import * as report from "./lib/report.mjs";
import { measureStatistics } from "./lib/statistics.mjs";
import { measureView, viewText } from "./lib/view.mjs";

const DEFAULT_SECONDS = 12;
const bench = fileURLToPath(new URL(".", import.meta.url));
const options = process.argv.slice(2);
const optionOf = (name) =>
  options.find((option) => option.startsWith(`--${name}=`))?.slice(name.length + 3);
const wanted = options.filter((option) => !option.startsWith("--"));
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);
const seconds = Number(optionOf("seconds") ?? DEFAULT_SECONDS);
const choice = {
  peers: optionOf("peers")?.split(",") ?? null,
  pythons: optionOf("python")?.split(",") ?? ["python3"],
};
const wantedCells = cells.filter(
  (cell) => optionOf("cells")?.toUpperCase().split(",").includes(cell) ?? true,
);

/** Sizes that are also run on two threads. */
const twoThreadSizes = ["medium", "large"];

function installPeers() {
  if (options.includes("--no-install")) return;
  const { dependencies } = JSON.parse(readFileSync(join(bench, "package.json"), "utf8"));
  const isThere = (name) => existsSync(join(bench, "node_modules", name));
  if (Object.keys(dependencies).every(isThere)) return;
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status } = spawnSync(npm, ["ci", "--ignore-scripts"], { cwd: bench, stdio: "inherit" });
  if (status !== 0) console.log("the other engines could not be installed");
}

function loadProtobuf() {
  try {
    return createRequire(import.meta.url)("protobufjs");
  } catch {
    return null;
  }
}

async function loadOurs(folder) {
  await ensureGenerated();
  const shared = { bundle: true, minify: true, platform: "node", target: "node20" };
  const bundle = join(folder, "ours.mjs");
  const ours = { entryPoints: [join(bench, "ours.ts")], outfile: bundle, format: "esm" };
  await build({ ...shared, ...ours, logLevel: "error" });
  const thread = join(bench, "../src/node/kernelThread.ts");
  await build({
    ...shared,
    entryPoints: [thread],
    outfile: join(folder, "kernelThread.js"),
    format: "cjs",
    logLevel: "error",
  });
  const url = pathToFileURL(bundle).href;
  return { bundle, url, ...(await import(url)) };
}

/** Ours on `threads` with the peers that are there. */
async function startEngines(url, threads) {
  const engines = [];
  for (const engine of makeEngines(url, threads, choice)) {
    if (await engine.isThere()) engines.push(engine);
    else if (engines.length === 0) throw new Error("there is nothing to compare others with");
  }
  return engines;
}

const needsEngines = (chosen) => chosen.length > 0 || isWanted("footprint") || isWanted("archives");

async function measureSizes(engines, chosen, makeCase, folder) {
  const bySize = [];
  for (const size of chosen) {
    const measured = [];
    for (const cell of wantedCells) {
      const manifest = makeCase(size, cell);
      measured.push({
        manifest,
        rows: await measureForward(engines, manifest, { folder, seconds }),
      });
    }
    bySize.push({ size, measured });
    console.log(`\n${describeSize(size)}\n\n${report.forwardTable(measured)}`);
  }
  return bySize;
}

async function measureFootprint(url, engines, makeCase, folder) {
  const sizeOf = (name) => sizes.find((size) => size.name === name);
  const [small, long, large] = ["small", "long", "large"].map((name) =>
    makeCase(sizeOf(name), "LSTM"),
  );
  const memory = [];
  for (const manifest of [long, large]) {
    memory.push({ name: manifest.name, rows: await measureMemory(engines, manifest) });
  }
  const start = measureStart(url, small, folder);
  const packing = await measurePacking(engines[0], large);
  return report.footprintText({ start, packing, memory });
}

const sectionsOf = (bySize, suffix) =>
  bySize.map(({ size, measured }) => ({
    title: `Forward, ${describeSize(size)}${suffix}`,
    text: report.forwardTable(measured),
  }));
const summaryOf = (bySize) => report.summaryTable(bySize.flatMap(({ measured }) => measured));

async function measureOnTwoThreads(url, chosen, makeCase, folder) {
  const engines = await startEngines(url, 2);
  const bySize = await measureSizes(engines, chosen, makeCase, folder);
  for (const engine of engines) engine.close();
  return bySize;
}

/** The document as it is with what was measured in the place of what it was. */
function writeDocument(sections) {
  const path = join(bench, "../docs/benchmarks.md");
  const before = wanted.length > 0 && existsSync(path) ? readFileSync(path, "utf8") : "";
  writeFileSync(path, report.document(sections, before));
}

/** What has no peer beside it. */
async function addFeatures(ours, add) {
  if (isWanted("diagnosis")) {
    const diagnosed = measureDiagnosis(ours);
    add("Diagnosis of an LSTM, two layers, bidirectional", report.diagnosisText(diagnosed));
  }
  if (isWanted("embedded")) {
    const embedded = await measureEmbedded(ours);
    if (embedded === null) console.log("the examples are not timed: npm run build first");
    else add("Embedded verdicts of the examples", report.embeddedText(embedded));
  }
}

/** Needs the packaged extension, and none of the other engines. */
async function benchView() {
  const text = viewText(await measureView());
  console.log(text);
  if (!options.includes("--print")) writeDocument([{ title: "The view", text }]);
}

async function main(folder) {
  installPeers();
  const ours = await loadOurs(folder);
  const protobuf = loadProtobuf();
  const makeCase = (size, cell) => writeCase(size, cell, folder, protobuf);
  const sections = [];
  const add = (title, text) => {
    sections.push({ title, text });
    console.log(`\n${title}\n\n${text}`);
  };
  const chosen = sizes.filter(({ name }) => isWanted(name));
  const onTwo = chosen.filter(({ name }) => twoThreadSizes.includes(name));
  const engines = needsEngines(chosen) ? await startEngines(ours.url, 1) : [];
  const bySize = await measureSizes(engines, chosen, makeCase, folder);
  if (bySize.length > 0) {
    add("Summary", summaryOf(bySize));
    add(
      "Largest error against float64",
      report.errorTable(bySize.flatMap((each) => each.measured)),
    );
  }
  if (isWanted("footprint")) {
    const text = await measureFootprint(ours.url, engines, makeCase, folder);
    add("Start, packing and memory", text);
  }
  if (isWanted("archives")) {
    const torch = engines.find(({ id, threads }) => id === "PyTorch" && threads === 1);
    const archives = await measureArchives(ours, torch, { folder, seconds });
    add("Opening archives", report.archivesText(archives));
  }
  for (const engine of engines) engine.close();
  if (isWanted("statistics")) {
    const statistics = await measureStatistics(ours, choice.pythons[0], { folder, seconds });
    add("Statistics of 100 million floats", report.statisticsText(statistics));
  }
  await addFeatures(ours, add);
  const twoBySize =
    onTwo.length > 0 ? await measureOnTwoThreads(ours.url, onTwo, makeCase, folder) : [];
  if (twoBySize.length > 0) add("Summary, two threads", summaryOf(twoBySize));
  sections.push(...sectionsOf(bySize, ""), ...sectionsOf(twoBySize, ", two threads"));
  if (!options.includes("--print")) writeDocument(sections);
}

const folder = mkdtempSync(join(tmpdir(), "unroll-bench-"));
try {
  await (wanted.length === 1 && wanted[0] === "view" ? benchView() : main(folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
