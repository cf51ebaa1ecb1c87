/**
 * Lanes that a reference does not have, beside the run under a finding: what the mistake does there.
 */
import type { Lane, LanePart } from "../../analysis/lanes";
import { traceSteps } from "../../analysis/steps";
import type { RunControl } from "../../core/control";
import { forward, type ForwardOptions } from "../../engine/forward";
import type { ForwardTrace, StateName } from "../../engine/base/trace";
import { directionIndexOf } from "../../model/directions";
import type { RunResult } from "../../run/execute";
import { prepareRun } from "../../run/inputs";

/** How the run under a finding is computed. */
type Means = Pick<ForwardOptions, "createEngine" | "maxTraceBytes">;

/** Keeps the states under the finding that was asked for last. */
export class LanesUnder {
  readonly #run: RunResult;
  readonly #means: Means;
  #key = "";
  #trace: Promise<ForwardTrace> | null = null;

  constructor(run: RunResult, means: Means) {
    this.#run = run;
    this.#means = means;
  }

  /**
   * A lane of a layer whose reference are the states under the mistakes of `ids`.
   * @throws NotFoundError, UnsupportedError when they cannot be applied; LimitError, CancelledError.
   */
  async lane(lane: Lane, ids: readonly string[], control: RunControl): Promise<Lane> {
    const { layer, direction } = lane;
    if (layer === null || direction === null) return lane;
    const trace = await this.#traceUnder(ids, control);
    const { config } = this.#run.forwardInput;
    const place = { layer, directionIndex: directionIndexOf(config, direction) };
    const beside = (part: LanePart, stateName: StateName): LanePart => ({
      ...part,
      reference: traceSteps(trace, stateName, place),
    });
    return {
      ...lane,
      parts: lane.parts.map((part) => beside(part, "h")),
      cell: lane.cell && beside(lane.cell, "c"),
    };
  }

  /** Frees the memory; nothing may be read afterwards. */
  dispose(): void {
    const trace = this.#trace;
    this.#trace = null;
    this.#key = "";
    // Of a run that failed there is nothing to be freed.
    trace?.then(
      (one) => {
        one.dispose();
      },
      () => undefined,
    );
  }

  #traceUnder(ids: readonly string[], control: RunControl): Promise<ForwardTrace> {
    const key = ids.join(" ");
    if (this.#trace !== null && key === this.#key) return this.#trace;
    this.dispose();
    this.#key = key;
    const trace = this.#compute(ids, control);
    this.#trace = trace;
    // What was cancelled is computed again when it is asked for again.
    trace.catch(() => {
      if (this.#trace === trace) this.#trace = null;
    });
    return trace;
  }

  async #compute(ids: readonly string[], control: RunControl): Promise<ForwardTrace> {
    const { applied } = await import("../../diagnosis/doctor");
    const { inputs } = this.#run;
    const means = { ...this.#means, control };
    const { run, traces } = applied(inputs, ids, means)(prepareRun(inputs));
    if (traces === null) return forward(run, means);
    if (traces.exact !== traces.own) traces.exact.dispose();
    return traces.own;
  }
}
