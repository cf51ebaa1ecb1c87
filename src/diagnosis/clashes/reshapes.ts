/**
 * Changes of a tensor's axes that would make it fit, tried on shapes: what a run file cannot say is said in Python.
 */
import { checkShapes } from "../../model/shapes/check";
import type { ShapeInputs } from "../../model/shapes/shapes";
import { text, type Text } from "../../core/text";
import { formatShape, sameShape, type Shape } from "../../tensor/tensor";

/** A change of axes: what Python calls it, and what it gives. */
interface Reshape {
  readonly code: string;
  readonly shape: Shape;
}

/** Sentences about the tensor `stop` that stops the run; none where no change of its axes makes the run fit. */
export function reshapeSentences(inputs: ShapeInputs, stop: string): Text[] {
  const fitting = (shape: Shape | null, change: (shape: Shape) => ShapeInputs): Reshape[] =>
    shape === null
      ? []
      : reshapesOf(shape).filter((each) => checkShapes(change(each.shape)).clash === null);
  if (stop === "input" && (inputs.surrounding?.tokens ?? null) === null) {
    return fitting(inputs.input, (input) => ({ ...inputs, input })).map((each) =>
      text("In Python: x.{0} gives {1}, which fits", each.code, formatShape(each.shape)),
    );
  }
  if (stop === "h0" || stop === "c0") {
    const change = (shape: Shape): ShapeInputs => ({ ...inputs, [stop]: shape });
    const repeated = repeatedState(inputs, stop).filter(
      (each) => checkShapes(change(each.shape)).clash === null,
    );
    return [...fitting(inputs[stop], change), ...repeated].map((each) =>
      text("In Python: {0}.{1} gives {2}, which fits", stop, each.code, formatShape(each.shape)),
    );
  }
  return transposedParameter(inputs, stop);
}

/** The state of one sequence, [L·D, 1, ·], for every row of the batch, as hand-written cells take it. */
function repeatedState(inputs: ShapeInputs, name: "h0" | "c0"): Reshape[] {
  const [slots, batch, ...rest] = inputs[name] ?? [];
  const wanted = checkShapes(inputs).rows.find((row) => row.name === name)?.expected ?? [];
  const [, batchSize = 0] = wanted;
  if (slots === undefined || batch !== 1 || rest.length !== 1 || batchSize < 2) return [];
  const code = `expand(-1, ${batchSize}, -1).contiguous()`;
  return [{ code, shape: [slots, batchSize, ...rest] }];
}

/** A weight that was stored with its axes exchanged. */
function transposedParameter(inputs: ShapeInputs, name: string): Text[] {
  const shape = inputs.parameters.get(name)?.shape;
  if (shape?.length !== 2) return [];
  const transposed = [...shape].reverse();
  const parameters = new Map(inputs.parameters).set(name, { shape: transposed });
  return checkShapes({ ...inputs, parameters }).clash === null
    ? [
        text(
          "In Python: {0}.T gives {1}, which fits: it was stored with its axes exchanged",
          name,
          formatShape(transposed),
        ),
      ]
    : [];
}

/** Other orders of two or three axes, axes of size 1 taken out, and one added; each shape once. */
function reshapesOf(shape: Shape): Reshape[] {
  const found = [...orders(shape), ...squeezes(shape), ...unsqueezes(shape)];
  return found.filter(
    (each, index) =>
      !sameShape(each.shape, shape) &&
      found.findIndex((other) => sameShape(other.shape, each.shape)) === index,
  );
}

function orders(shape: Shape): Reshape[] {
  if (shape.length === 2) return [{ code: "transpose(0, 1)", shape: [...shape].reverse() }];
  if (shape.length !== 3) return [];
  return Object.entries(threeAxes).map(([code, axes]) => ({
    code,
    shape: axes.map((axis) => shape[axis] ?? 0),
  }));
}

/** Other orders of three axes, those first that exchange two. */
const threeAxes: Readonly<Record<string, readonly number[]>> = {
  "transpose(0, 1)": [1, 0, 2],
  "transpose(1, 2)": [0, 2, 1],
  "transpose(0, 2)": [2, 1, 0],
  "permute(1, 2, 0)": [1, 2, 0],
  "permute(2, 0, 1)": [2, 0, 1],
};

function squeezes(shape: Shape): Reshape[] {
  return shape.flatMap((size, axis) =>
    size === 1
      ? [{ code: `squeeze(${axis})`, shape: shape.filter((_, other) => other !== axis) }]
      : [],
  );
}

function unsqueezes(shape: Shape): Reshape[] {
  if (shape.length > 2) return [];
  return Array.from({ length: shape.length + 1 }, (_, axis) => ({
    code: `unsqueeze(${axis})`,
    shape: [...shape.slice(0, axis), 1, ...shape.slice(axis)],
  }));
}
