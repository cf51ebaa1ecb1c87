/**
 * The run of one panel: its worker thread, its last good result and the latest problem.
 */
import { firstRequests } from "../../drawing/run/requests/firstRequests";
import type { EarlyAnswer, RunView, ViewRequests } from "../../protocol/run/messages";
import type { Handlers } from "../../protocol/rpc";
import type { freshAnswers, WorkerEvents, WorkerRequests } from "../../protocol/run/workerMessages";
import type { EngineChoice } from "../../reference/engine";
import type { RunSpec } from "../../run/spec/spec";
import { text, type Text } from "../../core/text";
import type { SpareThread } from "../../node/spareThread";
import { WorkerClient } from "../../node/workerClient";
import { readBytes } from "../workspace/readBytes";
import { problemOf, type Report } from "../base/report";
import { maxTraceBytes } from "../workspace/settings";

/** What a runner tells its panel. */
export interface RunnerEvents {
  /** The view is another one, or the last word again. `answers` are to questions that its page is going to ask. */
  readonly changed: (answers: readonly EarlyAnswer[]) => void;
  readonly progress: (progress: WorkerEvents["run/progress"]) => void;
  readonly problem: (problem: Text) => void;
  /** A comparison with engines goes on. */
  readonly compared: (progress: WorkerEvents["compare/progress"]) => void;
}

export class Runner {
  readonly #threads: SpareThread;
  readonly #report: Report;
  readonly #events: RunnerEvents;
  #worker: WorkerClient | undefined;
  #revision = 0;
  #view: RunView | null = null;
  #problem: Text | null = null;
  #disposed = false;
  /** The run that was started last, and the last one that is known to have ended. */
  #latest: Promise<boolean> | undefined;
  #settled: Promise<boolean> | undefined;

  /** `threads` are those of the bundled worker. */
  constructor(threads: SpareThread, report: Report, events: RunnerEvents) {
    this.#threads = threads;
    this.#report = report;
    this.#events = events;
  }

  /** The last run that could be made. */
  get view(): RunView | null {
    return this.#view;
  }

  /** Why a later run could not be made; null when the view is the last word. */
  get problem(): Text | null {
    return this.#problem;
  }

  /**
   * Runs `spec` in place of whatever is running, shown under the mistakes of these ids. A failure becomes `problem` and leaves the view.
   * Returns, once nothing runs any more, true when this run was made.
   */
  async run(
    spec: RunSpec,
    runFile: string | null,
    under: readonly string[] = [],
  ): Promise<boolean> {
    const run = this.#start(spec, runFile, under);
    this.#latest = run;
    const made = await run;
    // A later run took its place: who waits for this one wants to see that one's result.
    while (!made && this.#settled !== this.#latest) {
      const latest = this.#latest;
      await latest;
      this.#settled = latest;
    }
    return made;
  }

  /**
   * Compares the run on screen with engines and shows what comes of it, unless another run has been started.
   * @throws what the comparison throws.
   */
  async compare(choices: readonly EngineChoice[], spec: RunSpec): Promise<void> {
    const revision = ++this.#revision;
    const view = await this.#ensureWorker().compare({ choices, revision });
    const answers = await this.#firstAnswers(view);
    if (revision === this.#revision && !this.#disposed) this.showView({ ...view, spec }, answers);
  }

  /** Stops the run under way, if there is one; the last view stays. */
  cancel(): void {
    void this.#worker?.stop(this.#revision);
  }

  /** Asks for values of the view. */
  request<Method extends keyof WorkerRequests>(
    method: Method,
    params: WorkerRequests[Method]["params"],
  ): Promise<WorkerRequests[Method]["result"]> {
    return this.#ensureWorker().request(method, params);
  }

  /** Replaces the view, after a run or because its labels changed. */
  showView(view: RunView, answers: readonly EarlyAnswer[] = []): void {
    this.#view = view;
    this.#events.changed(answers);
  }

  /** Reports what kept a run from being started. */
  showProblem(error: unknown): void {
    this.#problem = this.#report.record(error);
    this.#events.problem(this.#problem);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#worker?.dispose();
  }

  async #start(spec: RunSpec, runFile: string | null, under: readonly string[]): Promise<boolean> {
    const revision = ++this.#revision;
    this.#events.progress({ fraction: 0, activity: text("Reading files") });
    await this.#worker?.stop(revision - 1);
    if (revision !== this.#revision || this.#disposed) return false;
    try {
      const view = await this.#ensureWorker().run({
        spec,
        revision,
        runFile,
        maxTraceBytes: maxTraceBytes(),
        under,
      });
      const answers = await this.#firstAnswers(view);
      if (revision !== this.#revision) return false;
      this.#problem = null;
      this.showView(view, answers);
      return true;
    } catch (error) {
      if (revision === this.#revision) this.#fail(error);
      return false;
    }
  }

  /** What a page asks for first. One that has no answer is left to the page, which then shows why. */
  async #firstAnswers(view: RunView): Promise<readonly EarlyAnswer[]> {
    const asked = firstRequests(view).map(async ({ method, params }) => {
      const result = await this.request(method, params);
      return { method, params, result };
    });
    const settled = await Promise.allSettled(asked);
    return settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  }

  #fail(error: unknown): void {
    if (this.#disposed) return;
    if (problemOf(error).tag !== "cancelled") {
      this.showProblem(error);
    } else if (this.#view === null) {
      this.#problem = text("The run was cancelled before its first result; run it again");
      this.#events.problem(this.#problem);
    } else {
      this.#events.changed([]);
    }
  }

  /** A worker that died is replaced by the next request. */
  #ensureWorker(): WorkerClient {
    if (this.#worker?.alive === true) return this.#worker;
    this.#worker = new WorkerClient({
      script: this.#threads.script,
      thread: this.#threads.take(),
      readBytes,
      onProgress: this.#events.progress,
      onCompare: this.#events.compared,
      onOutput: (output) => {
        this.#report.log(output);
      },
      onDeath: (error) => {
        this.showProblem(error);
      },
    });
    return this.#worker;
  }
}

/** Answers with values of the view: what the page asks is what the worker of `runner` is asked. */
export function valueHandlers(
  runner: Pick<Runner, "request">,
): Pick<
  Handlers<ViewRequests>,
  | (typeof freshAnswers)[number]
  | "units/order"
  | "divergence/find"
  | "numbers/read"
  | "gradients/stop"
  | "logit/explain"
> {
  return {
    "lane/window": (request) => runner.request("lane/window", request),
    "units/order": (request) => runner.request("units/order", request),
    "finalStates/read": (request) => runner.request("finalStates/read", request),
    "timeline/read": (request) => runner.request("timeline/read", request),
    "divergence/find": (request) => runner.request("divergence/find", request),
    "residuals/read": (request) => runner.request("residuals/read", request),
    "numbers/read": (request) => runner.request("numbers/read", request),
    "run/gradients": (request) => runner.request("run/gradients", request),
    "gradients/stop": () => runner.request("gradients/stop", null),
    "unit/explain": (place) => runner.request("unit/explain", place),
    "logit/explain": (place) => runner.request("logit/explain", place),
  };
}
