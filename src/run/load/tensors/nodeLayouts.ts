/**
 * Converts tensors of ONNX nodes to the layout of a module: Y with its axis of directions, states of layout 1.
 *
 * Source: onnx.ai/onnx/operators, RNN, GRU and LSTM: Y is (T, D, B, H), in layout 1 (B, T, D, H); states are (D, B, H),
 * in layout 1 (B, D, H).
 */
import type { RecurrentConfig } from "../../../model/config";
import type { ModuleFacts } from "../../../model/facts";
import { outputShapes, sequenceSizes } from "../../../model/sequence";
import {
  elementCount,
  formatShape,
  sameShape,
  swapLeadingAxes,
  zerosLike,
  type Shape,
  type Tensor,
} from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";
import type { RunTensors } from "./runTensors";

/** The run that tensors are for. */
interface Frame {
  readonly config: RecurrentConfig;
  readonly facts: ModuleFacts;
}

/** A run's tensors, those of the node's own layout turned into the module's, each with a note. */
export function fromNodeLayout<Tensors extends RunTensors>(
  tensors: Tensors,
  { config, facts }: Frame,
  notes: Text[],
): Tensors {
  const { onnxLayout } = facts;
  const sizes = sequenceSizes(tensors.input.shape, config.batchFirst);
  if (onnxLayout === undefined || sizes === null || sizes.unbatched) return tensors;
  const { h0, c0, reference } = tensors;
  const { output, hn, cn } = outputShapes(config, sizes);
  const state = (name: string, tensor: Tensor | null, expected: Shape | null): Tensor | null =>
    tensor === null || expected === null || onnxLayout === 0
      ? tensor
      : stateOf(name, tensor, expected, notes);
  return {
    ...tensors,
    h0: state("h0", h0, hn),
    c0: state("c0", c0, cn),
    reference: {
      ...reference,
      output: reference.output && outputOf(reference.output, { config, output, onnxLayout }, notes),
      hn: state("h_n", reference.hn, hn),
      cn: state("c_n", reference.cn, cn),
    },
  };
}

/** (B, D, H) → (D, B, H) if the shape requires it; when both fit, PyTorch's layout is assumed. */
function stateOf(name: string, tensor: Tensor, expected: Shape, notes: Text[]): Tensor {
  const [slots = 0, batch = 0, units = 0] = expected;
  if (!sameShape(tensor.shape, [batch, slots, units])) return tensor;
  if (slots === batch) {
    if (slots > 1) {
      notes.push(
        text("{0} is read as [D, B, H]; a node of layout 1 has states of [B, D, H]", name),
      );
    }
    return tensor;
  }
  notes.push(
    text("{0} is [B, D, H], as a node of layout 1 has it: its first two axes are exchanged", name),
  );
  return { ...tensor, shape: expected, data: swapLeadingAxes(tensor.data, tensor.shape) };
}

interface OutputFrame extends Pick<Frame, "config"> {
  /** The shape that the run gives. */
  readonly output: Shape;
  readonly onnxLayout: 0 | 1;
}

/** Y as the module's output: directions concatenated, batch and time in the layout of the run. */
function outputOf(
  tensor: Tensor,
  { config, output, onnxLayout }: OutputFrame,
  notes: Text[],
): Tensor {
  const [first = 0, second = 0, features = 0] = output;
  const [time, batch] = config.batchFirst ? [second, first] : [first, second];
  const directions = config.bidirectional ? 2 : 1;
  const units = features / directions;
  const shapeOfY =
    onnxLayout === 1 ? [batch, time, directions, units] : [time, directions, batch, units];
  if (!sameShape(tensor.shape, shapeOfY)) return tensor;
  notes.push(
    text(
      "the reference's output {0} is Y of an ONNX node: its directions are put side by side",
      formatShape(tensor.shape),
    ),
  );
  const data = zerosLike(tensor.data, elementCount(output));
  for (let row = 0; row < time * batch * directions; row += 1) {
    const direction = row % directions;
    const place = Math.floor(row / directions);
    const [t, b] = config.batchFirst
      ? [place % time, Math.floor(place / time)]
      : [Math.floor(place / batch), place % batch];
    const from =
      onnxLayout === 1
        ? (b * time + t) * directions + direction
        : (t * directions + direction) * batch + b;
    data.set(tensor.data.subarray(from * units, (from + 1) * units), row * units);
  }
  return { ...tensor, shape: output, data };
}
