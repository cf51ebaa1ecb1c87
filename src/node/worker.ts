/**
 * The worker thread of runs.
 */
import { parentPort, workerData } from "node:worker_threads";
import { chooseEngine } from "../engine/choose";
import { serveRuns } from "../worker/runs";
import { createKernelThreads } from "./kernelThreads";
import { createReferenceEngine } from "./referenceEngines";
import { encodePng } from "./png";
import { threadPlatform } from "./threadPlatform";
import type { WorkerStart } from "./threadPort";

const threads = createKernelThreads();

serveRuns({
  ...threadPlatform(parentPort, workerData),
  rehearses: (workerData as WorkerStart).rehearses === true,
  createEngine: (network) => chooseEngine(network, { threads }),
  createReferenceEngine,
  encodePng,
});
