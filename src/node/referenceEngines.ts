/**
 * The engines of references that this machine has.
 */
import type { CreateReferenceEngine } from "../reference/engine";
import { createOnnxEngine } from "../reference/onnx/engine";
import { createOnnxRuntime } from "./onnxRuntime";
import { PythonEngine, servingScript } from "./python/engine";

/** Engines whose threads and processes start when they are first used; each is made once by its owner. */
export const createReferenceEngine: CreateReferenceEngine = (id, onOutput) =>
  id === "onnxruntime"
    ? createOnnxEngine(createOnnxRuntime())
    : new PythonEngine(id, {
        script: servingScript(__dirname),
        ...(onOutput === undefined ? {} : { onOutput }),
      });
