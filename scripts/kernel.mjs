/** Compiles src/engine/wasm/kernel (AssemblyScript) when it has changed: node scripts/kernel.mjs */
import { ensureKernel } from "./lib/bundles/kernel.mjs";

await ensureKernel();
