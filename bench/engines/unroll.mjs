/** Unroll: node unroll.mjs BUNDLE-URL THREADS. Packs weights too. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serve } from "../lib/serve.mjs";
import { readValues } from "../lib/values.mjs";

const [bundle, threadCount] = process.argv.slice(2);
const ours = await import(bundle);
const threads = ours.makeThreads(
  Number(threadCount),
  fileURLToPath(new URL("kernelThread.js", bundle)),
);

await serve({
  name: "Unroll",
  prepare: (manifest, options) => ours.prepare(manifest, readValues(manifest), threads, options),
  reference: async ({ manifest, path }) => {
    const precision = "f64";
    const network = await ours.prepare(manifest, readValues(manifest), threads, { precision });
    writeFileSync(path, network.run());
    network.release();
    return {};
  },
  pack: async ({ manifest, times }) => ({
    ms: await ours.packingTimes(manifest, readValues(manifest), times),
  }),
});
