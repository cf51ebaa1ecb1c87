/**
 * The diagnosis of one panel's run, in a thread of its own: the panel's run is looked at meanwhile.
 */
import type { DiagnosisView } from "../../protocol/run/diagnosisMessages";
import type { WorkerEvents } from "../../protocol/run/workerMessages";
import { WorkerClient } from "../../node/workerClient";
import type { EngineChoice } from "../../reference/engine";
import type { RunSpec } from "../../run/spec/spec";
import { readBytes } from "../workspace/readBytes";

/** Holds the diagnosis of the run on screen until that run is another one, and the thread that makes it. */
export class Diagnoser {
  readonly #script: string;
  readonly #onProgress: (progress: WorkerEvents["run/progress"]) => void;
  #worker: WorkerClient | undefined;
  #diagnosis: Promise<DiagnosisView> | undefined;

  /** `script` is the path of the bundled worker. */
  constructor(script: string, onProgress: (progress: WorkerEvents["run/progress"]) => void) {
    this.#script = script;
    this.#onProgress = onProgress;
  }

  /** Of the run on screen, made once. One that failed or was cancelled is made again when it is asked for again. */
  diagnose(spec: RunSpec, choices: readonly EngineChoice[]): Promise<DiagnosisView> {
    if (this.#diagnosis !== undefined) return this.#diagnosis;
    const diagnosis = this.#ensureWorker().request("run/diagnose", { spec, choices });
    this.#diagnosis = diagnosis;
    diagnosis.catch(() => {
      if (this.#diagnosis === diagnosis) this.#diagnosis = undefined;
    });
    return diagnosis;
  }

  /** The run on screen is to be another one. */
  forget(): void {
    this.cancel();
    this.#diagnosis = undefined;
  }

  /** Stops a diagnosis that is under way. */
  cancel(): void {
    this.#worker?.cancel(0);
  }

  async dispose(): Promise<void> {
    await this.#worker?.dispose();
  }

  /** A thread that died is replaced by the next question. */
  #ensureWorker(): WorkerClient {
    if (this.#worker?.alive === true) return this.#worker;
    this.#worker = new WorkerClient({
      script: this.#script,
      readBytes,
      onProgress: this.#onProgress,
    });
    return this.#worker;
  }
}
