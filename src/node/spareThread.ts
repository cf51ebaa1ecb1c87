/**
 * A worker thread that is started before it is needed, and has made a run before it is asked for one: a small run is
 * there some 120 ms sooner, and does not take the processor from the page that starts to show it.
 */
import { startThread, type StartedThread } from "./startedThread";

/** By then the run that was shown last is on screen: what is started for the next one does not hold it up. */
const REST_MS = 1000;

/** Holds at most one thread that rests, until it is taken or disposed. */
export class SpareThread {
  /** Path of the bundled worker. */
  readonly script: string;
  readonly #restMs: number;
  #spare: StartedThread | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(script: string, restMs = REST_MS) {
    this.script = script;
    this.#restMs = restMs;
  }

  /** True while a thread rests. */
  get isResting(): boolean {
    return this.#spare !== undefined;
  }

  /** The thread that rests, else a new one; it belongs to who takes it. */
  take(): StartedThread {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare ?? startThread(this.script);
  }

  /** Starts one in a while, unless one rests. */
  keep(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#start();
    }, this.#restMs);
    this.#timer.unref();
  }

  async dispose(): Promise<void> {
    clearTimeout(this.#timer);
    const spare = this.#spare;
    this.#spare = undefined;
    await spare?.worker.terminate();
  }

  #start(): void {
    if (this.#spare !== undefined) return;
    const spare = startThread(this.script, { rehearses: true });
    this.#spare = spare;
    const forget = (): void => {
      if (this.#spare === spare) this.#spare = undefined;
    };
    // A thread without a listener for its error would end the extension host.
    spare.worker.once("error", forget);
    spare.worker.once("exit", forget);
  }
}
