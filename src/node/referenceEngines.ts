/**
 * The engines of references that this machine has.
 */
import type { CreateReferenceEngine, ReferenceEngine } from "../reference/engine";
import { sharedOnnxRuntime } from "./onnxRuntime";

/** Engines whose code, threads and processes are loaded when they are first used; each is made once by its owner. */
export const createReferenceEngine: CreateReferenceEngine = (id, onOutput) =>
  id === "onnxruntime"
    ? lazily(id, loadOnnxEngine)
    : lazily(id, async () => {
        const { PythonEngine, servingScript } = await import("./python/engine");
        const output = onOutput === undefined ? {} : { onOutput };
        return new PythonEngine(id, { script: servingScript(__dirname), ...output });
      });

async function loadOnnxEngine(): Promise<ReferenceEngine> {
  const { createOnnxEngine } = await import("../reference/onnx/engine");
  return createOnnxEngine(sharedOnnxRuntime());
}

function lazily(id: ReferenceEngine["id"], load: () => Promise<ReferenceEngine>): ReferenceEngine {
  let engine: Promise<ReferenceEngine> | undefined;
  return {
    id,
    run: async (request, control) => {
      engine ??= load();
      return (await engine).run(request, control);
    },
    dispose: async () => {
      await (await engine)?.dispose();
    },
  };
}
