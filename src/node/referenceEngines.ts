/**
 * The engines of references that this machine has.
 */
import type { CreateReferenceEngine } from "../reference/engine";
import { createOnnxEngine } from "../reference/onnx/engine";
import { createOnnxRuntime } from "./onnxRuntime";

/** Engines whose threads start when they are first used; each is made once by its owner. */
export const createReferenceEngine: CreateReferenceEngine = (id) =>
  id === "onnxruntime" ? createOnnxEngine(createOnnxRuntime()) : null;
