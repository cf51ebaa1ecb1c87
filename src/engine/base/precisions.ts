/**
 * The dtypes of the arithmetics of a run.
 */
import type { Precision } from "./engine";

/** The dtype that torch would give the results of a run in each arithmetic. */
export const dtypesOfPrecisions = {
  f32: "float32",
  f64: "float64",
  f16: "float16",
  bf16: "bfloat16",
} as const satisfies Readonly<Record<Precision, string>>;
