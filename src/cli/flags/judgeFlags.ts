/**
 * The flags of `unroll judge`, which compares saved tensors without a run.
 */
import { text } from "../../core/text";
import type { TensorRef, ToleranceSpec } from "../../run/spec/spec";
import { computedFlags, flagsOf } from "./base/flags";
import { assertTensorRef, usage, type FlagTypes, type Values } from "./base/values";

export interface JudgeCommand {
  readonly name: "judge";
  readonly result: TensorRef;
  readonly reference: TensorRef;
  readonly tolerance: ToleranceSpec;
  readonly json: boolean;
}

/** The flags, for `parseArgs`. */
export const judgeFlagTypes: FlagTypes = Object.fromEntries(
  Object.entries(computedFlags).filter(([name]) =>
    ["rtol", "atol", "tolerance", "equal-nan"].includes(name),
  ),
);

/** @throws UnsupportedError with one sentence that names the flag. */
export function judgeCommand(
  values: Values,
  [result, reference, more]: readonly string[],
): JudgeCommand {
  if (result === undefined || reference === undefined || more !== undefined) {
    throw usage("unroll judge", text("expected two files: a result and its reference"));
  }
  return {
    name: "judge",
    result: assertTensorRef("unroll judge", result),
    reference: assertTensorRef("unroll judge", reference),
    tolerance: flagsOf(values).tolerance,
    json: values["json"] === true,
  };
}
