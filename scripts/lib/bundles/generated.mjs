/** What is made from other sources before anything is compiled: the kernels' binaries and the HDF5 library. */
import { ensureHdf5Library } from "./hdf5.mjs";
import { ensureKernel } from "./kernel.mjs";

/** Writes the files `*.generated.ts` that are missing or older than what they are made from. */
export async function ensureGenerated() {
  ensureHdf5Library();
  await ensureKernel();
}
