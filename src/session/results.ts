/**
 * The results of a run as tensors, for files.
 */
import { bytesPerValue, keptDtype } from "../engine/base/states";
import { joinDirections } from "../analysis/lanes";
import type { StateArray } from "../engine/base/engine";
import type { LanePlace, StateName } from "../engine/base/trace";
import { LimitError } from "../core/errors";
import { directionsOf } from "../model/directions";
import { outputShapes } from "../model/sequence";
import type { RunResult } from "../run/execute";
import { elementCount, swapLeadingAxes, type Tensor } from "../tensor/tensor";

/** Bytes of tensors that are assembled for a file: they are in memory all at once, and once more while written. */
const maxTensorBytes = 2 ** 31;

/**
 * `output`, `h_n` and `c_n` in the layout of the input, `embedded` and `logits` where layers around the module make
 * them; with `states` also every state, as `layer{l}.{direction}.h`,
 * (T, B, P), and `layer{l}.{direction}.c`, (T, B, H).
 * @throws LimitError when they are too large to be held at once.
 */
export function resultTensors(
  run: RunResult,
  { states }: { readonly states: boolean },
): Map<string, Tensor> {
  const { trace, sizes, forwardInput } = run;
  const { config, precision } = forwardInput;
  const shapes = outputShapes(config, sizes);
  assertFits(run, states);
  const dtype = keptDtype(precision);
  const tensors = new Map<string, Tensor>([
    ["output", { dtype, shape: shapes.output, data: readOutput(run) }],
    ["h_n", { dtype, shape: shapes.hn, data: trace.hn }],
  ]);
  if (trace.cn !== null && shapes.cn !== null) {
    tensors.set("c_n", { dtype, shape: shapes.cn, data: trace.cn });
  }
  for (const [name, tensor] of surroundingTensors(run)) tensors.set(name, tensor);
  if (!states) return tensors;
  for (let layer = 0; layer < config.numLayers; layer++) {
    directionsOf(config).forEach((direction, directionIndex) => {
      for (const stateName of stateNamesOf(run)) {
        const size = stateName === "h" ? trace.stateSize : trace.cellSize;
        const shape = [sizes.seqLength, sizes.batchSize, size];
        const data = readLane(run, stateName, { layer, directionIndex });
        tensors.set(`layer${layer}.${direction}.${stateName}`, { dtype, shape, data });
      }
    });
  }
  return tensors;
}

function surroundingTensors({ inputs, sizes, results }: RunResult): [string, Tensor][] {
  const dtype = keptDtype(inputs.precision);
  const tensors: [string, Tensor][] = [];
  if (inputs.surrounding?.tokens != null) tensors.push(["embedded", inputs.input]);
  if (results.logits !== null) {
    const { head, values, units, shape } = results.logits;
    const swaps = head === "every" && inputs.config.batchFirst && !sizes.unbatched;
    const timeMajor = [sizes.seqLength, sizes.batchSize, units];
    const data = swaps ? swapLeadingAxes(values, timeMajor) : values;
    tensors.push(["logits", { dtype, shape, data }]);
  }
  return tensors;
}

function stateNamesOf({ trace }: RunResult): readonly StateName[] {
  return trace.cn === null ? ["h"] : ["h", "c"];
}

function assertFits({ trace, sizes, inputs, forwardInput }: RunResult, states: boolean): void {
  const { config, precision } = forwardInput;
  const directions = directionsOf(config).length;
  const { output } = outputShapes(config, sizes);
  const rows = sizes.seqLength * sizes.batchSize;
  const perRow = states ? config.numLayers * directions * (trace.stateSize + trace.cellSize) : 0;
  const bytes = (elementCount(output) + rows * perRow) * bytesPerValue(precision);
  if (bytes <= maxTensorBytes) return;
  const { cell } = inputs.config;
  throw new LimitError({ cell }, { of: "result-bytes" }, maxTensorBytes, bytes);
}

/** The output in the layout of the input. */
function readOutput(run: RunResult): StateArray {
  const { trace, sizes, forwardInput } = run;
  const { config } = forwardInput;
  const { seqLength, batchSize } = sizes;
  const layer = config.numLayers - 1;
  const parts = directionsOf(config).map((_, directionIndex) =>
    readLane(run, "h", { layer, directionIndex }),
  );
  const joined = joinDirections(parts, trace.stateSize);
  const timeMajor = [seqLength, batchSize, joined.length / (seqLength * batchSize)];
  return config.batchFirst && !sizes.unbatched ? swapLeadingAxes(joined, timeMajor) : joined;
}

/** All states of a lane, (T, B, size). */
function readLane({ trace }: RunResult, stateName: StateName, lane: LanePlace): StateArray {
  return trace.read(stateName, lane, 0, trace.seqLength);
}
