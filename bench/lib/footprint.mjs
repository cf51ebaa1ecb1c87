/** What a run costs besides time: a process until its first states, packing weights, memory. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { EngineProcess } from "./engineProcess.mjs";
import { writeSafetensors } from "./safetensors.mjs";
import { summary } from "./timing.mjs";
import { readValues } from "./values.mjs";

const STARTS = 15;
const PACKINGS = 9;
const startScript = fileURLToPath(new URL("../firstStates.mjs", import.meta.url));

/** Milliseconds from starting a process until it has read an archive and has the states: { min, median }. */
export function measureStart(bundle, manifest, folder) {
  const path = join(folder, "start.safetensors");
  const { weights, input } = readValues(manifest);
  const { seqLength, batchSize, inputSize } = manifest;
  writeSafetensors(path, [
    ...manifest.parameters.map(({ name, shape }) => ({ name, shape, data: weights.get(name) })),
    { name: "input", shape: [seqLength, batchSize, inputSize], data: input },
  ]);
  const times = Array.from({ length: STARTS }, () => {
    const start = performance.now();
    execFileSync(process.execPath, [startScript, bundle, path]);
    return performance.now() - start;
  });
  return summary(times);
}

/** MB of the weights of a case, and milliseconds of packing them: { megabytes, min, median }. */
export async function measurePacking(unroll, manifest) {
  const { ms } = await unroll.ask({ do: "pack", manifest, times: PACKINGS });
  const { weights } = readValues(manifest);
  const megabytes =
    [...weights.values()].reduce((sum, { byteLength }) => sum + byteLength, 0) / 1e6;
  return { megabytes, ...summary(ms) };
}

/** Peak of a fresh process of each engine, in MiB: when it is loaded, and after one forward. */
export async function measureMemory(engines, manifest) {
  const rows = [];
  for (const { id, threads, command, name } of engines.filter((each) => each.threads === 1)) {
    const fresh = new EngineProcess({ id, threads, command, name });
    try {
      const loaded = (await fresh.ask({ do: "memory" })).peakMiB;
      await fresh.ask({ do: "prepare", manifest });
      await fresh.ask({ do: "run", repeats: 1 }, 30_000);
      rows.push({ name, loaded, peak: (await fresh.ask({ do: "memory" })).peakMiB });
    } catch (error) {
      console.log(`memory of ${name}: ${error.message}`);
    }
    fresh.close();
  }
  return rows;
}
