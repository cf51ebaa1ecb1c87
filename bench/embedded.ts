/** Opens a run in the worker that is shipped, and has it compared with the embedded ONNX Runtime, both timed. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { defaultTraceBytes } from "../src/engine/base/traceMemory";
import { WorkerClient } from "../src/node/workerClient";
import { mapFiles, type RunSpec } from "../src/run/spec/spec";

interface TimedEmbedded {
  /** From the request of a worker that is not there yet to what the first picture is drawn of. */
  readonly opened: number;
  /** From the same moment to the embedded verdict. */
  readonly verdict: number;
  /** Whether every result agrees. */
  readonly agrees: boolean;
}

/** `script` is the path of the built worker. The references of the run file are left out. */
export async function timeEmbedded(runFile: string, script: string): Promise<TimedEmbedded> {
  const spec = JSON.parse(readFileSync(runFile, "utf8")) as RunSpec;
  const located = mapFiles(spec, (file) => join(dirname(runFile), file));
  const alone: RunSpec = { ...located, reference: {} };
  const started = performance.now();
  const worker = new WorkerClient({
    script,
    readBytes: () => Promise.reject(new Error("every file is on this computer")),
    onDeath: (error) => {
      throw error;
    },
  });
  try {
    await worker.run({ spec: alone, revision: 1, runFile, maxTraceBytes: defaultTraceBytes });
    const opened = performance.now() - started;
    const choices = [{ id: "onnxruntime" }] as const;
    const { verdicts } = await worker.compare({ choices, revision: 2 });
    const verdict = performance.now() - started;
    const agrees =
      verdicts.length > 0 &&
      verdicts.every((one) => one.verdict === "equal" || one.verdict === "rounding");
    return { opened, verdict, agrees };
  } finally {
    await worker.dispose();
  }
}
