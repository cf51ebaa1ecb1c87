/**
 * Rows of the shape check for the reference. They never stop the run: what does not fit cannot be compared, and says
 * so.
 */
import { sameShape, type Shape } from "../../tensor/tensor";
import { text } from "../../core/text";
import { stateSize } from "../config";
import { isGate, stateShape } from "../stateNames";
import { stateAxes } from "./states";
import type { ShapeInputs, ShapeRow } from "./shapes";
import { outputShapes, type SequenceSizes, sequenceAxes } from "../sequence";

/** Rows of the reference's output, h_n and c_n, as far as they are given. */
export function referenceRows(inputs: ShapeInputs, sizes: SequenceSizes): ShapeRow[] {
  const { config, referenceHn, referenceCn } = inputs;
  const expected = outputShapes(config, sizes);
  const rows = outputRow(inputs, sizes);
  if (referenceHn !== null) {
    const axes = stateAxes(config, sizes, "h");
    const reason = text("the module's last states, layer by layer, forward before reverse");
    rows.push(referenceRow("reference h_n", axes, [referenceHn, expected.hn], reason));
  }
  if (referenceCn !== null && expected.cn !== null) {
    const axes = stateAxes(config, sizes, "c");
    const reason = text("the module's last cell states, layer by layer, forward before reverse");
    rows.push(referenceRow("reference c_n", axes, [referenceCn, expected.cn], reason));
  }
  return [...rows, ...stateRows(inputs, sizes)];
}

/** Rows of states inside the layers, time-major whatever the input is. */
function stateRows(
  { config, referenceStates = [] }: ShapeInputs,
  sizes: SequenceSizes,
): ShapeRow[] {
  return referenceStates.map(({ name, quantity, found, fits }) => {
    const expected = stateShape(config, sizes, quantity);
    const axes = ["T", "B", quantity === "h" && config.projSize > 0 ? "P" : "H"];
    const reason = isGate(quantity)
      ? text("gate {0} of every step, time first", quantity)
      : text("{0} of every step, time first, as run --trace writes it", quantity);
    const status = fits ? "ok" : "mismatch";
    return { name: `reference ${name}`, axes, found, expected, status, reason };
  });
}

function outputRow(inputs: ShapeInputs, sizes: SequenceSizes): ShapeRow[] {
  const { config, referenceOutput } = inputs;
  if (referenceOutput === null) return [];
  const units = config.projSize > 0 ? "P" : "H";
  const leading = sequenceAxes(sizes, config.batchFirst);
  const reason = config.bidirectional
    ? text("the module's output: D·{0} = 2 · {1}", units, stateSize(config))
    : text("the module's output: {0} = {1}", units, stateSize(config));
  const axes = [...leading, config.bidirectional ? `D·${units}` : units];
  const shapes = [referenceOutput, outputShapes(config, sizes).output] as const;
  return [referenceRow("reference output", axes, shapes, reason)];
}

function referenceRow(
  name: string,
  axes: readonly string[],
  [found, expected]: readonly [found: Shape, expected: Shape],
  reason: ShapeRow["reason"],
): ShapeRow {
  const status = sameShape(found, expected) ? "ok" : "mismatch";
  return { name, axes, found, expected, status, reason };
}
