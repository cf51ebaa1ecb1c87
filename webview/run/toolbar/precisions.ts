/**
 * The arithmetics of a run, by the names that PyTorch gives their dtypes.
 */
import type { RunView } from "../../../src/protocol/run/messages";

type Precision = RunView["options"]["precision"];

/** Every arithmetic with its name, the usual one first. */
export const PRECISIONS: readonly (readonly [precision: Precision, dtype: string])[] = [
  ["f32", "float32"],
  ["f64", "float64"],
  ["f16", "float16"],
  ["bf16", "bfloat16"],
];

/** `float32` for `f32`. */
export function dtypeName(precision: Precision): string {
  return PRECISIONS.find(([name]) => name === precision)?.[1] ?? precision;
}
