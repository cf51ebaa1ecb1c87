/**
 * The losses whose gradients can be computed: their values, and the gradients that they start from.
 */
import { numDirections, stateSize, type RecurrentConfig } from "../../model/config";
import { text } from "../../core/text";
import { noControl, type RunControl } from "../../core/control";
import { inOneGo, type Parts } from "../../core/turns";
import type { ForwardInput } from "../base/engine";
import type { OutputGradient, OutputRows } from "./outputGradient";
import { lanePlaceOf } from "../recompute";
import type { ForwardTrace, Place, StateName } from "../base/trace";
import { sequenceLength } from "../../model/sequence";

/** A scalar of the run's own results. */
export type Loss =
  /** Σ output. */
  | { readonly kind: "sum" }
  /** Σ output·weights; weights time-major, (T, B, D·P). */
  | { readonly kind: "weighted"; readonly weights: Float64Array }
  /** Σ of output at the last step of each sequence. */
  | { readonly kind: "last" }
  /** One unit of one state. */
  | { readonly kind: "unit"; readonly place: Place; readonly stateName: StateName };

/** A loss of a run: its value, and the gradient that it begins with. */
export interface LossStart {
  readonly value: number;
  readonly arriving: OutputGradient;
}

/** Steps whose outputs are read together. */
const stepsPerRead = 512;

/**
 * Evaluates a loss on a float64 run.
 * @throws CancelledError when `control` says so.
 */
export function lossStart(
  run: ForwardInput,
  trace: ForwardTrace,
  loss: Loss,
  control: RunControl = noControl,
): LossStart {
  return inOneGo(lossParts(run, trace, loss, control));
}

/** As `lossStart`, in parts. @throws as `lossStart`. */
export function* lossParts(
  run: ForwardInput,
  trace: ForwardTrace,
  loss: Loss,
  control: RunControl,
): Parts<LossStart> {
  if (loss.kind === "unit") return unitStart(run.config, trace, loss);
  const factor = outputFactor(run, loss);
  const width = numDirections(run.config) * stateSize(run.config);
  const output = (from: number, to: number, into: Float64Array): void => {
    eachValidRow(run, from, to, (step, batch) => {
      const row = step * run.batchSize + batch;
      const offset = (row - from * run.batchSize) * width;
      for (let k = 0; k < width; k++) into[offset + k]! += factor(step, batch, row * width + k);
    });
  };
  const value = yield* weightedOutput(run, trace, output, control);
  return { value, arriving: { output, hn: null, cn: null } };
}

/** ∂L/∂ of one element of the output, by step, batch row and index in (T, B, D·P). */
function outputFactor(
  { lengths, seqLength }: ForwardInput,
  loss: Exclude<Loss, { kind: "unit" }>,
): (step: number, batch: number, index: number) => number {
  switch (loss.kind) {
    case "sum":
      return () => 1;
    case "weighted":
      return (_step, _batch, index) => loss.weights[index]!;
    case "last":
      return (step, batch) => (step === sequenceLength({ lengths, seqLength }, batch) - 1 ? 1 : 0);
  }
}

function unitStart(
  config: RecurrentConfig,
  trace: ForwardTrace,
  { place, stateName }: Extract<Loss, { kind: "unit" }>,
): LossStart {
  const { step, batch, unit } = place;
  const lane = lanePlaceOf(config, place);
  const features = stateName === "h" ? trace.stateSize : trace.cellSize;
  const value = trace.read(stateName, lane, step, step + 1)[batch * features + unit]!;
  const start = { ...lane, stateName, step, batch, unit, value: 1 };
  return { value, arriving: { output: null, hn: null, cn: null, units: [start] } };
}

/** Σ output ∘ its gradient: the value of a loss that is linear in the output. */
function* weightedOutput(
  run: ForwardInput,
  trace: ForwardTrace,
  gradient: OutputRows,
  control: RunControl,
): Parts<number> {
  const { config, batchSize, seqLength } = run;
  const [directions, units] = [numDirections(config), stateSize(config)];
  let sum = 0;
  for (let from = 0; from < seqLength; from += stepsPerRead) {
    const to = Math.min(seqLength, from + stepsPerRead);
    const factors = new Float64Array((to - from) * batchSize * directions * units);
    gradient(from, to, factors);
    control.check();
    control.report(to / seqLength, text("Evaluating the loss"));
    yield;
    // Blocks that the loss does not read need not be computed again.
    if (factors.every((factor) => factor === 0)) continue;
    for (let directionIndex = 0; directionIndex < directions; directionIndex++) {
      const states = trace.read("h", { layer: config.numLayers - 1, directionIndex }, from, to);
      eachValidRow(run, from, to, (step, batch) => {
        const row = (step - from) * batchSize + batch;
        const offset = (row * directions + directionIndex) * units;
        for (let unit = 0; unit < units; unit++) {
          sum += factors[offset + unit]! * states[row * units + unit]!;
        }
      });
    }
  }
  return sum;
}

/** Calls `visit` for every step of from…to that a sequence has. */
function eachValidRow(
  { batchSize, lengths }: ForwardInput,
  from: number,
  to: number,
  visit: (step: number, batch: number) => void,
): void {
  for (let batch = 0; batch < batchSize; batch++) {
    const end = Math.min(to, lengths?.[batch] ?? to);
    for (let step = from; step < end; step++) visit(step, batch);
  }
}
