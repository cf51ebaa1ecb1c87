/**
 * Opening archives beside the libraries of their formats: a sparse 2 GB .safetensors and a .pt of 10,000 tensors; the
 * time to the list of entries, and what it adds to the peak memory of a process of its own.
 */
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath, pathToFileURL } from "node:url";
import { EngineProcess } from "./engineProcess.mjs";
import { safetensorsHeader } from "./safetensors.mjs";
import { interleave } from "./timing.mjs";

const TENSORS = 2000;
const PICKLED_TENSORS = 10_000;
const memoryScript = fileURLToPath(new URL("../memory.mjs", import.meta.url));

/** Opens each archive with `openOnce` and with its peers: { name, results: [{ name, min, median, rounds, mebibytes }] }. */
export async function measureArchives({ bundle, openOnce }, torch, { folder, seconds }) {
  const measured = [];
  for (const { name, path, peers } of await makeArchives(folder, torch)) {
    const ours = { name: "Unroll", ...inThisProcess(openOnce, pathToFileURL(bundle).href, path) };
    const contenders = [ours, ...peers];
    const times = await interleave(contenders, seconds);
    const results = [];
    for (const [index, contender] of contenders.entries()) {
      const mebibytes = await contender.memory();
      results.push({ name: contender.name, ...times[index], mebibytes });
    }
    measured.push({ name, results });
  }
  return measured;
}

/** Writes the files; without PyTorch there is no .pt. */
async function makeArchives(folder, torch) {
  const safetensors = join(folder, "sparse.safetensors");
  writeSparse(safetensors);
  const name = `safetensors, 2 GB, ${TENSORS} tensors`;
  if (torch === undefined) return [{ name, path: safetensors, peers: [] }];
  const path = join(folder, "many.pt");
  await torch.ask({ do: "save", path, count: PICKLED_TENSORS });
  const { mmap } = await torch.ask({ do: "load", path, repeats: 1 });
  const load = inPython(torch, { do: "load", path, repeats: 1 });
  const pickle = await pickleparser(path);
  return [
    { name, path: safetensors, peers: await safetensorsPeers(torch, safetensors) },
    {
      name: `.pt, ${PICKLED_TENSORS} tensors`,
      path,
      peers: [
        { name: `${torch.name}, torch.load${mmap ? " (mmap)" : ""}`, ...load },
        ...(pickle === null ? [] : [pickle]),
      ],
    },
  ];
}

async function safetensorsPeers(torch, path) {
  const request = { do: "list", path, repeats: 1 };
  try {
    await torch.ask(request);
  } catch (error) {
    console.log(`safetensors of Python: ${error.message}`);
    return [];
  }
  return [{ name: "safetensors (Python)", ...inPython(torch, request) }];
}

/** A request of an engine that is running; its memory is that of a fresh one. */
function inPython(engine, request) {
  return {
    time: async () => (await engine.ask(request)).ms,
    memory: async () => {
      const { id, threads, command, name } = engine;
      const fresh = new EngineProcess({ id, threads, command, name });
      try {
        const before = (await fresh.ask({ do: "memory" })).peakMiB;
        await fresh.ask(request);
        return (await fresh.ask({ do: "memory" })).peakMiB - before;
      } finally {
        fresh.close();
      }
    },
  };
}

/** A function of a module, `module` its URL, called with the archive. */
function inThisProcess(openOnce, module, path) {
  return {
    time: async () => {
      const start = performance.now();
      await openOnce(path);
      return [performance.now() - start];
    },
    memory: () =>
      Number(execFileSync(process.execPath, [memoryScript, module, path], { encoding: "utf8" })),
  };
}

/** The pickle parser of npm, on the data.pkl of the archive alone: it knows no zip. null where it is not installed. */
async function pickleparser(path) {
  const url = new URL("../engines/pickleparser.mjs", import.meta.url).href;
  try {
    const { openOnce } = await import(url);
    await openOnce(path);
    return { name: "pickleparser (its data.pkl only)", ...inThisProcess(openOnce, url, path) };
  } catch (error) {
    console.log(`pickleparser: ${error.message}`);
    return null;
  }
}

function writeSparse(path) {
  const { head, dataLength } = safetensorsHeader(
    Array.from({ length: TENSORS }, (_, index) => ({
      name: `layers.${index}.weight`,
      shape: [500, 500],
    })),
  );
  const file = openSync(path, "w");
  writeSync(file, head);
  ftruncateSync(file, head.length + dataLength);
  closeSync(file);
}
