/**
 * Makes cases of one panel's run, each in a thread of its own: the panel works meanwhile.
 */
import type { Progress } from "../../core/control";
import type { MadeProbe, ProbeRequest } from "../../diagnosis/probe/probeFiles";
import type { MadeReduction } from "../../diagnosis/reduce/reducedFiles";
import type { RecorderQuestion, RecorderScript } from "../../reference/recorder/frameworks";
import type { RunSpec } from "../../run/spec/spec";
import type { WorkerRequests } from "../../protocol/run/workerMessages";
import { WorkerClient } from "../../node/workerClient";
import type { CancellableWork } from "../base/surfaces";
import { readBytes } from "../workspace/readBytes";

type CaseMethod = "run/probe" | "run/reduce" | "run/recorder";

/** Holds the threads of the cases that are under way. */
export class CaseMaker {
  readonly #script: string;
  readonly #spec: () => RunSpec;
  readonly #workers = new Set<WorkerClient>();

  /** `script` is the path of the bundled worker, `spec` the run of the panel. */
  constructor(script: string, spec: () => RunSpec) {
    this.#script = script;
    this.#spec = spec;
  }

  /** A better test of the module of the run. */
  probe(
    request: ProbeRequest,
    onProgress: (progress: Progress) => void,
  ): CancellableWork<MadeProbe> {
    return this.#start("run/probe", { spec: this.#spec(), request }, onProgress);
  }

  /** The smallest case that shows the mistake of the run; null where none is known. */
  reduce(onProgress: (progress: Progress) => void): CancellableWork<MadeReduction | null> {
    return this.#start("run/reduce", { spec: this.#spec() }, onProgress);
  }

  /** The script that records a reference of the run's module. */
  recorder(question: RecorderQuestion): Promise<RecorderScript> {
    return this.#start("run/recorder", { spec: this.#spec(), question }, () => undefined).made;
  }

  /** Tells progress until the case is made. One that is cancelled ends with its thread. */
  #start<Method extends CaseMethod>(
    method: Method,
    params: WorkerRequests[Method]["params"],
    onProgress: (progress: Progress) => void,
  ): CancellableWork<WorkerRequests[Method]["result"]> {
    const worker = new WorkerClient({ script: this.#script, readBytes, onProgress });
    this.#workers.add(worker);
    const end = (): void => {
      this.#workers.delete(worker);
      void worker.dispose();
    };
    return { made: worker.request(method, params).finally(end), cancel: end };
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.dispose()));
  }
}
