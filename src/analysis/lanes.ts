/**
 * The lanes of a run: input, each direction of each layer, output; ours beside the reference, in one layout.
 *
 * A lane is one or more parts side by side along its units (the output of a bidirectional module has two). Each part
 * is time-major, (T, B, units).
 */
import type { ForwardInput, StateArray } from "../engine/engine";
import type { ForwardTrace } from "../engine/trace";
import { directionsOf, type Direction } from "../model/config";
import { zerosLike } from "../tensor/tensor";
import {
  allowedDifference,
  difference,
  isOutside,
  largestDistance,
  type ComparedRow,
  type Tolerance,
} from "./compare";
import { stepInProcessing, type Noise } from "./noise";

export interface LanePart {
  readonly units: number;
  readonly ours: StateArray;
  readonly reference: StateArray | null;
  /** Rounding allowance at t · B + batch; null when it was not measured. */
  readonly noise: Float64Array | null;
}

export interface Lane {
  readonly id: string;
  readonly layer: number | null;
  readonly direction: Direction | null;
  readonly units: number;
  readonly parts: readonly LanePart[];
}

/** What every reader of lanes needs to know about the run. */
export interface LaneContext {
  readonly seqLength: number;
  readonly batchSize: number;
  readonly lengths: readonly number[] | null;
  readonly tolerance: Tolerance;
}

/** The lanes from the bottom up. `referenceParts` are the output's directions, each (T, B, H). */
export function buildLanes(
  run: ForwardInput,
  trace: ForwardTrace,
  referenceParts: readonly StateArray[] | null,
  noise: Noise | null,
): Lane[] {
  const { config } = run;
  const units = trace.stateSize;
  const input = { units: config.inputSize, ours: run.input, reference: null, noise: null };
  const lanes: Lane[] = [
    { id: "input", layer: null, direction: null, units: config.inputSize, parts: [input] },
  ];
  for (let layer = 0; layer < config.numLayers; layer++) {
    directionsOf(config).forEach((direction, directionIndex) => {
      const isLast = layer === config.numLayers - 1;
      const part: LanePart = {
        units,
        ours: trace.read("h", { layer, directionIndex }, 0, run.seqLength),
        reference: isLast ? (referenceParts?.[directionIndex] ?? null) : null,
        noise: noise?.allowance[layer]![directionIndex] ?? null,
      };
      lanes.push({ id: `layer${layer}.${direction}`, layer, direction, units, parts: [part] });
    });
  }
  const last = lanes.slice(-directionsOf(config).length).flatMap(({ parts }) => parts);
  const outputUnits = units * last.length;
  lanes.push({ id: "output", layer: null, direction: null, units: outputUnits, parts: last });
  return lanes;
}

/** Splits a time-major reference output (T, B, D·H) into its directions, each (T, B, H). */
export function splitDirections(
  output: StateArray,
  directions: number,
  units: number,
): StateArray[] {
  if (directions === 1) return [output];
  const rows = output.length / (directions * units);
  return Array.from({ length: directions }, (_, directionIndex) => {
    const part = zerosLike(output, rows * units);
    for (let row = 0; row < rows; row++) {
      const from = (row * directions + directionIndex) * units;
      part.set(output.subarray(from, from + units), row * units);
    }
    return part;
  });
}

/** Joins directions, each (T, B, H), into (T, B, D·H): the inverse of `splitDirections`. */
export function joinDirections(directions: readonly StateArray[], units: number): StateArray {
  const [first] = directions;
  if (directions.length === 1) return first!;
  const rows = first!.length / units;
  const joined = zerosLike(first!, rows * units * directions.length);
  directions.forEach((states, directionIndex) => {
    for (let row = 0; row < rows; row++) {
      const from = states.subarray(row * units, (row + 1) * units);
      joined.set(from, (row * directions.length + directionIndex) * units);
    }
  });
  return joined;
}

/** The output against its reference: by direction, in processing order, batch by batch. */
export function* outputRows(
  layer: number,
  parts: readonly LanePart[],
  context: LaneContext,
): Generator<ComparedRow> {
  const { seqLength, batchSize, lengths } = context;
  for (const [directionIndex, part] of parts.entries()) {
    if (part.reference === null) continue;
    const { units, ours, reference, noise } = part;
    const direction: Direction = directionIndex === 0 ? "forward" : "reverse";
    for (let s = 0; s < seqLength; s++) {
      for (let batch = 0; batch < batchSize; batch++) {
        const step = stepInProcessing(direction, s, lengths?.[batch] ?? seqLength);
        const row = step * batchSize + batch;
        const offset = row * units;
        const place = { layer, direction, step, batch };
        const arrays = { ours, oursOffset: offset, reference, referenceOffset: offset };
        yield { ...place, units, ...arrays, noise: noise?.[row] ?? 0 };
      }
    }
  }
}

