/**
 * The forward of a recurrent network: layers × directions × steps. The readable path, and the oracle of any other.
 *
 * Each direction of each layer runs over the sequence on its own; the reverse one reads it from its end to its start
 * (the flipped sequence) and writes each state at the step it has read (flipped back). The layer above reads both
 * directions side by side (the concatenation). Source: torch.nn.RNN documentation.
 */
import type { NetworkWeights } from "../model/bind";
import {
  directionsOf,
  layerInputSize,
  type Direction,
  type RecurrentConfig,
} from "../model/config";
import { text } from "../text";
import { cellStep, type CellState } from "./cells";
import { noControl, type RunControl } from "./control";
import { allocateTrace, type ForwardTrace, type StateArray } from "./trace";

export interface ForwardInput {
  readonly config: RecurrentConfig;
  readonly weights: NetworkWeights;
  /** Time-major: (T, B, I). */
  readonly input: StateArray;
  readonly seqLength: number;
  readonly batchSize: number;
  /** (L·D, B, H); null for zeros. */
  readonly h0: StateArray | null;
  /** Valid steps of each batch row; null when all have T. States past a length stay 0, h_n is taken at it. */
  readonly lengths: readonly number[] | null;
  /** States are accumulated in float64 and stored in this. */
  readonly precision: "f32" | "f64";
}

/** Steps between two looks at the control, so that each takes well under 50 ms: about 4 million multiplications. */
const multiplicationsPerCheck = 4e6;

/**
 * Runs the network and keeps every state.
 * @throws LimitError when the states do not fit, UnsupportedError for a cell without a forward, CancelledError.
 */
export function forward(run: ForwardInput, control: RunControl = noControl): ForwardTrace {
  const { config, seqLength, batchSize } = run;
  const trace = allocateTrace(config, seqLength, batchSize, run.precision);
  const tick = progressTicker(run, control);
  for (let layer = 0; layer < config.numLayers; layer++) {
    directionsOf(config).forEach((direction, directionIndex) => {
      for (let batch = 0; batch < batchSize; batch++) {
        runSequence(run, trace, { layer, direction, directionIndex, batch }, tick);
      }
    });
  }
  return trace;
}

interface SequencePlace {
  readonly layer: number;
  readonly direction: Direction;
  readonly directionIndex: number;
  readonly batch: number;
}

/** One sequence through one direction of one layer. */
function runSequence(
  run: ForwardInput,
  trace: ForwardTrace,
  place: SequencePlace,
  tick: () => void,
): void {
  const { config, batchSize } = run;
  const { layer, direction, directionIndex, batch } = place;
  const size = trace.stateSize;
  const step = cellStep(config);
  const weights = run.weights[layer]![directionIndex]!;
  const states = trace.states[layer]![directionIndex]!;
  const slot = (layer * trace.states[0]!.length + directionIndex) * batchSize + batch;
  const length = run.lengths?.[batch] ?? run.seqLength;

  const x = new Float64Array(layerInputSize(config, layer));
  let state: CellState = { h: new Float64Array(size), c: null };
  let next: CellState = { h: new Float64Array(size), c: null };
  if (run.h0 !== null) state.h.set(run.h0.subarray(slot * size, (slot + 1) * size));

  for (let s = 0; s < length; s++) {
    const t = direction === "forward" ? s : length - 1 - s;
    readLayerInput(run, trace, layer, t * batchSize + batch, x);
    step(weights, x, state, next);
    const offset = (t * batchSize + batch) * size;
    states.set(next.h, offset);
    // The next step starts from the stored value, as a float32 engine's would.
    next.h.set(states.subarray(offset, offset + size));
    [state, next] = [next, state];
    tick();
  }
  trace.hn.set(state.h, slot * size);
}

/**
 * Writes x_t of a layer: the input for layer 0, else [forward h_t ∥ reverse h_t] of the layer below.
 * `row` is t · B + batch.
 */
export function readLayerInput(
  run: Pick<ForwardInput, "input" | "config">,
  trace: Pick<ForwardTrace, "states" | "stateSize">,
  layer: number,
  row: number,
  x: Float64Array,
): void {
  if (layer === 0) {
    const { inputSize } = run.config;
    x.set(run.input.subarray(row * inputSize, (row + 1) * inputSize));
    return;
  }
  const size = trace.stateSize;
  trace.states[layer - 1]!.forEach((below, directionIndex) => {
    x.set(below.subarray(row * size, (row + 1) * size), directionIndex * size);
  });
}

function progressTicker(run: ForwardInput, control: RunControl): () => void {
  const { config, batchSize, seqLength } = run;
  const directions = directionsOf(config).length;
  const total = config.numLayers * directions * batchSize * seqLength;
  const perStep =
    config.hiddenSize * (config.hiddenSize + layerInputSize(config, config.numLayers - 1));
  const interval = Math.max(1, Math.floor(multiplicationsPerCheck / Math.max(1, perStep)));
  const activity = text("Running the forward");
  let done = 0;
  return () => {
    if (++done % interval !== 0) return;
    control.check();
    control.report(Math.min(1, done / total), activity);
  };
}
