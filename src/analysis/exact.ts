/**
 * What a float64 run of the same network shows about a float32 run and its reference.
 */
import type { RunControl } from "../core/control";
import type { ForwardInput } from "../engine/base/engine";
import type { StepBlock } from "../engine/base/plan";
import type { ForwardTrace, LanePlace, StateName } from "../engine/base/trace";
import { directionsOf } from "../model/directions";
import { text } from "../core/text";
import { largerOrNaN } from "../core/numeric";
import { largestDistance } from "./compare";
import { NoiseMeter, type Noise } from "./noise";
import { stepSpans, type StepValues } from "./steps";

/** A run, and the float64 run of the same network. They are one trace where the run itself is in float64. */
export interface BothTraces {
  readonly own: ForwardTrace;
  readonly exact: ForwardTrace;
}

export interface ExactNumbers {
  /** null where the run itself is in float64. */
  readonly noise: Noise | null;
  /** Largest |reference − float64 run| over the output; null without a reference. */
  readonly outputError: number | null;
}

/** The traces and references to read. */
interface LaneStates {
  readonly stateName: StateName;
  readonly lane: LanePlace;
}

/**
 * Measures the noise of a run, and the error of its reference: the output's, by direction; null when there is none.
 * @throws CancelledError when `control` says so.
 */
export function measureExact(
  run: ForwardInput,
  traces: BothTraces,
  output: readonly StepValues[] | null,
  control: RunControl,
): ExactNumbers {
  const { own, exact } = traces;
  const meter = own === exact ? null : new NoiseMeter(run);
  let outputError = 0;
  const take = (place: LaneStates, span: StepBlock, check: () => void): void => {
    const { stateName, lane } = place;
    const values = exact.read(stateName, lane, span.from, span.to, check);
    meter?.add(place, span, own.read(stateName, lane, span.from, span.to, check), values);
    const reference = isOutput(run, place) ? output?.[lane.directionIndex] : undefined;
    if (reference === undefined) return;
    const distance = largestDistance(reference.read(span.from, span.to), values);
    outputError = largerOrNaN(outputError, distance);
  };
  const places = placesOf(run).filter((place) => meter !== null || isOutput(run, place));
  const activity = meter === null ? text("Comparing") : text("Measuring the rounding noise");
  const check = (): void => {
    control.check();
  };
  for (const span of spansOf(traces)) {
    places.forEach((place, index) => {
      take(place, span, check);
      const done = span.from + ((index + 1) / places.length) * (span.to - span.from);
      control.report(done / run.seqLength, activity);
      check();
    });
  }
  return { noise: meter?.finish() ?? null, outputError: output === null ? null : outputError };
}

/** Every h and c of the network, a layer's before the next one's. */
function placesOf({ config }: ForwardInput): LaneStates[] {
  const stateNames: readonly StateName[] = config.cell === "LSTM" ? ["h", "c"] : ["h"];
  return Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).flatMap((__, directionIndex) =>
      stateNames.map((stateName) => ({ stateName, lane: { layer, directionIndex } })),
    ),
  ).flat();
}

function isOutput({ config }: ForwardInput, { stateName, lane }: LaneStates): boolean {
  return stateName === "h" && lane.layer === config.numLayers - 1;
}

/** Spans within the blocks of the trace whose blocks are shorter, so that each trace computes a block only once. */
function spansOf({ own, exact }: BothTraces): Generator<StepBlock> {
  const blockSteps = Math.min(own.blockSteps, exact.blockSteps);
  const perStep = exact.batchSize * Math.max(exact.stateSize, exact.cellSize);
  return stepSpans({ from: 0, to: exact.seqLength }, blockSteps, perStep);
}