/** h_n against its reference: layer by layer, forward before reverse, batch by batch. */
export function* finalStateRows(
  run: ForwardInput,
  trace: ForwardTrace,
  reference: StateArray,
  noise: Noise | null,
): Generator<ComparedRow> {
  const { config, batchSize } = run;
  const units = trace.stateSize;
  let slot = 0;
  for (let layer = 0; layer < config.numLayers; layer++) {
    for (const direction of directionsOf(config)) {
      for (let batch = 0; batch < batchSize; batch++) {
        const step = lastStep(run, direction, batch);
        const allowance = slotAllowance(noise, run, slot, batch);
        const offset = (slot * batchSize + batch) * units;
        const place = { layer, direction, step, batch };
        const arrays = { ours: trace.hn, oursOffset: offset, reference, referenceOffset: offset };
        yield { ...place, units, ...arrays, noise: allowance };
      }
      slot++;
    }
  }
}

/** Rounding allowance of one sequence's h_n: that of its last processed step. `slot` is layer · D + direction. */
export function slotAllowance(
  noise: Noise | null,
  run: Pick<ForwardInput, "config" | "lengths" | "seqLength" | "batchSize">,
  slot: number,
  batch: number,
): number {
  if (noise === null) return 0;
  const directions = directionsOf(run.config);
  const directionIndex = slot % directions.length;
  const layer = (slot - directionIndex) / directions.length;
  const step = lastStep(run, directions[directionIndex]!, batch);
  return noise.allowance[layer]![directionIndex]![step * run.batchSize + batch]!;
}

/** Time index of the last processed step of a sequence. */
export function lastStep(
  run: Pick<ForwardInput, "lengths" | "seqLength">,
  direction: Direction,
  batch: number,
): number {
  return direction === "forward" ? (run.lengths?.[batch] ?? run.seqLength) - 1 : 0;
}

/** The module's output, the last of the lanes. */
export function outputLane(lanes: readonly Lane[]): Lane {
  return lanes.at(-1)!;
}

/**
 * Largest |reference − float64 run| over the output; null unless every direction has a reference.
 * `exact` are the float64 states of the last layer's directions.
 */
export function outputReferenceError(
  parts: readonly LanePart[],
  exact: readonly StateArray[],
): number | null {
  const errors = parts.map(({ reference }, index) =>
    reference === null ? null : largestDistance(reference, exact[index]!),
  );
  return errors.includes(null) ? null : Math.max(...errors.map(Number));
}

export interface LaneNumbers {
  readonly outside: number;
  readonly total: number;
  /** Smallest and largest finite value; [0, 0] when there is none. */
  readonly range: readonly [number, number];
  readonly deltaRange: readonly [number, number];
}

/** One pass over a lane: its ranges and the elements outside tolerance. */
export function measureLane(lane: Lane, context: LaneContext): LaneNumbers {
  const range = new FiniteRange();
  const deltaRange = new FiniteRange();
  let outside = 0;
  let total = 0;
  for (const { units, ours, reference, noise } of lane.parts) {
    total += ours.length;
    for (let k = 0; k < ours.length; k++) {
      range.add(ours[k]!);
      if (reference === null) continue;
      const delta = difference(ours[k]!, reference[k]!, context.tolerance.equalNan);
      deltaRange.add(delta);
      const allowance = noise?.[Math.floor(k / units)] ?? 0;
      if (isOutside(delta, allowedDifference(context.tolerance, reference[k]!, allowance)))
        outside++;
    }
  }
  return { outside, total, range: range.bounds(), deltaRange: deltaRange.bounds() };
}

class FiniteRange {
  #low = Infinity;
  #high = -Infinity;

  add(value: number): void {
    if (!Number.isFinite(value)) return;
    if (value < this.#low) this.#low = value;
    if (value > this.#high) this.#high = value;
  }

  bounds(): readonly [number, number] {
    return this.#low <= this.#high ? [this.#low, this.#high] : [0, 0];
  }
}
