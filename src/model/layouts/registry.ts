/**
 * The registry of layouts: the one list of what is recognised by names and shapes, in the order in which they are tried.
 */
import { handWrittenLayouts } from "./handWritten";
import { jaxLayouts } from "./jax";
import type { WeightLayout } from "./layout";
import { mlxLayouts } from "./mlx";
import { tensorflowLayouts } from "./tensorflow";

export const layouts: readonly WeightLayout[] = [
  ...mlxLayouts,
  ...jaxLayouts,
  ...tensorflowLayouts,
  ...handWrittenLayouts,
];
