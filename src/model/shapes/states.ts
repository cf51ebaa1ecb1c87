/**
 * Rows of the shape check for the initial states h0 and c0.
 */
import { sameShape, type Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { numDirections, stateSize, type RecurrentConfig } from "../config";
import type { ClashCause } from "./clash";
import type { CheckedRow, ShapeInputs } from "./shapes";
import { statesText } from "./pytorchStateTexts";
import { outputShapes, type SequenceSizes } from "../sequence";

/** Rows of h0 and c0, as far as they are given and the cell has them. */
export function checkStates(inputs: ShapeInputs, sizes: SequenceSizes): CheckedRow[] {
  const { h0, c0, config } = inputs;
  const { hn, cn } = outputShapes(config, sizes);
  return [
    ...(h0 === null ? [] : [checkState(inputs, sizes, "h", [h0, hn])]),
    ...(c0 === null || cn === null ? [] : [checkState(inputs, sizes, "c", [c0, cn])]),
  ];
}

/** Axes of h0 and h_n, or of c0 and c_n. */
export function stateAxes(
  config: RecurrentConfig,
  { unbatched }: SequenceSizes,
  state: "h" | "c",
): string[] {
  return [
    ...(config.isCellClass ? [] : ["L·D"]),
    ...(unbatched ? [] : ["B"]),
    unitAxis(config, state),
  ];
}

function unitAxis({ projSize }: RecurrentConfig, state: "h" | "c"): "P" | "H" {
  return state === "h" && projSize > 0 ? "P" : "H";
}

function checkState(
  { config, h0, c0, lengths }: ShapeInputs,
  sizes: SequenceSizes,
  state: "h" | "c",
  [found, expected]: readonly [found: Shape, expected: Shape],
): CheckedRow {
  const name = `${state}0`;
  const axes = stateAxes(config, sizes, state);
  const row = { name, axes, found, expected };
  const reason = reasonOf(config, sizes, state);
  if (sameShape(found, expected)) return { row: { ...row, status: "ok", reason }, clash: null };
  const states = { h0, c0 };
  return {
    row: { ...row, status: "mismatch", reason },
    clash: {
      clash: { of: "state", tensor: name, found, expected },
      cause: causeOfState(config, state, found, expected),
      product: null,
      pytorch: statesText(config, sizes, states, lengths !== null),
    },
  };
}

function reasonOf(config: RecurrentConfig, { batchSize }: SequenceSizes, state: "h" | "c"): Text {
  const units = unitAxis(config, state);
  const size = state === "h" ? stateSize(config) : config.hiddenSize;
  const slots = numDirections(config) * config.numLayers;
  return config.isCellClass
    ? text("B = {0} of the input, {1} = {2}", batchSize, units, size)
    : text("L·D = {0}, B = {1} of the input, {2} = {3}", slots, batchSize, units, size);
}

function causeOfState(
  config: RecurrentConfig,
  state: "h" | "c",
  found: Shape,
  expected: Shape,
): ClashCause {
  const tensor = `${state}0`;
  if (config.isCellClass) return causeOfCellState(tensor, found, expected);
  const [slots = 0, batch = 0, ...rest] = found;
  if (found.length === 2 && sameShape(found, expected.slice(1)))
    return causeOfBare(tensor, expected);
  if (found.length === 3 && sameShape([batch, slots, ...rest], expected)) {
    return { is: "leading-axes-exchanged", tensor, unitAxis: unitAxis(config, state) };
  }
  if (found.length === 3 && slots * 2 === expected[0]) {
    return { is: "rows-of-one-direction" };
  }
  if (config.projSize > 0 && sameShape(found.slice(0, -1), expected.slice(0, -1))) {
    const { projSize, hiddenSize } = config;
    return { is: "projected", projSize, hiddenSize };
  }
  return causeOfSizes(tensor, found, expected);
}

/** A state of three axes in their order: its batch alone differs, or more than that. */
function causeOfSizes(tensor: string, found: Shape, expected: Shape): ClashCause {
  const [, batch = 0] = found;
  const [slots = 0, batchSize = 0, ...rest] = expected;
  return sameShape(found, [slots, batch, ...rest])
    ? { is: "state-of-another-batch", tensor, found: batch, batchSize }
    : { is: "row-per-lane", tensor };
}

/** A state of one layer and direction as Keras gives it: [B, H]. */
function causeOfBare(tensor: string, [lanes = 0]: Shape): ClashCause {
  return lanes === 1 ? { is: "no-lane-axis", tensor } : { is: "one-of-several-lanes", lanes };
}

function causeOfCellState(tensor: string, found: Shape, expected: Shape): ClashCause {
  const hasLanes = found.length === 3 && sameShape(found.slice(1), expected);
  return { is: hasLanes ? "cell-has-no-lanes" : "row-per-sequence", tensor };
}
