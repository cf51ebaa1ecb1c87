/**
 * The results that the states of a reference say: a reference of every state of the layers has an output, too.
 */
import { joinDirections, lastStep } from "../../analysis/lanes";
import type { StateArray } from "../../engine/base/engine";
import type { DirectionPlace } from "../../engine/base/trace";
import { directionsOf } from "../../model/directions";
import { outputShapes, sequenceSizes, type SequenceSizes } from "../../model/sequence";
import { stateValues } from "../../run/stateValues";
import type { RunInputs } from "../../run/inputs";
import { swapLeadingAxes, zerosLike, type Shape, type Tensor } from "../../tensor/tensor";

type Reference = RunInputs["reference"];

/** The sizes and lengths of a run, and its lanes in the order of h_n. */
interface Frame extends Pick<SequenceSizes, "seqLength" | "batchSize"> {
  readonly lengths: readonly number[] | null;
  readonly lanes: readonly DirectionPlace[];
}

/** The reference of a run, with output, h_n and c_n of its states where they are not given themselves. */
export function withStates(inputs: RunInputs): Reference {
  const { config, reference, states = [], lengths } = inputs;
  const sizes = sequenceSizes(inputs.input.shape, config.batchFirst);
  const [first] = states;
  if (sizes === null || first === undefined) return reference;
  const { seqLength, batchSize, unbatched } = sizes;
  const directions = directionsOf(config);
  const lanes = Array.from({ length: config.numLayers }, (_, layer) =>
    directions.map((direction) => ({ layer, direction })),
  ).flat();
  const frame = { seqLength, batchSize, lengths, lanes };
  const shapes = outputShapes(config, sizes);
  const tensor = (shape: Shape | null, data: StateArray | null): Tensor | null =>
    shape === null || data === null ? null : { dtype: first.dtype, shape, data };
  const valuesOf = (quantity: string, from = 0): StateArray[] | null => {
    const found = lanes.slice(from).map((lane) => stateValues(states, { ...lane, quantity }));
    return found.every((values) => values !== null) ? found : null;
  };
  const isTurned = config.batchFirst && !unbatched;
  const output = outputOf(valuesOf("h", lanes.length - directions.length), frame, isTurned);
  return {
    output: reference.output ?? tensor(shapes.output, output),
    hn: reference.hn ?? tensor(shapes.hn, finalOf(valuesOf("h"), frame)),
    cn: reference.cn ?? tensor(shapes.cn, finalOf(valuesOf("c"), frame)),
  };
}

/** The last layer's directions, each (T, B, P), joined; 0 in the padding, whose states count nowhere. */
function outputOf(
  last: readonly StateArray[] | null,
  { seqLength, batchSize, lengths }: Frame,
  isTurned: boolean,
): StateArray | null {
  const [first] = last ?? [];
  if (last === null || first === undefined) return null;
  const rows = seqLength * batchSize;
  const joined = joinDirections(last, first.length / rows).slice();
  const width = joined.length / rows;
  for (let row = 0; row < rows; row++) {
    const length = lengths?.[row % batchSize] ?? seqLength;
    if (Math.floor(row / batchSize) >= length) joined.fill(0, row * width, (row + 1) * width);
  }
  return isTurned ? swapLeadingAxes(joined, [seqLength, batchSize, width]) : joined;
}

/** The states after the last step of each sequence, (L·D, B, size), of lanes that are (T, B, size). */
function finalOf(
  lanes: readonly StateArray[] | null,
  { seqLength, batchSize, lengths, lanes: places }: Frame,
): StateArray | null {
  const [first] = lanes ?? [];
  if (lanes === null || first === undefined) return null;
  const size = first.length / (seqLength * batchSize);
  const finals = zerosLike(first, lanes.length * batchSize * size);
  lanes.forEach((values, slot) => {
    for (let row = 0; row < batchSize; row++) {
      const step = lastStep({ lengths, seqLength }, places[slot]!.direction, row);
      const from = (step * batchSize + row) * size;
      finals.set(values.subarray(from, from + size), (slot * batchSize + row) * size);
    }
  });
  return finals;
}
