/**
 * How far a run is from its reference, as quickly as that can be told.
 */
import type { StateArray } from "../../engine/base/engine";
import type { ForwardTrace } from "../../engine/base/trace";
import { forward, type ForwardOptions } from "../../engine/forward";
import { directionsOf, hasReverse } from "../../model/directions";
import { stateSize } from "../../model/config";
import { prepareRun, type PreparedRun, type RunInputs } from "../../run/inputs";
import { referencesOf } from "../../run/references";
import { elementCount, type Tensor } from "../../tensor/tensor";
import { sequenceLength } from "../../model/sequence";

/** Steps and sequences that tell one network from another. */
const enoughSteps = 12;
const enoughSequences = 2;

/** The largest difference of the run from its reference, and the largest value of that; null where nothing compares. */
export interface RunError {
  readonly error: number;
  readonly largest: number;
}

/** Runs the forward and compares. @throws what the engine throws. */
export function runError(inputs: RunInputs, options: ForwardOptions): RunError | null {
  const prepared = prepareRun(inputs);
  const references = referencesOf(inputs, prepared).filter(({ values }) => values !== null);
  if (references.length === 0) return null;
  const trace = forward(prepared.run, options);
  try {
    let found: RunError | null = null;
    for (const { name, values } of references) {
      const own = values === null ? null : ownValues(name, prepared, trace);
      if (values !== null && own !== null) found = larger(found, difference(own, values));
    }
    return found;
  } finally {
    trace.dispose();
  }
}

function larger(left: RunError | null, right: RunError): RunError {
  if (left === null) return right;
  return {
    error: Math.max(left.error, right.error),
    largest: Math.max(left.largest, right.largest),
  };
}

/** A result in the layout of its reference; null for one of the layers around the module. */
function ownValues(name: string, { run }: PreparedRun, trace: ForwardTrace): StateArray | null {
  if (name === "h_n") return trace.hn;
  if (name === "c_n") return trace.cn;
  if (name !== "output") return null;
  const { config, seqLength, batchSize, lengths } = run;
  const directions = directionsOf(config);
  const size = stateSize(config);
  const rows = seqLength * batchSize;
  const output = new Float64Array(rows * size * directions.length);
  directions.forEach((_, directionIndex) => {
    const place = { layer: config.numLayers - 1, directionIndex };
    const states = trace.read("h", place, 0, seqLength);
    for (let row = 0; row < rows; row++) {
      const [step, batch] = [Math.floor(row / batchSize), row % batchSize];
      // Behind the end of a sequence PyTorch has zeros.
      if (step >= sequenceLength({ lengths, seqLength }, batch)) continue;
      const from = states.subarray(row * size, (row + 1) * size);
      output.set(from, (row * directions.length + directionIndex) * size);
    }
  });
  return output;
}

/** Infinite where either is no number. */
function difference(own: StateArray, reference: StateArray): RunError {
  let error = 0;
  let largest = 0;
  for (let at = 0; at < reference.length; at++) {
    const wanted = reference[at] ?? 0;
    const off = Math.abs((own[at] ?? 0) - wanted);
    if (!(off <= error)) error = Number.isNaN(off) ? Infinity : off;
    largest = Math.max(largest, Math.abs(wanted));
  }
  return { error, largest };
}

/** The beginning of a run, where its output tells as much as all of it. */
export function beginningOf(inputs: RunInputs): RunInputs {
  const { config, input, reference, lengths, h0, c0 } = inputs;
  const { output } = reference;
  if (output === null || lengths !== null || input.shape.length !== 3) return inputs;
  if (output.shape.length !== 3) return inputs;
  const [time, batch] = config.batchFirst ? [1, 0] : [0, 1];
  const steps = hasReverse(config) ? Infinity : enoughSteps;
  const cut = (tensor: Tensor): Tensor =>
    firstOf(firstOf(tensor, batch, enoughSequences), time, steps);
  const state = (tensor: Tensor | null): Tensor | null =>
    tensor?.shape.length === 3 ? firstOf(tensor, 1, enoughSequences) : tensor;
  return {
    ...inputs,
    input: cut(input),
    h0: state(h0),
    c0: state(c0),
    reference: { output: cut(output), hn: null, cn: null },
  };
}

/** The first elements along an axis. */
function firstOf({ dtype, shape, data }: Tensor, axis: number, count: number): Tensor {
  const size = shape[axis] ?? 0;
  const kept = Math.min(size, count);
  if (kept === size) return { dtype, shape, data };
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const values = data.slice(0, outer * kept * inner);
  for (let at = 0; at < outer; at++) {
    values.set(data.subarray(at * size * inner, (at * size + kept) * inner), at * kept * inner);
  }
  return { dtype, shape: shape.map((each, index) => (index === axis ? kept : each)), data: values };
}
