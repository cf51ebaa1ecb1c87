/** Opening archives: a sparse 1 GiB .safetensors and a .pt of 1,000 tensors; time, and memory in a process of its own. */
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const TENSORS = 1024;
const TENSOR_BYTES = 2 ** 20;
const PICKLED_TENSORS = 1000;
const memoryScript = fileURLToPath(new URL("../memory.mjs", import.meta.url));

/** Writes the files; `torch` may be null, and there is no .pt then. */
export async function makeArchives(folder, torch) {
  const safetensors = join(folder, "sparse.safetensors");
  writeSparse(safetensors);
  const archives = [{ name: `safetensors, 1 GiB, ${TENSORS} tensors`, path: safetensors }];
  if (torch === null) return archives;
  const pickled = join(folder, "thousand.pt");
  await torch.ask({ do: "save", path: pickled, count: PICKLED_TENSORS });
  const peer = async () => (await torch.ask({ do: "load", path: pickled })).ms;
  const name = `.pt, ${PICKLED_TENSORS} tensors`;
  return [
    ...archives,
    { name, path: pickled, peer: { name: `${torch.name}, torch.load`, time: peer } },
  ];
}

function writeSparse(path) {
  const entries = Array.from({ length: TENSORS }, (_, index) => [
    `layers.${index}.weight`,
    {
      ...{ dtype: "F32", shape: [512, 512] },
      data_offsets: [index * TENSOR_BYTES, (index + 1) * TENSOR_BYTES],
    },
  ]);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = openSync(path, "w");
  writeSync(file, Buffer.concat([length, header]));
  ftruncateSync(file, 8 + header.length + TENSORS * TENSOR_BYTES);
  closeSync(file);
}

/** MiB that opening adds to the peak of a fresh process. */
export function peakMemory(bundle, path) {
  const argv = [memoryScript, pathToFileURL(bundle).href, path];
  return Number(execFileSync(process.execPath, argv, { encoding: "utf8" }));
}
