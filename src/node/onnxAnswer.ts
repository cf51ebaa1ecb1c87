/**
 * Runs models in ONNX Runtime, on the thread that asks: its binary is read when the first one is.
 */
import * as ort from "onnxruntime-web/wasm";
import type { OnnxData, OnnxJob, OnnxReply, OnnxTensor } from "../run/graph/runtime";

/** Fatal only: what goes wrong is said by errors, and nobody reads a console here. */
const SILENT = 4;

/** Gives the bytes of the binary. */
export type ReadBinary = () => Promise<Uint8Array>;

/** Reads the binary once. Nothing is ever fetched: without its bytes there is no runtime. */
async function load(readBinary: ReadBinary): Promise<void> {
  const { wasm } = ort.env;
  if (wasm.wasmBinary !== undefined) return;
  wasm.wasmBinary = await readBinary();
  // More threads would start workers of their own, of scripts that are not shipped.
  wasm.numThreads = 1;
  wasm.proxy = false;
  ort.env.logLevel = "fatal";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Loads a model, runs it once and lets it go; what goes wrong is a reply as well. */
export async function answer(
  { model, feeds, fetches, external = {} }: OnnxJob,
  readBinary: ReadBinary,
): Promise<OnnxReply> {
  try {
    await load(readBinary);
  } catch (error) {
    return { kind: "missing", message: messageOf(error) };
  }
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: ["wasm"],
      // The graph is run as it is written: an optimiser may round otherwise, and one run does not pay for it.
      graphOptimizationLevel: "disabled",
      logSeverityLevel: SILENT,
      externalData: Object.entries(external).map(([path, data]) => ({ path, data })),
    });
  } catch (error) {
    return { kind: "refused", at: "load", message: messageOf(error) };
  }
  try {
    const started = performance.now();
    const given = Object.entries(feeds).map(
      ([name, tensor]) =>
        [name, new ort.Tensor(tensor.type, tensor.data as never, tensor.dims)] as const,
    );
    const found = await session.run(Object.fromEntries(given), fetches ?? session.outputNames);
    const milliseconds = performance.now() - started;
    const outputs = Object.entries(found).flatMap(([name, value]) => {
      const tensor = crossing(value);
      return tensor === null ? [] : [[name, tensor] as const];
    });
    const version = ort.env.versions.web ?? ort.env.versions.common;
    return { kind: "outputs", outputs: Object.fromEntries(outputs), version, milliseconds };
  } catch (error) {
    return { kind: "refused", at: "run", message: messageOf(error) };
  } finally {
    await session.release();
  }
}

/** An output that can cross; null for texts, sequences and types that nothing here reads. */
function crossing({ type, data, dims }: ort.OnnxValue): OnnxTensor | null {
  const types: readonly string[] = ["float32", "float64", "int32", "int64", "uint8", "bool"];
  if (!types.includes(type)) return null;
  return { ...({ type, data } as unknown as OnnxData), dims };
}
