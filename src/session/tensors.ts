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
  const dtype = forwardInput.precision === "f64" ? "float64" : "float32";
  const shapes = outputShapes(config, sizes);

  const joined = joinDirections(
    directionsOf(config).map((_, directionIndex) =>
      trace.read("h", { layer: config.numLayers - 1, directionIndex }, 0, seqLength),
    ),
    trace.stateSize,
  );
  const timeMajor = [seqLength, batchSize, joined.length / (seqLength * batchSize)];
  const swaps = config.batchFirst && !sizes.unbatched;
  const output = swaps ? swapLeadingAxes(joined, timeMajor) : joined;
  const tensors = new Map<string, Tensor>([
    ["output", { dtype, shape: shapes.output, data: output }],
    ["h_n", { dtype, shape: shapes.hn, data: trace.hn }],
  ]);
  const shape = [seqLength, batchSize, trace.stateSize];
  for (let layer = 0; layer < config.numLayers; layer++) {
    directionsOf(config).forEach((direction, directionIndex) => {
      const data = trace.read("h", { layer, directionIndex }, 0, seqLength);
      tensors.set(`layer${layer}.${direction}.h`, { dtype, shape, data });
    });
  }
  return tensors;
}
