/** Unroll: node unroll.mjs BUNDLE-URL THREADS. Packs weights too. */
import { writeFileSync } from "node:fs";
import { serve } from "../lib/serve.mjs";
import { readValues } from "../lib/values.mjs";

const [bundle] = process.argv.slice(2);
const ours = await import(bundle);

await serve({
  name: "Unroll",
  prepare: (manifest, options) => ours.prepare(manifest, readValues(manifest), options),
  reference: async ({ manifest, path }) => {
    const precision = "f64";
    const network = await ours.prepare(manifest, readValues(manifest), { precision });
    writeFileSync(path, network.run());
    network.release();
    return {};
  },
  pack: async ({ manifest, times }) => ({
    ms: await ours.packingTimes(manifest, readValues(manifest), times),
  }),
});
