/** The engines that tests run side by side: the readable path, and every build of the fast one that can run here. */
import { setFlagsFromString } from "node:v8";
import type { ForwardEngine, Network } from "../../../src/engine/base/engine";
import { createReadableEngine } from "../../../src/engine/readable/readable";
import { createWasmEngine } from "../../../src/engine/wasm/wasm";
import { kernelBinary, type KernelBinary } from "../../../src/engine/wasm/binary";

/** An engine by name. */
export interface EngineUnderTest {
  readonly name: string;
  /** null for a network that it does not compute. */
  create(network: Network): ForwardEngine | null;
}

// Node 20 knows relaxed SIMD and leaves it off, but the build for it is to be tested there too.
if (Number(process.versions.node.split(".")[0]) < 22) {
  setFlagsFromString("--experimental-wasm-relaxed-simd");
}

const readable: EngineUnderTest = { name: "readable", create: createReadableEngine };

function wasm(path: KernelBinary["path"]): EngineUnderTest[] {
  const binary = kernelBinary(path);
  if (binary === null) return [];
  return [{ name: path, create: (network) => createWasmEngine(network, { binary }) }];
}

/** Every engine that can run here, the readable one first. */
export const engines: readonly EngineUnderTest[] = [
  readable,
  ...wasm("simd"),
  ...wasm("relaxed-simd"),
];

/** The engine for a network; it must have one. */
export function engineFor(engine: EngineUnderTest): (network: Network) => ForwardEngine {
  return (network) => {
    const created = engine.create(network);
    if (created === null) throw new Error(`${engine.name} does not compute this network`);
    return created;
  };
}
