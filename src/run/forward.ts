/**
 * The first stage of a run: the states, by any engine, for any span of steps.
 */
import type { BothTraces } from "../analysis/exact";
import { controlOfPart, type RunControl } from "../core/control";
import type { ForwardInput, StateArray } from "../engine/base/engine";
import type { StepBlock } from "../engine/base/plan";
import type { ForwardTrace } from "../engine/base/trace";
import { assertMemory, defaultTraceBytes } from "../engine/base/traceMemory";
import { forward, type ForwardOptions } from "../engine/forward";
import { numDirections } from "../model/config";
import { hasReverse } from "../model/directions";
import type { PreparedRun } from "./inputs";
import { sequenceLength } from "../model/sequence";

export { forward, forwardUntil, type ForwardOptions } from "../engine/forward";

/** The states that lanes start with: (L·D, B, P) and (L·D, B, H); null for zeros. */
export interface StartStates {
  readonly h0: StateArray | null;
  readonly c0: StateArray | null;
}

/**
 * A run of some of its steps alone. Every lane starts with `start`: a forward one before the first of the steps, a
 * reverse one behind the last.
 */
export function runOfSteps(
  { run, sizes }: PreparedRun,
  { from, to }: StepBlock,
  start: StartStates,
): PreparedRun {
  const { input, seqLength, lengths } = run;
  const size = input.length / seqLength;
  const steps = to - from;
  return {
    run: {
      ...run,
      ...start,
      input: input.subarray(from * size, to * size),
      seqLength: steps,
      lengths: lengths?.map((length) => Math.min(steps, Math.max(0, length - from))) ?? null,
    },
    sizes: { ...sizes, seqLength: steps },
  };
}

/**
 * The states before a step, from which the steps after it can be run alone. The trace has all states.
 * @throws RangeError for a network with a reverse direction, whose states there come from later steps.
 */
export function statesBefore(run: ForwardInput, trace: ForwardTrace, step: number): StartStates {
  if (hasReverse(run.config)) throw new RangeError("a reverse direction has its start at the end");
  if (step === 0) return { h0: run.h0, c0: run.c0 };
  const joined = (stateName: "h" | "c", final: StateArray): StateArray => {
    const states = final.slice();
    const size = final.length / run.config.numLayers;
    const rowSize = size / run.batchSize;
    for (let layer = 0; layer < run.config.numLayers; layer++) {
      for (let batch = 0; batch < run.batchSize; batch++) {
        // A sequence that has ended keeps its last state.
        if (sequenceLength(run, batch) < step) continue;
        const at = trace.read(stateName, { layer, directionIndex: 0 }, step - 1, step);
        const row = at.subarray(batch * rowSize, (batch + 1) * rowSize);
        states.set(row, layer * size + batch * rowSize);
      }
    }
    return states;
  };
  return { h0: joined("h", trace.hn), c0: trace.cn === null ? null : joined("c", trace.cn) };
}

/** How a run is computed. */
export interface RunMeans extends Pick<ForwardOptions, "createEngine"> {
  readonly control: RunControl;
  /** Bytes that the states of a run may take, the float64 run's included; `defaultTraceBytes` when not given. */
  readonly maxTraceBytes?: number;
}

/**
 * The run, and the float64 run of the same network if results are compared: the same trace when the run itself is in
 * float64, null without a comparison. Each trace gets its share of the memory. The caller owns the traces.
 * @throws LimitError, UnsupportedError, CancelledError.
 */
export function forwardBoth(
  run: ForwardInput,
  isJudged: boolean,
  means: RunMeans,
): { readonly own: ForwardTrace; readonly exact: ForwardTrace | null } {
  const { control, maxTraceBytes = defaultTraceBytes, createEngine } = means;
  const options = createEngine === undefined ? {} : { createEngine };
  if (run.precision === "f64" || !isJudged) {
    const own = forward(run, { ...options, control, maxTraceBytes });
    return { own, exact: isJudged ? own : null };
  }
  assertNoise(run, maxTraceBytes);
  const half = { ...options, maxTraceBytes: maxTraceBytes / 2, memoryShare: 1 / 2 };
  const own = forward(run, { ...half, control: controlOfPart(control, 0, 1 / 2) });
  try {
    const part = controlOfPart(control, 1 / 2, 1);
    return { own, exact: forward({ ...run, precision: "f64" }, { ...half, control: part }) };
  } catch (error) {
    own.dispose();
    throw error;
  }
}

/** Disposes the traces of `forwardBoth`, except the run's own. */
export function disposeExact({
  own,
  exact,
}: {
  own: ForwardTrace;
  exact: BothTraces["exact"] | null;
}): void {
  if (exact !== own) exact?.dispose();
}

/** @throws LimitError when what the rounding noise of each row is measured into does not fit. */
function assertNoise({ config, seqLength, batchSize }: ForwardInput, limit: number): void {
  const quantities = config.cell === "LSTM" ? 2 : 1;
  const rows = quantities * seqLength * batchSize * config.numLayers * numDirections(config);
  const bytes = rows * Float64Array.BYTES_PER_ELEMENT;
  assertMemory(config, { of: "noise-megabytes" }, { bytes, limit });
}
