/**
 * The lanes of a run in one layout: input, each direction of each layer, output, and their references.
 *
 * A lane is one or more parts side by side along its units (the output of a bidirectional module has two). Each part
 * is time-major, (T, B, units).
 */
import type { ForwardInput, Precision, StateArray } from "../engine/base/engine";
import type { DirectionPlace, ForwardTrace, LanePlace, StateName } from "../engine/base/trace";
import { numDirections, stateSize, type Direction } from "../model/config";
import { directionsOf } from "../model/directions";
import { zerosLike } from "../tensor/tensor";
import { byStepOf, type ByStep } from "./byStep";
import { toleranceFor, type Tolerance } from "./compare";
import type { Noise } from "./noise";
import type { Residuals } from "./residuals";
import { arraySteps, columnSteps, traceSteps, type StepValues } from "./steps";
import { sequenceLength } from "../model/sequence";

export interface LanePart {
  readonly units: number;
  readonly ours: StepValues;
  readonly reference: StepValues | null;
  /** Rounding allowance at t · B + batch; null when it was not measured. */
  readonly noise: Float64Array | null;
  /** How rows are judged whose values say nothing; not given where there are none. */
  readonly byStep?: ByStep;
  /** The name of the result whose reference it is, by whose tolerance it is judged. */
  readonly of?: string;
}

/** What readers of a lane need, with the tolerance of a part. */
export function contextOf(context: LaneContext, name: string | undefined): LaneContext {
  const tolerance = toleranceFor(context.tolerance, name);
  return tolerance === context.tolerance ? context : { ...context, tolerance };
}

export interface Lane {
  readonly id: string;
  readonly layer: number | null;
  readonly direction: Direction | null;
  readonly units: number;
  /** Its h, or the values of the input. */
  readonly parts: readonly LanePart[];
  /** Its c, (T, B, H); null for lanes without one. */
  readonly cell: LanePart | null;
}

/** A lane as one of its states shows it; null where it has no c. */
export function laneOf(lane: Lane, stateName: StateName): Lane | null {
  if (stateName === "h") return lane;
  return lane.cell === null ? null : { ...lane, units: lane.cell.units, parts: [lane.cell] };
}

/** The data of a run that readers of lanes need. */
export interface LaneContext {
  readonly seqLength: number;
  readonly batchSize: number;
  readonly lengths: readonly number[] | null;
  readonly tolerance: Tolerance;
  /** Of the arithmetic, in whose units in the last place differences are counted. */
  readonly precision: Precision;
}

/** The directions of values like the output's, time-major (T, B, D·P), each (T, B, P). */
export function directionSteps(
  { config, batchSize }: Pick<ForwardInput, "config" | "batchSize">,
  values: StateArray,
): StepValues[] {
  const units = stateSize(config);
  const width = units * numDirections(config);
  return directionsOf(config).map((_, directionIndex) =>
    columnSteps({ values, batchSize, width, first: directionIndex * units, units }),
  );
}

/** What a reference gives of h and c inside the layers. */
export interface LaneStates {
  /** (T, B, size); null where it has none. */
  stateOf(place: DirectionPlace, stateName: StateName): StateArray | null;
  /** Its steps, each judged by itself, for a chaotic run. */
  residualsOf(place: DirectionPlace, stateName: StateName): Residuals | undefined;
}

const noStates: LaneStates = { stateOf: () => null, residualsOf: () => undefined };

