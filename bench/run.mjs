/**
 * Measures the forward against other engines, and opening archives; writes docs/benchmarks.md.
 *
 * npm run bench [-- tiny small medium archives] [-- --seconds=N] [-- --no-install] [-- --print]
 * Without a name everything is measured; --print leaves the document as it is.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { makeArchives, peakMemory } from "./lib/archives.mjs";
import { onnxPeers } from "./lib/onnxPeers.mjs";
import { document, timesTable } from "./lib/report.mjs";
import { describeSize, sizes } from "./lib/sizes.mjs";
import { interleave, timed } from "./lib/timing.mjs";
import { startTorch } from "./lib/torchPeer.mjs";

const MAX_ROUNDS = 1000;
const bench = fileURLToPath(new URL(".", import.meta.url));
const options = process.argv.slice(2);
const wanted = options.filter((option) => !option.startsWith("--"));
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);
const secondsOption = options.find((option) => option.startsWith("--seconds="));
const pace = { seconds: Number(secondsOption?.split("=")[1] ?? 20), maxRounds: MAX_ROUNDS };

function installPeers() {
  if (options.includes("--no-install") || existsSync(join(bench, "node_modules"))) return;
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status } = spawnSync(npm, ["ci", "--ignore-scripts"], { cwd: bench, stdio: "inherit" });
  if (status !== 0)
    console.log("the other engines could not be installed; Unroll is measured alone");
}

async function loadOurs(folder) {
  const outfile = join(folder, "ours.mjs");
  await build({
    ...{ entryPoints: [join(bench, "ours.ts")], outfile, bundle: true, minify: true },
    ...{ format: "esm", platform: "node", target: "node20", logLevel: "error" },
  });
  return { bundle: outfile, ...(await import(pathToFileURL(outfile).href)) };
}

function largestDistance(left, right) {
  let largest = left.length === right.length ? 0 : Infinity;
  for (let index = 0; index < left.length; index++) {
    const distance = Math.abs(left[index] - right[index]);
    if (!(distance <= largest)) largest = distance;
  }
  return largest;
}

/** One network through every engine. */
async function measureForward(size, ours, peers) {
  const network = ours.makeNetwork(size);
  const runOurs = ours.prepare(network);
  const expected = runOurs();
  const contenders = [{ name: "Unroll, readable path", time: () => timed(runOurs) }];
  const open = [];
  for (const peer of peers) {
    const engine = await peer.prepare(network);
    open.push(engine);
    const distance = largestDistance(await engine.run(), expected);
    contenders.push({ name: peer.name, time: engine.time ?? (() => timed(engine.run)), distance });
  }
  const times = await interleave(contenders, pace);
  for (const engine of open) await engine.close();
  return times.map((each, index) => ({ ...each, distance: contenders[index].distance }));
}

async function measureArchives(folder, ours, torch) {
  const texts = [];
  for (const { name, path, peer } of await makeArchives(folder, torch)) {
    const unroll = { name: "Unroll", time: () => timed(() => ours.openOnce(path)) };
    const results = await interleave([unroll, ...(peer === undefined ? [] : [peer])], pace);
    const memory = `Opening adds ${peakMemory(ours.bundle, path)} MiB to the peak memory of a process.`;
    texts.push(`${name}\n\n${timesTable(results)}\n\n${memory}`);
  }
  return texts.join("\n\n");
}

async function main(folder) {
  installPeers();
  const ours = await loadOurs(folder);
  const torch = await startTorch(folder);
  const peers = [...onnxPeers(), ...(torch === null ? [] : [torch])];
  const sections = [];
  const add = (title, text) => {
    sections.push({ title, text });
    console.log(`\n${title}\n\n${text}`);
  };
  for (const size of sizes.filter(({ name }) => isWanted(name))) {
    add(`Forward, ${describeSize(size)}`, timesTable(await measureForward(size, ours, peers)));
  }
  if (isWanted("archives")) add("Opening archives", await measureArchives(folder, ours, torch));
  torch?.close();
  if (options.includes("--print")) return;
  writeFileSync(join(bench, "../docs/benchmarks.md"), document(sections));
}

const folder = mkdtempSync(join(tmpdir(), "unroll-bench-"));
try {
  await main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
