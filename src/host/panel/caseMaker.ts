/**
 * Makes cases of one panel's run, each in a thread of its own: the panel works meanwhile.
 */
import type { Progress } from "../../core/control";
import type { WorkerRequests } from "../../protocol/run/workerMessages";
import { WorkerClient } from "../../node/workerClient";
import type { CancellableWork } from "../base/surfaces";
import { readBytes } from "../workspace/readBytes";

type CaseMethod = "run/probe" | "run/reduce" | "run/recorder";

/** Holds the threads of the cases that are under way. */
export class CaseMaker {
  readonly #script: string;
  readonly #workers = new Set<WorkerClient>();

  /** `script` is the path of the bundled worker. */
  constructor(script: string) {
    this.#script = script;
  }

  /** Tells progress until the case is made. One that is cancelled ends with its thread. */
  start<Method extends CaseMethod>(
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