/** The lanes from the bottom up. `reference` is the output's, time-major: (T, B, D·P). */
export function buildLanes(
  run: ForwardInput,
  trace: ForwardTrace,
  reference: StateArray | null,
  noise: Noise | null,
  states: LaneStates = noStates,
): Lane[] {
  const { config, batchSize } = run;
  const units = trace.stateSize;
  const ends = { layer: null, direction: null, cell: null };
  const input = inputPart(run);
  const lanes: Lane[] = [{ ...ends, id: "input", units: config.inputSize, parts: [input] }];
  const references = reference === null ? null : directionSteps(run, reference);
  for (let layer = 0; layer < config.numLayers; layer++) {
    directionsOf(config).forEach((direction, directionIndex) => {
      const place = { layer, directionIndex };
      const known = (stateName: StateName, size: number): StepValues | null => {
        const values = states.stateOf({ layer, direction }, stateName);
        return values === null ? null : arraySteps(values, batchSize * size);
      };
      const output = layer === config.numLayers - 1 ? references?.[directionIndex] : undefined;
      const part: LanePart = {
        units,
        ours: traceSteps(trace, "h", place),
        reference: output ?? known("h", units),
        noise: noise?.allowance[layer]![directionIndex] ?? null,
        of: output === undefined ? "states" : "output",
        ...byStepOf(noise, states.residualsOf({ layer, direction }, "h")),
      };
      const ofCell = {
        reference: known("c", trace.cellSize),
        noise: noise?.cellAllowance?.[layer]![directionIndex] ?? null,
        of: "states",
        ...byStepOf(noise, states.residualsOf({ layer, direction }, "c")),
      };
      const id = `layer${layer}.${direction}`;
      lanes.push({
        id,
        layer,
        direction,
        units,
        parts: [part],
        cell: cellPart(trace, place, ofCell),
      });
    });
  }
  const last = lanes.slice(-directionsOf(config).length).flatMap(({ parts }) => parts);
  lanes.push({ ...ends, id: "output", units: units * last.length, parts: last });
  return lanes;
}

function inputPart({ config, input, batchSize }: ForwardInput): LanePart {
  const units = config.inputSize;
  return { units, ours: arraySteps(input, batchSize * units), reference: null, noise: null };
}

function cellPart(
  trace: ForwardTrace,
  place: LanePlace,
  side: Pick<LanePart, "reference" | "noise" | "byStep" | "of">,
): LanePart | null {
  if (trace.cn === null) return null;
  const ours = traceSteps(trace, "c", place);
  return { units: trace.cellSize, ours, ...side };
}

/** Joins directions, each (T, B, H), into (T, B, D·H). */
export function joinDirections(directions: readonly StateArray[], units: number): StateArray {
  const [first, second] = directions as [StateArray, StateArray?];
  if (second === undefined) return first;
  const joined = zerosLike(first, 2 * first.length);
  // Element by element: making a view of each row costs more than its values.
  for (let from = 0, to = 0; from < first.length; from += units, to += 2 * units) {
    for (let unit = 0; unit < units; unit++) {
      joined[to + unit] = first[from + unit]!;
      joined[to + units + unit] = second[from + unit]!;
    }
  }
  return joined;
}

/** The data of a run from which places and allowances of final states follow. */
export type FinalStatesFrame = Pick<ForwardInput, "config" | "lengths" | "seqLength" | "batchSize">;

/**
 * Rounding allowance of one sequence's h_n or c_n: that of its last processed step. `slot` is layer · D + direction.
 */
export function slotAllowance(
  noise: Noise | null,
  run: FinalStatesFrame,
  stateName: StateName,
  { slot, batch }: { readonly slot: number; readonly batch: number },
): number {
  const allowance = stateName === "h" ? noise?.allowance : noise?.cellAllowance;
  if (allowance == null) return 0;
  const directions = directionsOf(run.config);
  const directionIndex = slot % directions.length;
  const layer = (slot - directionIndex) / directions.length;
  const step = lastStep(run, directions[directionIndex]!, batch);
  return allowance[layer]![directionIndex]![step * run.batchSize + batch]!;
}

/** Time index of the last processed step of a sequence. */
export function lastStep(
  run: Pick<ForwardInput, "lengths" | "seqLength">,
  direction: Direction,
  batch: number,
): number {
  if (direction === "reverse") return 0;
  // A span of a run may lie behind the end of a sequence.
  return Math.max(0, sequenceLength(run, batch) - 1);
}
