/**
 * The final states of a reference, judged by the steps that they are of.
 */
import { Bits } from "../core/bits";
import type { StateArray } from "../engine/base/engine";
import type { Direction } from "../model/config";
import { directionsOf, slotOf } from "../model/directions";
import { lastStep, type FinalStatesFrame } from "./lanes";
import type { Residuals } from "./residuals";
import type { StepValues } from "./steps";

/** h or c of one direction of a layer of a reference, every step judged by itself. */
export interface JudgedLane {
  /** (T, B, size) */
  readonly values: StepValues;
  readonly residuals: Residuals;
}

/** A reference's h_n, (L·D, B, P), or c_n, (L·D, B, H). */
export interface FinalValues {
  readonly values: StateArray;
  readonly units: number;
}

/**
 * The residuals of h_n or c_n, at slot · B + batch: of the step that a state is of, where the reference has the steps of
 * its lane; NaN where it has not.
 */
export function finalResiduals(
  run: FinalStatesFrame,
  finals: FinalValues,
  laneOf: (layer: number, direction: Direction) => JudgedLane | null,
): Residuals {
  const { config, batchSize } = run;
  const directions = directionsOf(config);
  const rows = config.numLayers * directions.length * batchSize;
  const found: Residuals = {
    values: new Float64Array(rows).fill(NaN),
    floors: new Float64Array(rows),
    outside: new Bits(rows * finals.units),
  };
  for (let layer = 0; layer < config.numLayers; layer++) {
    for (const direction of directions) {
      const lane = laneOf(layer, direction);
      if (lane === null) continue;
      for (let batch = 0; batch < batchSize; batch++) {
        const row = slotOf(config, layer, direction) * batchSize + batch;
        judgeEnd(lane, { step: lastStep(run, direction, batch), batch, batchSize }, finals, {
          ...found,
          row,
        });
      }
    }
  }
  return found;
}

/** Judges one final state: by its step, and by whether it is what the reference has there. */
function judgeEnd(
  lane: JudgedLane,
  { step, batch, batchSize }: { readonly step: number; batch: number; batchSize: number },
  finals: FinalValues,
  found: Residuals & { readonly row: number },
): void {
  const { row } = found;
  const { units } = finals;
  const at = step * batchSize + batch;
  const floor = lane.residuals.floors[at]!;
  let largest = lane.residuals.values[at]!;
  if (Number.isNaN(largest)) return;
  const end = lane.values.read(step, step + 1);
  for (let unit = 0; unit < units; unit++) {
    const own = distanceOf(finals.values[row * units + unit]!, end[batch * units + unit]!);
    largest = Math.max(largest, own);
    if (own > floor || lane.residuals.outside.has(at * units + unit)) {
      found.outside.set(row * units + unit);
    }
  }
  found.values[row] = largest;
  found.floors[row] = floor;
}

/** |left − right|; Infinity where one of them is no number. */
function distanceOf(left: number, right: number): number {
  if (left === right) return 0;
  const distance = Math.abs(left - right);
  return Number.isNaN(distance) ? Infinity : distance;
}
