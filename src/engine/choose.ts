/**
 * Chooses the engine of a network: the kernels where they support it, otherwise the readable path.
 */
import type { ForwardEngine, Network } from "./base/engine";
import { createReadableEngine } from "./readable/readable";
import { createWasmEngine, type WasmOptions } from "./wasm/wasm";

/** The fastest engine that runs a network. */
export function chooseEngine(network: Network, options: WasmOptions = {}): ForwardEngine {
  return createWasmEngine(network, options) ?? createReadableEngine(network);
}
