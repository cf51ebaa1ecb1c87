/**
 * Compares the states that `unroll run --trace` writes with those that a case holds.
 */
import assert from "node:assert/strict";
import type { Tensor } from "../../src/tensor/tensor";
import type { CaseDescription } from "./cases";

type Tensors = ReadonlyMap<string, Tensor>;

/** Every state of every layer and direction within the case's own tolerance; NaN equals NaN. */
export function compareStates(description: CaseDescription, ours: Tensors, theirs: Tensors): void {
  const { num_layers: layers, bidirectional } = description.constructor;
  for (let layer = 0; layer < layers; layer += 1) {
    for (const direction of bidirectional ? ["forward", "reverse"] : ["forward"]) {
      const suffix = direction === "reverse" ? "_reverse" : "";
      const reference = theirs.get(`h_l${layer}${suffix}`);
      compareLane(description, ours.get(`layer${layer}.${direction}.h`), reference);
    }
  }
}

function compareLane(
  { T, id, tolerance }: CaseDescription,
  ours: Tensor | undefined,
  reference: Tensor | undefined,
): void {
  assert.ok(ours !== undefined && reference !== undefined);
  assert.deepEqual(ours.shape, reference.shape);
  // Where rounding grows with time, the case says from which step on nobody's numbers are right.
  const steps = tolerance?.error_growth?.["first_step_over_1e-5"] ?? T;
  const { suggested_atol: atol, suggested_rtol: rtol } = tolerance ?? generatedTolerance;
  const rowLength = reference.data.length / T;
  for (let index = 0; index < steps * rowLength; index += 1) {
    const expected = reference.data[index] ?? Number.NaN;
    const found = ours.data[index] ?? Number.NaN;
    if (Object.is(found, expected)) continue;
    const allowed = (atol ?? 1e-4) + rtol * Math.abs(expected);
    const step = Math.floor(index / rowLength);
    assert.ok(
      Math.abs(found - expected) <= allowed,
      `${id} step ${step}: ${found}, not ${expected}`,
    );
  }
}

/** Generated cases are compared in float64 and have nothing that grows. */
const generatedTolerance = { suggested_atol: 1e-11, suggested_rtol: 1e-9 };
