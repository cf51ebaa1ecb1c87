/**
 * The engines of references that this machine has.
 */
import type { CreateReferenceEngine, ReferenceEngine } from "../reference/engine";
import { createOnnxRuntime } from "./onnxRuntime";

/** Engines whose code and threads are loaded when they are first used; each is made once by its owner. */
export const createReferenceEngine: CreateReferenceEngine = (id) =>
  id === "onnxruntime" ? lazily(id, loadOnnxEngine) : null;

async function loadOnnxEngine(): Promise<ReferenceEngine> {
  const { createOnnxEngine } = await import("../reference/onnx/engine");
  return createOnnxEngine(createOnnxRuntime());
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
