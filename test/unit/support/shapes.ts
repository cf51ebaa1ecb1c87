/** What the shape check is given in tests. */
import { expectedParameters } from "../../../src/model/parameters";
import type { ShapeInputs } from "../../../src/model/shapes/shapes";

/** A run with neither states, lengths nor references. */
export const nothing = {
  h0: null,
  c0: null,
  lengths: null,
  referenceOutput: null,
  referenceHn: null,
  referenceCn: null,
};

/** The parameters that a module should have. */
export function parametersOf(config: ShapeInputs["config"]): ShapeInputs["parameters"] {
  return new Map(expectedParameters(config).map(({ name, shape }) => [name, { shape }]));
}
