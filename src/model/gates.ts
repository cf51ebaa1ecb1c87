/**
 * The number of gate blocks in the weights of each cell, and their order in each framework.
 *
 * Canonical order is PyTorch's (torch.nn.LSTM and torch.nn.GRU documentation, "Variables"). Readers of other
 * frameworks permute into it here and nowhere else.
 */
import { zerosLike, type Tensor } from "../tensor/tensor";
import type { CellKind } from "./config";

/** Frameworks that stack gate blocks in an order of their own. */
export type GateLayout = "onnx" | "keras";

type Values = Tensor["data"];

/** Names of the row blocks of `weight_ih`, `weight_hh` and both biases, top to bottom; an RNN has one, unnamed. */
export const gateOrder: Readonly<Record<CellKind, readonly string[]>> = {
  RNN: [""],
  LSTM: ["i", "f", "g", "o"],
  GRU: ["r", "z", "n"],
};

/** Peepholes of an LSTM in the order of `peephole`'s blocks. */
const peepholeOrder = ["i", "f", "o"];
const onnxPeepholes = ["i", "o", "f"];

/**
 * The same blocks as other frameworks stack them, by PyTorch's names.
 *
 * ONNX: W[iofc] and P[iof] of operator LSTM, W[zrh] of GRU; Bb = [Wb, Rb] in the same order. Keras: kernel,
 * recurrent_kernel and bias split in columns i, f, c, o (LSTMCell.call) and z, r, h (GRUCell.call).
 */
const layouts: Readonly<Record<GateLayout, Readonly<Record<CellKind, readonly string[]>>>> = {
  onnx: { RNN: [""], LSTM: ["i", "o", "f", "g"], GRU: ["z", "r", "n"] },
  keras: { RNN: [""], LSTM: ["i", "f", "g", "o"], GRU: ["z", "r", "n"] },
};

/** Number of gate blocks G: the weights have G·H rows. */
export function gateCount(cell: CellKind): number {
  return gateOrder[cell].length;
}

/**
 * Copies a matrix (G·H, columns) or bias (G·H) whose blocks another framework has stacked, into PyTorch's order.
 *
 * Row-major, one gate's rows below another's: kernels of Keras, (I, G·H), are transposed first.
 */
export function gatesFrom<Stacked extends Values>(
  layout: GateLayout,
  cell: CellKind,
  values: Stacked,
): Stacked {
  return reordered(values, layouts[layout][cell], gateOrder[cell]);
}

/** Index of the block of another framework that each of PyTorch's blocks is, top to bottom: its rows need not be copied. */
export function gateSources(layout: GateLayout, cell: CellKind): readonly number[] {
  return gateOrder[cell].map((name) => layouts[layout][cell].indexOf(name));
}

/** As `gateSources`, of the peepholes of an ONNX LSTM. */
export function peepholeSources(): readonly number[] {
  return peepholeOrder.map((name) => onnxPeepholes.indexOf(name));
}

/** Gates as ONNX stacks and names them, and as PyTorch does: `i o f c → i f g o`. null for an RNN, which has one. */
export function onnxGateNames(cell: CellKind): string | null {
  const names: Readonly<Record<CellKind, string | null>> = {
    RNN: null,
    LSTM: "i o f c",
    GRU: "z r h",
  };
  const theirs = names[cell];
  return theirs === null ? null : `${theirs} → ${gateOrder[cell].join(" ")}`;
}

/** Copies the peepholes of an ONNX LSTM, (3·H) as i, o, f, into the order of `LayerWeights.peephole`. */
export function peepholesFromOnnx<Stacked extends Values>(values: Stacked): Stacked {
  return reordered(values, onnxPeepholes, peepholeOrder);
}

/** Equal blocks named `from`, in the order of `to`. */
function reordered<Stacked extends Values>(
  values: Stacked,
  from: readonly string[],
  to: readonly string[],
): Stacked {
  const size = values.length / from.length;
  const copy = zerosLike(values, values.length);
  to.forEach((name, block) => {
    const source = from.indexOf(name) * size;
    copy.set(values.subarray(source, source + size), block * size);
  });
  return copy;
}
