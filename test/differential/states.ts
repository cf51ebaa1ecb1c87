/**
 * Compares the states that `unroll run --trace` writes with those that a case holds.
 */
import assert from "node:assert/strict";
import type { Tensor } from "../../src/tensor/tensor";
import type { CaseDescription } from "./cases";

type Tensors = ReadonlyMap<string, Tensor>;

/** What a state may be off by: atol + rtol · |expected|. */
export interface StateTolerance {
  readonly atol: number;
  readonly rtol: number;
}

/** For two computations in float64 that sum in different orders. */
export const float64Tolerance: StateTolerance = { atol: 1e-11, rtol: 1e-9 };

/** Every h and c of every layer, direction and step; NaN equals NaN. Returns how many lanes were compared. */
export function compareStates(
  description: CaseDescription,
  ours: Tensors,
  theirs: Tensors,
  tolerance: StateTolerance,
): number {
  const { num_layers: layers = 1, bidirectional = false } = description.constructor;
  const directions = bidirectional ? ["forward", "reverse"] : ["forward"];
  const lanes = Array.from({ length: layers }, (_, layer) =>
    directions.flatMap((direction) =>
      ["h", "c"].map((stateName) => ({ layer, direction, stateName })),
    ),
  ).flat();
  let compared = 0;
  for (const { layer, direction, stateName } of lanes) {
    const reference = theirs.get(
      `${stateName}_l${layer}${direction === "reverse" ? "_reverse" : ""}`,
    );
    // A file may hold h alone, and cells without c have none.
    if (stateName === "c" && reference === undefined) continue;
    const lane = ours.get(`layer${layer}.${direction}.${stateName}`);
    compareLane(description, lane, reference, tolerance);
    compared += 1;
  }
  return compared;
}

function compareLane(
  { T, id, tolerance }: CaseDescription,
  ours: Tensor | undefined,
  reference: Tensor | undefined,
  { atol, rtol }: StateTolerance,
): void {
  assert.ok(ours !== undefined && reference !== undefined);
  assert.deepEqual(ours.shape, reference.shape);
  // Where rounding grows with time, the case says from which step on no implementation's numbers are right.
  const steps = tolerance?.error_growth?.["first_step_over_1e-5"] ?? T;
  const rowLength = reference.data.length / T;
  for (let index = 0; index < steps * rowLength; index += 1) {
    const expected = reference.data[index] ?? Number.NaN;
    const found = ours.data[index] ?? Number.NaN;
    if (Object.is(found, expected)) continue;
    const step = Math.floor(index / rowLength);
    assert.ok(
      Math.abs(found - expected) <= atol + rtol * Math.abs(expected),
      `${id} step ${step}: ${found}, not ${expected}`,
    );
  }
}
