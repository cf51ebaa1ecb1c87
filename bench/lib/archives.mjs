/** Opening archives: a sparse 1 GiB .safetensors and a .pt of 1,000 tensors; time, and memory in a process of its own. */
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath, pathToFileURL } from "node:url";
import { safetensorsHeader } from "./safetensors.mjs";
import { interleave } from "./timing.mjs";

const TENSORS = 1024;
const PICKLED_TENSORS = 1000;
const memoryScript = fileURLToPath(new URL("../memory.mjs", import.meta.url));

/** Opens each archive with `openOnce`, and the .pt with torch.load too: { name, results, mebibytes } of each. */
export async function measureArchives({ bundle, openOnce }, torch, { folder, seconds }) {
  const measured = [];
  for (const { name, path, peer } of await makeArchives(folder, torch)) {
    const unroll = async () => {
      const start = performance.now();
      await openOnce(path);
      return [performance.now() - start];
    };
    const contenders = [{ name: "Unroll", time: unroll }, ...(peer === undefined ? [] : [peer])];
    const times = await interleave(contenders, seconds);
    const results = contenders.map((contender, index) => ({
      name: contender.name,
      ...times[index],
    }));
    measured.push({ name, results, mebibytes: peakMemory(bundle, path) });
  }
  return measured;
}

/** Writes the files; without PyTorch there is no .pt. */
async function makeArchives(folder, torch) {
  const safetensors = join(folder, "sparse.safetensors");
  writeSparse(safetensors);
  const archives = [{ name: `safetensors, 1 GiB, ${TENSORS} tensors`, path: safetensors }];
  if (torch === undefined) return archives;
  const path = join(folder, "thousand.pt");
  await torch.ask({ do: "save", path, count: PICKLED_TENSORS });
  const peer = {
    name: `${torch.name}, torch.load`,
    time: async () => (await torch.ask({ do: "load", path, repeats: 1 })).ms,
  };
  return [...archives, { name: `.pt, ${PICKLED_TENSORS} tensors`, path, peer }];
}

function writeSparse(path) {
  const { head, dataLength } = safetensorsHeader(
    Array.from({ length: TENSORS }, (_, index) => ({
      ...{ name: `layers.${index}.weight`, shape: [512, 512] },
    })),
  );
  const file = openSync(path, "w");
  writeSync(file, head);
  ftruncateSync(file, head.length + dataLength);
  closeSync(file);
}

/** MiB that opening adds to the peak of a fresh process. */
function peakMemory(bundle, path) {
  const argv = [memoryScript, pathToFileURL(bundle).href, path];
  return Number(execFileSync(process.execPath, argv, { encoding: "utf8" }));
}
