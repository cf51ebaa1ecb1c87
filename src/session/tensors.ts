/**
 * The results of a run as tensors, for files.
 */
import { joinDirections } from "../analysis/lanes";
import { directionsOf } from "../model/config";
import { outputShapes, swapLeadingAxes } from "../model/sequence";
import type { RunResult } from "../run";
import type { Tensor } from "../tensor/tensor";

/** `output` and `h_n` in the layout of the input, and every state as `layer{l}.{direction}.h`, (T, B, H). */
export function resultTensors(run: RunResult): Map<string, Tensor> {
  const { trace, sizes, forwardInput } = run;
  const { config } = forwardInput;
  const { seqLength, batchSize } = sizes;
  const dtype = forwardInput.precision === "f32" ? "float32" : "float64";
  const shapes = outputShapes(config, sizes);

  const joined = joinDirections(trace.states.at(-1)!, trace.stateSize);
  const timeMajor = [seqLength, batchSize, joined.length / (seqLength * batchSize)];
  const swaps = config.batchFirst && !sizes.unbatched;
  const output = swaps ? swapLeadingAxes(joined, timeMajor) : joined;
  const tensors = new Map<string, Tensor>([
    ["output", { dtype, shape: shapes.output, data: output }],
    ["h_n", { dtype, shape: shapes.hn, data: trace.hn }],
  ]);
  const shape = [seqLength, batchSize, trace.stateSize];
  trace.states.forEach((lanes, layer) => {
    directionsOf(config).forEach((direction, index) => {
      tensors.set(`layer${layer}.${direction}.h`, { dtype, shape, data: lanes[index]! });
    });
  });
  return tensors;
}
