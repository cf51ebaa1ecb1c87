/**
 * What is to stop, told through memory that two threads share: work in a loop reads no messages.
 */
import { CancelledError } from "../core/errors";

/** Index of the newest revision whose run is to stop. */
const REVISION = 0;
/** Index of how often something was stopped. */
const COUNT = 1;

/** Each end makes one over the same `memory`; the one who starts the worker stops, the worker checks. */
export class Stops {
  readonly memory: SharedArrayBuffer;
  readonly #flags: Int32Array;

  constructor(memory = new SharedArrayBuffer(8)) {
    this.memory = memory;
    this.#flags = new Int32Array(memory);
  }

  /** Stops runs of `revision` and older, and work on what is open. */
  stopRuns(revision: number): void {
    Atomics.store(this.#flags, REVISION, revision);
    this.stopWork();
  }

  /** Stops work on what is open. */
  stopWork(): void {
    Atomics.add(this.#flags, COUNT, 1);
  }

  /** For the run of `revision`: throws CancelledError once it is to stop. */
  checkOfRun(revision: number): () => void {
    return () => {
      if (Atomics.load(this.#flags, REVISION) >= revision) throw new CancelledError();
    };
  }

  /**
   * For work that starts now on what is open: throws CancelledError once it is to stop. A stop counts even where the
   * revision that it names was stopped before.
   */
  checkOfWork(): () => void {
    const count = Atomics.load(this.#flags, COUNT);
    return () => {
      if (Atomics.load(this.#flags, COUNT) !== count) throw new CancelledError();
    };
  }
}
